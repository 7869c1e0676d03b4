import { known } from '../../src/domain/reading.ts';
import type { DrainedGroup, DrainFacts, StampFacts } from '../../src/domain/facts.ts';
import { azureRegions } from '../../src/domain/traffic/index.ts';
import type { SyntheticFleet } from './syntheticFleet.ts';

/** Of every four stamps one has no quota left, one room for a node, one for two, one for three: weights must be shifted, tier by tier something is short. */
export function shortOfQuota(one: SyntheticFleet): SyntheticFleet {
  return withStamps(one, (facts, index) => {
    if (facts.quota.kind === 'unknown') return facts;
    const { used } = facts.quota.value.regionalCores;
    return { ...facts, quota: known({ ...facts.quota.value, regionalCores: { used, limit: used + (index % 4) * coresOfNode } }, facts.quota.observedAt) };
  });
}

const coresOfNode = 8;

/** Users are known by country alone, and what the stamps serve contradicts the table: they are placed anew (calibrateUsers). */
export function byCountry(one: SyntheticFleet): SyntheticFleet {
  const { demand } = one.facts;
  if (demand.kind === 'unknown') return one;
  return {
    ...one,
    fleet: { ...one.fleet, stamps: one.fleet.stamps.map((stamp, index) => ({ ...stamp, region: azureRegions[index % azureRegions.length] ?? stamp.region })) },
    facts: { ...one.facts, demand: known({ ...demand.value, source: 'countryTable' }, demand.observedAt) },
  };
}

/** Each stamp has been drained before, and its users went to five others, whom the model does not send them to: every loss is corrected. */
export function drained(one: SyntheticFleet): SyntheticFleet {
  const { traffic } = one.facts;
  if (traffic.kind === 'unknown') return one;
  const drains = one.fleet.stamps.map(({ name }, at): DrainFacts => ({
    runId: `drain of ${name}`, stamp: name, at: one.facts.at,
    groups: traffic.value.originGroups.filter(({ origins }) => origins.some(({ stamp }) => stamp === name)).map((group): DrainedGroup => ({
      name: group.name, latencyWindowMs: group.latencyWindowMs, origins: group.origins.map(({ stamp, origin, weight, priority }) => ({ stamp, origin, weight, priority, serves: 'serving' })),
      requestsPerSecond: Object.fromEntries(group.origins.map(({ stamp }) => [stamp, stamp === name ? 5000 : 1000])),
      requestsPerSecondDrained: Object.fromEntries(group.origins.flatMap(({ stamp }, index) => (stamp === name ? [] : [[stamp, index % 10 === (at + 1) % 10 ? 2000 : 1000]]))),
    })),
  }));
  return { ...one, facts: { ...one.facts, drains } };
}

function withStamps(one: SyntheticFleet, change: (facts: StampFacts, index: number) => StampFacts): SyntheticFleet {
  const stamps = Object.fromEntries(Object.entries(one.facts.stamps).map(([name, facts], index) => [name, change(facts, index)]));
  return { ...one, facts: { ...one.facts, stamps } };
}
