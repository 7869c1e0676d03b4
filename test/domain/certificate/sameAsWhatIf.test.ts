import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { certifyFleet } from '../../../src/domain/certificate/index.ts';
import type { FleetFacts, StampFacts } from '../../../src/domain/facts.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { simulateLoss, type Simulation } from '../../../src/domain/simulate/index.ts';
import { nodes, pool, setting, stampValues, webWorkload, withReadings, workload, type Setting, type StampValues } from '../../functions/http/whatIfFleet.ts';
import { now } from '../check/fixture.ts';

/** Fleets of odd shape: standbys, drained and unwell stamps, several in one region and on one quota, two origin groups, a workload that some stamps lack, nodes on their way. */
const names = ['eastus2', 'centralus', 'westus3', 'westus2', 'northeurope'];

const stamp = fc.record({
  region: fc.nat({ max: 4 }), priority: fc.constantFrom(1, 1, 1, 2), weight: fc.integer({ min: 1, max: 1000 }), api: fc.boolean(), load: fc.integer({ min: 0, max: 1500 }), replicas: fc.integer({ min: 1, max: 24 }), spareNodes: fc.nat({ max: 3 }),
  cores: fc.constantFrom(1000, 1000, 0, 4, 8, 12, 20), announced: fc.constantFrom(0, 0, 0, 2), verdict: fc.constantFrom('healthy' as const, 'healthy' as const, 'healthy' as const, 'degraded' as const, 'unhealthy' as const, 'unknown' as const), gate: fc.constantFrom('open' as const, 'open' as const, 'closed' as const),
});
const fleets = fc.integer({ min: 2, max: 5 }).chain((count) => fc.record({
  stamps: fc.array(stamp, { minLength: count, maxLength: count }), latencyWindowMs: fc.constantFrom(0, 0, 25), source: fc.constantFrom('accessLog' as const, 'countryTable' as const, 'allToNearest' as const), shedTier3: fc.constantFrom('never', 'whenShort'),
}));
type Odd = typeof fleets extends fc.Arbitrary<infer T> ? T : never;

function settingOf({ stamps, latencyWindowMs, source, shedTier3 }: Odd): Setting {
  const regions = names.slice(0, stamps.length);
  const at = (name: string): Odd['stamps'][number] => stamps[regions.indexOf(name)] ?? fail();
  const hasApi = (name: string): boolean => name === regions[0] || at(name).api;
  const valuesOf = (name: string): Partial<StampValues> => {
    const { replicas, spareNodes, cores, announced, load, gate } = at(name);
    const full = Math.ceil((replicas + (hasApi(name) ? 4 : 0)) / 4);
    const pods = [...Array.from({ length: full }, () => 4), ...Array.from({ length: spareNodes }, () => 0)];
    return {
      pools: [pool('user1', { count: pods.length, minCount: pods.length + announced, maxCount: pods.length + 5 })], nodes: nodes(pods), workloads: [workload('web', { readyReplicas: replicas }), ...(hasApi(name) ? [workload('api', { readyReplicas: 4 })] : [])],
      quota: { regionalCores: { used: 100, limit: 100 + cores }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 100, limit: 1100 } } },
      load: { ...stampValues(name).load, requestsPerSecond: load, byWorkload: { web: load, ...(hasApi(name) ? { api: 200 } : {}) } }, gate,
    };
  };
  return setting(regions, {
    latencyWindowMs,
    fleet: {
      policy: { shedTier3 }, workloads: [{ ...webWorkload, surgeMaxReplicas: 60 }, { ...webWorkload, name: 'api', deployment: 'api', hpa: 'api', originGroup: 'api', tier: 3, stamps: regions.filter(hasApi) }],
      stamps: (plain, index) => ({ ...plain, region: names[at(regions[index] ?? '').region % regions.length], origins: ['web', ...(hasApi(regions[index] ?? '') ? ['api'] : [])].map((originGroup) => ({ originGroup, origin: `${originGroup}-${index}`, priority: stamps[index]?.priority, normalWeight: stamps[index]?.weight })) }),
    },
    values: valuesOf, verdicts: Object.fromEntries(regions.map((name) => [name, at(name).verdict])),
    facts: (facts): FleetFacts => (facts.demand.kind === 'unknown' ? facts : { ...facts, demand: known({ source, groups: facts.demand.value.groups.map((users) => ({ ...users, latencyMsByStamp: source === 'allToNearest' ? {} : users.latencyMsByStamp })) }, now) }),
  });
}

function fail(): never {
  throw new Error('no such stamp');
}

const assessmentOf = ({ assessments }: Setting) => ({ at: now, observerSuspect: false, stamps: assessments.map((one) => ({ ...one, trafficAlreadyGone: one.verdict === 'unhealthy' && one.stamp === names[1] })) });
const ask = (given: Setting, lose: readonly string[], facts = given.facts): Simulation => simulateLoss({ fleet: given.fleet, facts, assessment: assessmentOf(given), lose });
/** Whether other weights would do is told by what has been sized before, which is not the same for one loss and for all. */
const withoutRemedy = (fix: string): string => fix.replace(/; or give .*/, '');
const toldOf = ({ survives, binding, readyInSeconds, unknown: gaps }: { survives: unknown; binding: Simulation['binding']; readyInSeconds: number | null; unknown: readonly { input: string; why: string }[] }): unknown => ({
  survives: survives === true || survives === 'yes', readyInSeconds, unknown: gaps.filter(({ input }) => !input.endsWith('.price')),
  binding: binding === null ? null : { stamp: binding.stamp, constraint: binding.constraint, missing: binding.missing, unit: binding.unit, fix: withoutRemedy(binding.fix) },
});

it('a certificate says of every single loss and every pair what the what-if says, and every refusal has a reason', () => {
  fc.assert(fc.property(fleets, (odd) => {
    const given = settingOf(odd);
    for (const loss of certifyFleet({ fleet: given.fleet, facts: given.facts, assessment: assessmentOf(given), losses: 'pairs' }).losses) {
      const what = ask(given, loss.lose);
      expect(toldOf(loss)).toEqual(toldOf(what));
      expect(ask(given, loss.lose.toReversed())).toEqual(what);
      const shortfalls = what.stamps.flatMap((one) => one.shortfalls);
      if (what.survives) expect([what.binding, shortfalls]).toEqual([null, []]);
      for (const { missing, fix } of [...shortfalls, ...(what.binding === null ? [] : [what.binding])]) expect([missing > 0, fix.length > 15]).toEqual([true, true]);
    }
  }), { numRuns: 60 });
});

it('no reading that is missing makes a fleet survive, and none that a survivor stands on leaves it surviving', () => {
  // not the load: that of a standby, which no metric counts, is no gap
  const parts = ['pools', 'nodes', 'workloads', 'quota', 'skus', 'network', 'gate', 'demand', 'traffic'] as const;
  fc.assert(fc.property(fleets, fc.constantFrom(...parts), fc.nat({ max: 4 }), fc.nat({ max: 4 }), (odd, part, at, lost) => {
    const given = settingOf(odd);
    const regions = names.slice(0, odd.stamps.length);
    const [of, lose] = [regions[at % regions.length] ?? '', [regions[lost % regions.length] ?? '']];
    const gone = unknown('403 Forbidden', now);
    const ofFleet = part === 'demand' || part === 'traffic';
    const without = ask(given, lose, ofFleet ? { ...given.facts, [part]: gone } : withReadings(given.facts, of, (): Partial<StampFacts> => ({ [part]: gone })));
    if (without.survives) expect(ask(given, lose).survives).toBe(true);
    const serves = without.stamps.some((one) => one.stamp === of && one.requestsPerSecond.after > 0);
    if (ofFleet || serves) expect(without.survives).toBe(false);
  }), { numRuns: 400 });
});
