import type { Decision } from '../domain/decide/decision.ts';
import type { Notice } from '../ports/notify.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';

type NeedsPerson = Extract<Decision, { kind: 'freeze' | 'escalate' }>;

/** The same thing is told again after this long at the earliest: both control-plane regions see it within a few looks of each other, and verdicts change meanwhile. */
const quietMs = 30 * 60_000;

/**
 * Tells people what automation does not do by itself, once for all control-plane regions: the first that gets it on record tells.
 * Where the record cannot say whether another one did, twice is better than never.
 */
export async function tellDecision(ports: Ports, decision: NeedsPerson, at: number): Promise<void> {
  const { kind, title } = noticeOf(decision);
  const bucket = Math.floor(at / quietMs);
  // Those that seem to fail change from look to look where the observer is the suspect.
  const about = decision.cause === 'observerSuspect' ? kind : `${kind}:${decision.stamps.toSorted().join('+')}`;
  if (await isOnRecord(ports, about, bucket - 1)) return;
  const recorded = await ports.ledger.record({
    id: entryId(about, bucket), runId: partition(bucket), at, controlRegion: ports.controlRegion, epoch: 0, stamps: decision.stamps,
    event: { type: 'PersonTold', about: kind, why: decision.why },
  });
  if (recorded.kind === 'exists' || recorded.kind === 'different') return;
  await ports.notify.notify({ kind, runId: null, title, text: decision.why, until: null });
}

/** Shared by the control-plane regions, unlike what each of them decides. */
const partition = (bucket: number): string => `watch-told-${new Date(bucket * quietMs).toISOString().slice(0, 10)}`;
const entryId = (about: string, bucket: number): string => `told:${about}:${bucket}`;

async function isOnRecord(ports: Ports, about: string, bucket: number): Promise<boolean> {
  try {
    return (await ports.ledger.readEntry(partition(bucket), entryId(about, bucket))) !== null;
  } catch (error) {
    if (error instanceof TransientError) return false;
    throw error;
  }
}

function noticeOf({ cause, stamps }: NeedsPerson): Pick<Notice, 'kind' | 'title'> {
  const names = stamps.join(', ');
  switch (cause) {
    case 'observerSuspect':
      return { kind: 'observerSuspect', title: 'Most regions seem to fail at once: nothing is moved, Spillway may be what cannot see' };
    case 'tooManyRegions':
      return { kind: 'tooManyRegions', title: `More regions fail than Spillway may handle by itself: ${names}. A person must decide` };
    case 'noSurvivor':
      return { kind: 'noSurvivor', title: `No healthy region is left to take the users of ${names}: nothing is moved` };
    case 'coolingDown':
      return { kind: 'coolingDown', title: `${names} failed again soon after a run: traffic is not moved without a person` };
    case 'drainExpired':
      return { kind: 'drainExpiring', title: `The drain of ${names} has run out, and the region is not well enough to get its traffic back` };
  }
}
