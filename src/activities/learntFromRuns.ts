import { drainFacts, newestDrains } from '../domain/drainFacts.ts';
import type { DrainFacts, MeasuredStart, PoolFacts } from '../domain/facts.ts';
import { keyOf, measuredStarts, nodeStartSamples, type NodeStartSample } from '../domain/startTimes.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';
import type { RunState } from './runIndex.ts';

type StartTimes = Readonly<Record<string, MeasuredStart>>;

const startTimesKey: StateKey = { kind: 'startTimes', id: 'nodes' };
const drainsKey: StateKey = { kind: 'drainFacts', id: 'fleet' };
/** Ledgers read in one go: a minute later it goes on. */
const runsReadAtOnce = 5;
const keptMs = 10 * 60_000;
/** The store of a process that knows nothing yet is asked again after this long where it did not answer. */
const askedAgainMs = 60_000;

interface Memory {
  /** By run, of those closed ones whose ledger was read in this process. */
  readonly runs: Map<string, LearntFromRun>;
  startTimes: StartTimes;
  drains: readonly DrainFacts[];
  /** Whether the store has ever answered. */
  known: 'nothing' | 'something';
  /** Epoch milliseconds. */
  askAgainAt: number;
  /** Of the last time that the store was asked: who needs the answer meanwhile waits for the same one. */
  learning: Promise<void>;
  /** Whether every process finds what this one has measured. */
  shared: 'shared' | 'notYet';
}

interface LearntFromRun {
  readonly starts: readonly NodeStartSample[];
  readonly drains: readonly DrainFacts[];
}

const memories = new WeakMap<Ports, Memory>();

function memoryOf(ports: Ports): Memory {
  const memory = memories.get(ports) ?? { runs: new Map(), startTimes: {}, drains: [], known: 'nothing', askAgainAt: Number.NEGATIVE_INFINITY, learning: Promise.resolve(), shared: 'shared' };
  memories.set(ports, memory);
  return memory;
}

/**
 * What closed runs have shown, from the ledger; kept where every process finds it: how long nodes took in the last two weeks, and
 * where the users of each drained stamp went the last time, however long ago. Nothing is shared before all of these runs are read: a process
 * that has just started knows less than what lies there. No closed run says nothing, so that an index that was not read takes nothing away.
 */
export async function measureFromRuns(ports: Ports, runs: readonly RunState[]): Promise<void> {
  const memory = memoryOf(ports);
  const closed = runs.flatMap(({ request, closedAt }) => (closedAt === null ? [] : [request.runId]));
  const unread = closed.filter((runId) => !memory.runs.has(runId));
  if (closed.length === 0 || (unread.length === 0 && memory.shared === 'shared')) return;
  memory.shared = 'notYet';
  for (const runId of memory.runs.keys()) if (!closed.includes(runId)) memory.runs.delete(runId);
  for (const runId of unread.slice(0, runsReadAtOnce)) {
    const entries = await ports.ledger.readRun(runId);
    memory.runs.set(runId, { starts: nodeStartSamples(entries), drains: drainFacts(entries) });
  }
  if (unread.length > runsReadAtOnce) return;
  const learnt = closed.flatMap((runId) => memory.runs.get(runId) ?? []);
  const startTimes = await share<StartTimes>(ports, startTimesKey, {}, () => measuredStarts(learnt.flatMap(({ starts }) => starts)));
  const drains = await share<readonly DrainFacts[]>(ports, drainsKey, [], (before) => newestDrains([...before, ...learnt.flatMap((run) => run.drains)]));
  Object.assign(memory, { startTimes: startTimes.value, drains: drains.value, known: 'something', askAgainAt: ports.clock.now() + keptMs, shared: startTimes.isShared && drains.isShared ? 'shared' : 'notYet' });
}

/** Writes what has changed; not shared where another process was first, which a minute later it may be. */
async function share<T>(ports: Ports, key: StateKey, nothing: T, measure: (before: T) => T): Promise<{ readonly value: T; readonly isShared: boolean }> {
  const before = await ports.state.read<T>(key);
  const value = measure(before?.value ?? nothing);
  if (JSON.stringify(before?.value ?? nothing) === JSON.stringify(value)) return { value, isShared: true };
  const written = await ports.state.write(key, value, before?.etag ?? null);
  return { value, isShared: written.kind === 'written' };
}

/** A run that was closed when its ledger was read has got another entry. */
export function readAgain(ports: Ports, runId: string): void {
  memoryOf(ports).runs.delete(runId);
}

/** Learns what was measured, by whichever process. A store that does not answer leaves what this one knew, and no plan hangs on it. */
export function learnFromRuns(ports: Ports): Promise<void> {
  const memory = memoryOf(ports);
  if (ports.clock.now() < memory.askAgainAt) return memory.learning;
  memory.askAgainAt = ports.clock.now() + keptMs;
  memory.learning = readLearnt(ports, memory);
  return memory.learning;
}

async function readLearnt(ports: Ports, memory: Memory): Promise<void> {
  try {
    const [startTimes, drains] = await Promise.all([ports.state.read<StartTimes>(startTimesKey), ports.state.read<readonly DrainFacts[]>(drainsKey)]);
    Object.assign(memory, { startTimes: startTimes?.value ?? {}, drains: drains?.value ?? [], known: 'something' });
  } catch {
    // What is wrong with the store the chore that writes there tells.
    if (memory.known === 'nothing') memory.askAgainAt = ports.clock.now() + askedAgainMs;
  }
}

/** With what this process has learnt. */
export function withStartTimes(ports: Ports, stamp: string, pools: readonly PoolFacts[]): readonly PoolFacts[] {
  const { startTimes } = memoryOf(ports);
  return pools.map((pool) => ({ ...pool, nodeStart: startTimes[keyOf(stamp, pool.name)] ?? null }));
}

/** What this process has learnt of where users went. */
export const learntDrains = (ports: Ports): readonly DrainFacts[] => memoryOf(ports).drains;
