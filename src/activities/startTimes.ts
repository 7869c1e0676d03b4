import type { MeasuredStart, PoolFacts } from '../domain/facts.ts';
import { keyOf, measuredStarts, nodeStartSamples, type NodeStartSample } from '../domain/startTimes.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';
import type { RunState } from './runIndex.ts';

type StartTimes = Readonly<Record<string, MeasuredStart>>;

const startTimesKey: StateKey = { kind: 'startTimes', id: 'nodes' };
/** Ledgers read in one go: a minute later it goes on. */
const runsReadAtOnce = 5;
const keptMs = 10 * 60_000;

interface Memory {
  /** By run, of those whose ledger was read in this process. */
  readonly samples: Map<string, readonly NodeStartSample[]>;
  known: StartTimes;
  readAt: number;
}

const memories = new WeakMap<Ports, Memory>();

function memoryOf(ports: Ports): Memory {
  const memory = memories.get(ports) ?? { samples: new Map(), known: {}, readAt: Number.NEGATIVE_INFINITY };
  memories.set(ports, memory);
  return memory;
}

/** How long nodes took in the runs of the last two weeks, from the ledger; kept where every process finds it. */
export async function measureStartTimes(ports: Ports, runs: readonly RunState[]): Promise<void> {
  const memory = memoryOf(ports);
  const closed = runs.flatMap(({ request, closedAt }) => (closedAt === null ? [] : [request.runId]));
  const unread = closed.filter((runId) => !memory.samples.has(runId)).slice(0, runsReadAtOnce);
  if (unread.length === 0) return;
  for (const runId of unread) memory.samples.set(runId, nodeStartSamples(await ports.ledger.readRun(runId)));
  const measured = measuredStarts(closed.flatMap((runId) => memory.samples.get(runId) ?? []));
  const before = await ports.state.read<StartTimes>(startTimesKey);
  if (JSON.stringify(before?.value ?? {}) === JSON.stringify(measured)) return;
  await ports.state.write(startTimesKey, measured, before?.etag ?? null);
  Object.assign(memory, { known: measured, readAt: ports.clock.now() });
}

/** Learns what was measured, by whichever process. A store that does not answer leaves what this one knew. */
export async function learnStartTimes(ports: Ports): Promise<void> {
  const memory = memoryOf(ports);
  if (ports.clock.now() - memory.readAt < keptMs) return;
  try {
    memory.readAt = ports.clock.now();
    memory.known = (await ports.state.read<StartTimes>(startTimesKey))?.value ?? {};
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
}

/** With what this process has learnt: a plan does not wait for a store to tell it how long it will take. */
export function withStartTimes(ports: Ports, stamp: string, pools: readonly PoolFacts[]): readonly PoolFacts[] {
  const { known } = memoryOf(ports);
  return pools.map((pool) => ({ ...pool, nodeStart: known[keyOf(stamp, pool.name)] ?? null }));
}
