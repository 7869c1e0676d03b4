import type { ActiveRun, DrainedStamp, RecentRun } from '../domain/decide/decision.ts';
import type { RunOutcome, RunRequest } from '../domain/run.ts';
import type { StampName } from '../domain/fleet.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';

/**
 * Small documents that the watch, the guard and the API read instead of folding the ledger every time. They are a
 * projection: what could not be written here is written again by the reconciler from the ledger.
 */
export interface RunState {
  readonly request: RunRequest;
  readonly outcome: RunOutcome | null;
  readonly closedAt: number | null;
  /** Whether Front Door owes it a change that the reconciler asks for again; unknown: the record could not be read. */
  readonly openShifts: 'none' | 'some' | 'unknown';
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

const runTtlSeconds = 14 * 24 * 3600;
const runsListed = 30;

export async function projectRun(ports: Ports, run: RunState): Promise<void> {
  await replace(ports, { kind: 'run', id: run.request.runId }, run, runTtlSeconds);
}

/** A completed run that moved traffic says where it stands now. */
export async function projectRegions(ports: Ports, { request, outcome, closedAt }: RunState): Promise<void> {
  if (outcome !== 'completed' || closedAt === null || request.kind === 'drill') return;
  const drained = request.kind !== 'failback';
  const expiresAt = drained ? (request.expiresAt ?? request.requestedAt + ports.fleet.policy.drainExpiryMinutes * 60_000) : null;
  for (const stamp of request.stamps) {
    const region: RegionState = { state: drained ? 'drained' : 'serving', runId: request.runId, by: request.kind, since: closedAt, expiresAt };
    await replace(ports, { kind: 'region', id: stamp }, region);
  }
}

export interface FleetRuns {
  readonly activeRun: ActiveRun | null;
  readonly activeRequest: RunRequest | null;
  readonly openRequests: readonly RunRequest[];
  readonly recentRuns: readonly RecentRun[];
  readonly drained: readonly DrainedStamp[];
}

export async function readFleetRuns(ports: Ports): Promise<FleetRuns> {
  const [runs, regions] = await Promise.all([ports.state.list<RunState>('run', runsListed), ports.state.list<RegionState>('region', ports.fleet.stamps.length)]);
  const open = runs.flatMap(({ value: { request, closedAt } }) => (closedAt === null ? [request] : [])).toSorted((a, b) => b.requestedAt - a.requestedAt);
  const newest = open[0] ?? null;
  return {
    activeRun: newest === null ? null : { runId: newest.runId, kind: newest.kind, scope: newest.scope, stamps: newest.stamps },
    activeRequest: newest,
    openRequests: open,
    recentRuns: runs.flatMap(({ value: { request, outcome, closedAt } }) =>
      outcome === null || closedAt === null ? [] : [{ runId: request.runId, kind: request.kind, stamps: request.stamps, outcome, closedAt }],
    ),
    drained: regions.flatMap(({ id, value }) => drainedStamp(id, value)),
  };
}

function drainedStamp(stamp: StampName, { state, runId, by, since, expiresAt }: RegionState): readonly DrainedStamp[] {
  return state === 'drained' && by !== 'failback' && expiresAt !== null ? [{ stamp, runId, by, since, expiresAt }] : [];
}

/** Last writer wins on a projection; an unreachable store leaves it to the reconciler. */
async function replace<T>(ports: Ports, key: StateKey, value: T, ttlSeconds?: number): Promise<void> {
  try {
    const current = await ports.state.read<T>(key);
    await ports.state.write(key, value, current?.etag ?? null, ttlSeconds);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
}

/** Whether a stamp is still without traffic because of this run. */
export async function drainStands(ports: Ports, runId: string): Promise<boolean> {
  const regions = await ports.state.list<RegionState>('region', ports.fleet.stamps.length);
  return regions.some(({ value }) => value.runId === runId && value.state === 'drained');
}
