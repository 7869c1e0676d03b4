import type { ActiveRun, DrainedStamp, RecentRun } from '../domain/decide/decision.ts';
import type { RunOutcome, RunRequest } from '../domain/run.ts';
import type { StampName } from '../domain/fleet.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';

/**
 * What the watch, the reconciler and the API read instead of folding the ledger every time. It is a projection: what could
 * not be written here is written again by the reconciler from the ledger.
 */
export interface RunState {
  readonly request: RunRequest;
  readonly outcome: RunOutcome | null;
  readonly closedAt: number | null;
  /** Whether Front Door owes it a change that the reconciler asks for again; unknown: the record could not be read. */
  readonly openShifts: 'none' | 'some' | 'unknown';
  /** Of a run that did not complete: stamps that it has taken out of service all the same. */
  readonly leftDrained?: readonly StampName[];
  /** Epoch milliseconds at which it opened a stamp's gate. */
  readonly returned?: Readonly<Record<StampName, number>>;
}

/** Where a stamp's traffic stands after the last run that moved it. */
export interface RegionState {
  readonly state: 'drained' | 'serving';
  readonly runId: string;
  readonly by: RunRequest['kind'];
  readonly since: number;
  /** Epoch milliseconds at which the drain ends by itself; null while serving. */
  readonly expiresAt: number | null;
}

/** One document for the whole fleet: every look of the watch reads it. */
interface RunIndex {
  /** Newest first. */
  readonly runs: readonly RunState[];
  readonly regions: Readonly<Record<StampName, RegionState>>;
}

const indexKey: StateKey = { kind: 'runIndex', id: 'fleet' };
const nothingYet: RunIndex = { runs: [], regions: {} };

const keptMs = 14 * 24 * 3_600_000;
const runsKept = 30;
const rounds = 5;

export const readRunIndex = async (ports: Ports): Promise<RunIndex> => (await ports.state.read<RunIndex>(indexKey))?.value ?? nothingYet;

/** Puts a run into the index as it is now, and what it says of where its stamps' traffic stands. An unreachable store leaves it to the reconciler. */
export async function projectRun(ports: Ports, run: RunState): Promise<void> {
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const current = await ports.state.read<RunIndex>(indexKey);
      const written = await ports.state.write(indexKey, withRun(ports, current?.value ?? nothingYet, run), current?.etag ?? null);
      if (written.kind === 'written') return;
    }
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
}

function withRun(ports: Ports, { runs, regions }: RunIndex, run: RunState): RunIndex {
  const oldest = ports.clock.now() - keptMs;
  const others = runs.filter(({ request, closedAt }) => request.runId !== run.request.runId && (closedAt === null || closedAt >= oldest));
  const newestFirst = [run, ...others].toSorted((a, b) => b.request.requestedAt - a.request.requestedAt);
  const moved = Object.entries(regionsAfter(ports, run)).filter(([stamp, { since }]) => since >= (regions[stamp]?.since ?? 0));
  return { runs: newestFirst.filter(({ closedAt }, place) => place < runsKept || closedAt === null), regions: { ...regions, ...Object.fromEntries(moved) } };
}

/**
 * A completed run that moved traffic says where it stood when it closed, and so does one that ended otherwise and could not
 * give it back: its drain has an owner and an end as well (I5), may be taken back by a person, and keeps its room. An earlier run put in again does not undo a later one's word.
 */
function regionsAfter(ports: Ports, { request, outcome, closedAt, leftDrained = [] }: RunState): RunIndex['regions'] {
  const moved = outcome !== 'completed' ? leftDrained : request.kind === 'drill' ? [] : request.stamps;
  if (moved.length === 0 || closedAt === null) return {};
  const drained = request.kind !== 'failback';
  const expiresAt = drained ? (request.expiresAt ?? request.requestedAt + ports.fleet.policy.drainExpiryMinutes * 60_000) : null;
  const region: RegionState = { state: drained ? 'drained' : 'serving', runId: request.runId, by: request.kind, since: closedAt, expiresAt };
  return Object.fromEntries(moved.map((stamp) => [stamp, region]));
}

export interface FleetRuns {
  readonly activeRun: ActiveRun | null;
  readonly activeRequest: RunRequest | null;
  readonly openRequests: readonly RunRequest[];
  readonly recentRuns: readonly RecentRun[];
  readonly drained: readonly DrainedStamp[];
  /** Epoch milliseconds at which a closed run last gave a stamp its traffic back. */
  readonly returned: Readonly<Record<StampName, number>>;
}

export async function readFleetRuns(ports: Ports): Promise<FleetRuns> {
  const { runs, regions } = await readRunIndex(ports);
  const open = runs.flatMap(({ request, closedAt }) => (closedAt === null ? [request] : []));
  const newest = open[0] ?? null;
  return {
    activeRun: newest === null ? null : { runId: newest.runId, kind: newest.kind, scope: newest.scope, stamps: newest.stamps },
    activeRequest: newest,
    openRequests: open,
    recentRuns: runs.flatMap(({ request, outcome, closedAt }) =>
      outcome === null || closedAt === null ? [] : [{ runId: request.runId, kind: request.kind, stamps: request.stamps, outcome, closedAt }],
    ),
    drained: Object.entries(regions).flatMap(([stamp, region]) => drainedStamp(stamp, region)),
    returned: newestReturns(runs),
  };
}

function newestReturns(runs: readonly RunState[]): FleetRuns['returned'] {
  const newest: Record<StampName, number> = {};
  for (const { returned = {} } of runs) for (const [stamp, at] of Object.entries(returned)) newest[stamp] = Math.max(at, newest[stamp] ?? 0);
  return newest;
}

function drainedStamp(stamp: StampName, { state, runId, by, since, expiresAt }: RegionState): readonly DrainedStamp[] {
  return state === 'drained' && by !== 'failback' && expiresAt !== null ? [{ stamp, runId, by, since, expiresAt }] : [];
}

/** Whether a stamp is still without traffic because of this run. */
export async function drainStands(ports: Ports, runId: string): Promise<boolean> {
  const { regions } = await readRunIndex(ports);
  return Object.values(regions).some((region) => region.runId === runId && region.state === 'drained');
}
