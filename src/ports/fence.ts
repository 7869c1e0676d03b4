import type { FenceHold } from '../domain/run.ts';

/**
 * One run at a time holds the fleet, executed by one control-plane region (I3). The epoch only grows: it rises whenever
 * another run takes the fence, and whenever another region takes over the run that holds it.
 * The port says nothing about how many stores agree, so that a majority of three can stand behind it.
 */
export interface Fence {
  acquire(runId: string): Promise<FenceAcquired>;
  /** Renews the lease and looks whether the epoch still stands; `lost` when another run took it: the caller stops and touches nothing. */
  confirm(hold: FenceHold): Promise<FenceConfirmed>;
  /**
   * Confirms only once the lease, as this process renewed it last, may no longer outlive a write. For the ticks of a wait and
   * what comes before an intent; the last look before an outside write is `confirm`.
   */
  keep(hold: FenceHold): Promise<FenceConfirmed>;
  release(hold: FenceHold): Promise<void>;
  /** Null: nobody has taken it, or it was given back. */
  readHolder(): Promise<FenceHolder | null>;
}

/** `lapsed`: the lease ran out and nobody has taken the fence since. Its controller is dead, or as good as dead for that long. */
export interface FenceHolder {
  readonly runId: string;
  readonly controlRegion: string;
  readonly epoch: number;
  readonly lease: 'live' | 'lapsed';
}

export type FenceAcquired =
  | { readonly kind: 'held'; readonly hold: FenceHold; readonly previous: PreviousHolder | null }
  | { readonly kind: 'busy'; readonly holder: string; readonly epoch: number };

/** Who held the fence before and did not give it back; the same run in another region where this is a takeover. */
export type PreviousHolder = Pick<FenceHolder, 'runId' | 'controlRegion'>;

export type FenceConfirmed = { readonly kind: 'held'; readonly hold: FenceHold } | { readonly kind: 'lost'; readonly holder: string; readonly epoch: number };
