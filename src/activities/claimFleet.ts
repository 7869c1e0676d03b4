import type { RunRequest } from '../domain/run.ts';
import { runStanding } from '../domain/ledgerView/runStanding.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';
import { readRunIndex } from './runIndex.ts';

/** Which run the fleet is for; one document for all control-plane regions. */
interface Claim {
  readonly runId: string;
  readonly kind: RunRequest['kind'];
  readonly claimedAt: number;
}

const claimKey: StateKey = { kind: 'claim', id: 'fleet' };

/** Between the claim and the run's own records. A claimer that died there has opened nothing. */
const openingMs = 60_000;

/** Controllers and people who want the fleet at one instant are few. */
const maxRounds = 5;

export type Claimed = { readonly kind: 'claimed' } | { readonly kind: 'taken'; readonly runId: string };

/**
 * Every control-plane region sees the same failure, often in the same second: the one that gets its claim written opens the
 * run, the others open none. The fence would let only one of them act anyway (I3); this keeps the second from being opened,
 * told to people, and run after the first. A failover takes the claim of a drill or failback, which it makes give way.
 */
export async function claimFleet(ports: Ports, { runId, kind }: RunRequest): Promise<Claimed> {
  for (let round = 1; round <= maxRounds; round += 1) {
    const found = await ports.state.read<Claim>(claimKey);
    if (found?.value.runId === runId) return { kind: 'claimed' };
    if (found !== null && !givesWay(found.value, kind) && (await isOpen(ports, found.value))) return { kind: 'taken', runId: found.value.runId };
    const claim: Claim = { runId, kind, claimedAt: ports.clock.now() };
    if ((await ports.state.write(claimKey, claim, found?.etag ?? null)).kind === 'written') return { kind: 'claimed' };
  }
  throw new TransientError('the claim on the fleet kept changing', null);
}

const givesWay = (claim: Claim, to: RunRequest['kind']): boolean => to === 'failover' && (claim.kind === 'drill' || claim.kind === 'failback');

/** The run that the fleet is for, or was for last; null before the first. */
export const claimedRun = async (ports: Ports): Promise<string | null> => (await ports.state.read<Claim>(claimKey))?.value.runId ?? null;

/** The projection says it where it could be written, the record where not. */
async function isOpen(ports: Ports, { runId, claimedAt }: Claim): Promise<boolean> {
  const projected = (await readRunIndex(ports)).runs.find(({ request }) => request.runId === runId);
  if (projected !== undefined) return projected.closedAt === null;
  if (ports.clock.now() - claimedAt < openingMs) return true;
  const { request, closed } = runStanding(await ports.ledger.readRun(runId));
  return request !== null && closed === null;
}
