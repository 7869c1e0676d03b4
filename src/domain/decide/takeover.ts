import type { RunRequest } from '../run.ts';

/** What is known of an open run and of the control-plane region that executes it. */
export interface TakeoverInput {
  readonly controlRegion: string;
  readonly request: RunRequest;
  /** The region that took the fence for the run last; the one that opened it where none has yet. */
  readonly executedBy: string;
  readonly fence: FenceSeen | null;
  /** Since the newest record of the run. */
  readonly quietMs: number;
  /** Since the executing region last looked at the fleet; infinite when it never has. */
  readonly controllerSilentMs: number;
}

/** Who holds the fence; `lapsed`: named there, and its lease has run out. */
export interface FenceSeen {
  readonly runId: string;
  readonly lease: 'live' | 'lapsed';
}

export type Takeover =
  | { readonly kind: 'leave' }
  /** Our own orchestration seems gone: the same id is started again, which changes nothing while it still runs. */
  | { readonly kind: 'restart' }
  /** Another region's run: we go on from the ledger under a new epoch. */
  | { readonly kind: 'takeOver'; readonly from: string };

/** Azure's longest lease: a controller that has neither renewed it nor looked at the fleet for as long is taken for dead. */
export const silentAfterMs = 60_000;

/** A live run renews its fence twice a minute and records at each phase. */
const stuckAfterMs = 3 * 60_000;

/**
 * Whether somebody has to go on with an open run (I11). Being wrong is harmless: whoever acts holds the fence, and a former
 * holder's next look at it stops it (I3). So this is about not disturbing a run that is only slow:
 *
 *   the fence's lease is live                      -> leave: its holder is at work, and this run waits for it or is it
 *   ours, and quiet for 3 minutes                  -> restart
 *   another region's, that region silent for 60 s:
 *     its lease on this run's behalf ran out       -> take over
 *     it never got the fence, and is quiet as long -> take over
 *   another region's, that region alive but the run quiet for 3 minutes -> take over
 */
export function decideTakeover({ controlRegion, request, executedBy, fence, quietMs, controllerSilentMs }: TakeoverInput): Takeover {
  if (fence?.lease === 'live') return { kind: 'leave' };
  if (executedBy === controlRegion) return quietMs >= stuckAfterMs ? { kind: 'restart' } : { kind: 'leave' };
  const heldIt = fence?.runId === request.runId;
  const isDead = controllerSilentMs >= silentAfterMs && (heldIt || quietMs >= silentAfterMs);
  return isDead || quietMs >= stuckAfterMs ? { kind: 'takeOver', from: executedBy } : { kind: 'leave' };
}
