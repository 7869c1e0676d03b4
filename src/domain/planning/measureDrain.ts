import type { DrainedGroup, LoadFacts, ServedGroup, ServedOrigin } from '../facts.ts';
import type { StampName } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import type { Reading } from '../reading.ts';
import { totalOf } from './drainOutdated.ts';
import { servedGroups, type FleetInService } from './servedGroups.ts';

export type DrainMeasurement =
  | { readonly kind: 'measured'; readonly stamp: StampName; readonly groups: readonly DrainedGroup[] }
  /** Another look may show it. */
  | { readonly kind: 'notYet'; readonly why: string };

/** A load is the rate of the minute that ended when it was observed. */
const minuteMs = 60_000;
/** What the demand of a group may change by between the two looks, as a fraction: more, and a metric is missing or the users are others. */
const sameDemand = 0.1;

/**
 * Where the users of a drained stamp have gone. `settledAt`: when their shift was seen, epoch milliseconds; only whole minutes after
 * it count. Under the settings from before alone, but for the drained stamp's own.
 */
export function measureDrain({ stamps: [stamp = ''], served = [] }: Plan, now: Omit<FleetInService, 'isOut'>, settledAt: number): DrainMeasurement {
  if (served.length === 0) return { kind: 'notYet', why: 'nothing was measured before the drain' };
  const late = Object.entries(now.loads).filter(([name, load]) => name !== stamp && beginsBefore(load, settledAt)).map(([name]) => name);
  if (late.length > 0) return { kind: 'notYet', why: `no whole minute since the shift is known of ${late.join(', ')}` };
  const drained = servedGroups({ ...now, isOut: (name) => name === stamp });
  const groups: DrainedGroup[] = [];
  for (const before of served) {
    const after = drained.find(({ name }) => name === before.name);
    if (after === undefined) return { kind: 'notYet', why: `what origin group ${before.name} serves is not known` };
    if (!sameSettings(stamp, before, after)) return { kind: 'notYet', why: `the settings of origin group ${before.name} are not those from before the drain` };
    if (Math.abs(total(after) / total(before) - 1) > sameDemand) return { kind: 'notYet', why: `origin group ${before.name} serves ${Math.round(total(after))} requests/s, and ${Math.round(total(before))} before` };
    groups.push({ ...before, requestsPerSecondDrained: after.requestsPerSecond });
  }
  return { kind: 'measured', stamp, groups };
}

const beginsBefore = (load: Reading<LoadFacts>, settledAt: number): boolean => load.kind === 'unknown' || (load.coversFrom ?? load.observedAt - minuteMs) < settledAt;

const total = ({ requestsPerSecond }: ServedGroup): number => totalOf(requestsPerSecond);

function sameSettings(drained: StampName, before: ServedGroup, after: ServedGroup): boolean {
  const others = ({ origins }: ServedGroup): string => JSON.stringify(origins.filter(({ stamp }) => stamp !== drained).map(settingOf).toSorted());
  return before.latencyWindowMs === after.latencyWindowMs && others(before) === others(after);
}

const settingOf = ({ stamp, origin, weight, priority, serves }: ServedOrigin): string => JSON.stringify([stamp, origin, weight, priority, serves]);
