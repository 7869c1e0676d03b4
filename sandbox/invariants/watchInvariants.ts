import type { ChainedEntry, Write } from '../../src/domain/ledgerEvent.ts';
import type { SimulatedWorld, WorldSnapshot } from '../world/index.ts';
import { observeWrites, type SeenWrite } from './observeWrites.ts';
import { watchReturns } from './watchReturns.ts';

/** What was broken, and when. */
export interface Violation {
  readonly at: number;
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'limits';
  readonly message: string;
}

export interface InvariantWatch {
  readonly writes: readonly SeenWrite[];
  /** What the physics saw, and what the record says of it. */
  judge(entries: readonly ChainedEntry[]): readonly Violation[];
}

/**
 * Judges each change that the world sees, from outside: the physics, the order of things and the record.
 *
 * I1: after every traffic write a region that can serve gets traffic in each origin group.
 * I2: a region that gets its traffic back can serve again what it served when it was taken away (on the physics' own capacity and load).
 * I3: epochs of writes never go down.
 * I4: an intent for exactly this change is on record, not younger than the change.
 * limits: at most two control-plane writes an origin and one PUT a pool for each run and direction.
 */
export function watchInvariants(world: SimulatedWorld): InvariantWatch {
  const writes: SeenWrite[] = [];
  const broken: Violation[] = [];
  const returns = watchReturns(world);
  let isOpen = true;
  observeWrites(world, (write) => {
    writes.push(write);
    if (write.target !== 'origin' && write.target !== 'gate') return;
    const snapshot = world.snapshot();
    for (const message of returns.after(write, snapshot)) broken.push({ at: write.at, invariant: 'I2', message });
    for (const group of groupsWithoutService(world, snapshot)) {
      broken.push({ at: write.at, invariant: 'I1', message: `nobody serves origin group ${group} after ${write.target} ${write.subject}` });
    }
  });
  return {
    writes,
    judge(entries) {
      if (!isOpen) return broken;
      isOpen = false;
      broken.push(...unrecorded(writes, entries), ...fallingEpochs(entries), ...tooManyWrites(entries));
      return broken;
    },
  };
}

function groupsWithoutService(world: SimulatedWorld, snapshot: WorldSnapshot): readonly string[] {
  const serves = new Map(snapshot.stamps.map((stamp) => [stamp.name, stamp.gate !== 'closed' && stamp.capacityRequestsPerSecond > 0]));
  return world.frontDoor.asked.originGroups
    .filter(({ origins }) => !origins.some(({ stamp, enabled }) => enabled === 'Enabled' && serves.get(stamp) === true && world.faults.active('regionDead', stamp) === null))
    .map(({ name }) => name);
}

const subjectOf = (write: Write): string => {
  switch (write.target) {
    case 'origin':
      return `${write.originGroup}/${write.origin}`;
    case 'gate':
      return write.stamp;
    case 'pool':
      return `${write.stamp}/${write.pool}`;
    case 'hpa':
      return `${write.stamp}/${write.namespace}/${write.hpa}`;
  }
};

function unrecorded(writes: readonly SeenWrite[], entries: readonly ChainedEntry[]): readonly Violation[] {
  const intents = entries.flatMap(({ at, event }) => (event.type === 'WriteIntended' ? [{ at, target: event.write.target, subject: subjectOf(event.write) }] : []));
  return writes
    .filter((write) => !intents.some(({ at, target, subject }) => target === write.target && subject === write.subject && at <= write.at))
    .map(({ at, target, subject }) => ({ at, invariant: 'I4' as const, message: `${target} ${subject} was changed without an intent on record` }));
}

function fallingEpochs(entries: readonly ChainedEntry[]): readonly Violation[] {
  const intents = entries.filter(({ event }) => event.type === 'WriteIntended').toSorted((a, b) => a.at - b.at);
  return intents.flatMap((entry, index) => {
    const before = intents[index - 1];
    return before !== undefined && entry.epoch < before.epoch ? [{ at: entry.at, invariant: 'I3' as const, message: `${entry.runId} wrote with epoch ${entry.epoch} after epoch ${before.epoch}` }] : [];
  });
}

function tooManyWrites(entries: readonly ChainedEntry[]): readonly Violation[] {
  const counts = new Map<string, { at: number; count: number; limit: number }>();
  for (const { at, runId, event } of entries) {
    if (event.type !== 'WriteSucceeded' || event.write.target !== 'origin') continue;
    const key = `${runId} origin ${subjectOf(event.write)}`;
    counts.set(key, { at, count: (counts.get(key)?.count ?? 0) + 1, limit: 2 });
  }
  return [...counts].filter(([, { count, limit }]) => count > limit).map(([key, { at, count, limit }]) => ({ at, invariant: 'limits' as const, message: `${key}: ${count} writes, at most ${limit}` }));
}
