import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { SimulatedWorld, WorldSnapshot } from '../world/index.ts';
import { gatesAsWritten } from './gatesAsWritten.ts';
import { observeWrites, type SeenWrite } from './observeWrites.ts';
import { subjectOf } from './subjectOf.ts';
import { watchDepartures } from './watchDepartures.ts';
import { watchReturns } from './watchReturns.ts';

/** What was broken, and when. */
export interface Violation {
  readonly at: number;
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'limits';
  readonly message: string;
}

export interface InvariantWatch {
  readonly writes: readonly SeenWrite[];
  /** What the physics saw so far, and what the record as it is now says of it. */
  judge(entries: readonly ChainedEntry[]): readonly Violation[];
}

/**
 * Judges each change that the world sees, from outside: the physics, the order of things and the record.
 *
 * I1: after every traffic write a region that can serve gets traffic in each origin group.
 * I2, on the physics' own capacity and load: a graceful run sends no region more than its ready pods may be asked for; and one that gets its
 * traffic back can serve again what it served when it was taken away.
 * I3: epochs of writes never go down.
 * I4: an intent for exactly this change is on record, not younger than the change.
 * limits: at most two control-plane writes an origin and one PUT a pool for each run and direction.
 * @param ceiling the fleet's `policy.utilisationCeiling`, 0..1.
 */
export function watchInvariants(world: SimulatedWorld, ceiling: number): InvariantWatch {
  const writes: SeenWrite[] = [];
  const broken: Violation[] = [];
  const gates = gatesAsWritten();
  const departures = watchDepartures(world, ceiling);
  const returns = watchReturns(world);
  observeWrites(world, (write) => {
    writes.push(write);
    if (write.target !== 'origin' && write.target !== 'gate') return;
    const snapshot = world.snapshot();
    gates.note(write);
    const closed = gates.closed(snapshot);
    departures.after(write, snapshot, closed);
    for (const message of returns.after(write, snapshot)) broken.push({ at: write.at, invariant: 'I2', message });
    for (const group of groupsWithoutService(world, snapshot, closed)) {
      broken.push({ at: write.at, invariant: 'I1', message: `nobody serves origin group ${group} after ${write.target} ${write.subject}` });
    }
  });
  return {
    writes,
    judge: (entries) => [...broken, ...departures.judge(entries).map((one): Violation => ({ ...one, invariant: 'I2' })), ...unrecorded(writes, entries), ...fallingEpochs(entries), ...tooManyWrites(entries)],
  };
}

function groupsWithoutService(world: SimulatedWorld, snapshot: WorldSnapshot, closed: ReadonlySet<string>): readonly string[] {
  const serves = new Map(snapshot.stamps.map((stamp) => [stamp.name, !closed.has(stamp.name) && stamp.capacityRequestsPerSecond > 0]));
  return world.frontDoor.asked.originGroups
    .filter(({ origins }) => !origins.some(({ stamp, enabled }) => enabled === 'Enabled' && serves.get(stamp) === true && world.faults.active('regionDead', stamp) === null))
    .map(({ name }) => name);
}

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
