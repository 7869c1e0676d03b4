import type { DrainedGroup, DrainFacts, ServedOrigin } from '../facts.ts';
import type { StampName } from '../fleet.ts';
import type { GroupModel, OriginState } from '../traffic/index.ts';

export interface DrainInQuestion {
  readonly drain: DrainFacts;
  readonly drained: DrainedGroup;
  /** Epoch milliseconds. */
  readonly now: number;
  /** As it is now, with the drained stamp in service. */
  readonly group: GroupModel;
  readonly state: readonly OriginState[];
}

/** A monthly drill, and some days' delay. */
const holdsDays = 40;
const dayMs = 24 * 3_600_000;
/** Of a group's requests: of a stamp that served fewer, a point of noise would be a fifth of its users. */
const leastShare = 0.05;

/** Null where what the drain showed of this group still holds; else why it does not. */
export function whyOutdated({ drain, drained, now, group, state }: DrainInQuestion): string | null {
  const days = Math.floor((now - drain.at) / dayMs);
  if (days >= holdsDays) return `it is ${days} days old, and holds for ${holdsDays}`;
  if (drained.latencyWindowMs !== group.latencyWindowMs) return `the latency window is ${group.latencyWindowMs} ms now, and was ${drained.latencyWindowMs} ms`;
  const earlier = new Map(drained.origins.map((one) => [one.origin, one]));
  for (const [position, { facts }] of group.origins.entries()) {
    const was = earlier.get(facts.origin);
    earlier.delete(facts.origin);
    const is = state[position];
    if (was === undefined || is === undefined) return `origin ${facts.origin} is new`;
    const why = originChanged(was, { ...is, stamp: facts.stamp, origin: facts.origin, priority: facts.priority });
    if (why !== null) return why;
  }
  const [gone] = earlier.keys();
  if (gone !== undefined) return `origin ${gone} is not there any more`;
  const share = (drained.requestsPerSecond[drain.stamp] ?? 0) / totalOf(drained.requestsPerSecond);
  return share >= leastShare ? null : `${drain.stamp} served ${Math.round(share * 100)} % of the requests then, too few to tell`;
}

function originChanged(was: ServedOrigin, is: ServedOrigin): string | null {
  if (was.stamp !== is.stamp) return `origin ${is.origin} belongs to ${is.stamp} now`;
  if (was.serves !== is.serves) return `origin ${is.origin} is ${is.serves} now, and was ${was.serves}`;
  if (was.priority !== is.priority) return `origin ${is.origin} has priority ${is.priority} now, and had ${was.priority}`;
  if (was.serves === 'serving' && was.weight !== is.weight) return `origin ${is.origin} has weight ${is.weight} now, and had ${was.weight}`;
  return null;
}

export const totalOf = (loads: Readonly<Record<StampName, number>>): number => Object.values(loads).reduce((all, load) => all + load, 0);
