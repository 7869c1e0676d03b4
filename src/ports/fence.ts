import type { FenceHold } from '../domain/run.ts';

/**
 * One run at a time holds the fleet (I3). The epoch only grows: it rises whenever another run takes the fence.
 * The port says nothing about how many stores agree, so that a majority of three can stand behind it.
 */
export interface Fence {
  acquire(runId: string): Promise<FenceAcquired>;
  /** Renews the lease and re-reads the epoch; `lost` when another run took it: the caller stops and touches nothing. */
  confirm(hold: FenceHold): Promise<FenceConfirmed>;
  /**
   * Confirms only once the lease, as this process renewed it last, may no longer outlive a write. For the ticks of a wait and
   * what comes before an intent; the last look before an outside write is `confirm`.
   */
  keep(hold: FenceHold): Promise<FenceConfirmed>;
  release(hold: FenceHold): Promise<void>;
  readHolder(): Promise<{ readonly runId: string; readonly epoch: number } | null>;
}

export type FenceAcquired =
  | { readonly kind: 'held'; readonly hold: FenceHold; readonly previousRunId: string | null }
  | { readonly kind: 'busy'; readonly holder: string; readonly epoch: number };

export type FenceConfirmed = { readonly kind: 'held'; readonly hold: FenceHold } | { readonly kind: 'lost'; readonly holder: string; readonly epoch: number };
