import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certifyFleet } from '../../../src/domain/certificate/index.ts';
import type { DrainedGroup, DrainFacts, FleetFacts, OriginFacts } from '../../../src/domain/facts.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { drainShares, withDrainShares, type DrainShares } from '../../../src/domain/planning/drainShares.ts';
import { buildFleetContext } from '../../../src/domain/planning/fleetContext.ts';
import { loadsAfter, loadsBefore, type FleetLoads } from '../../../src/domain/planning/fleetLoads.ts';
import { planRun, reassessRun } from '../../../src/domain/planning/index.ts';
import { mapState, stateWith } from '../../../src/domain/planning/routingStates.ts';
import { known } from '../../../src/domain/reading.ts';
import { simulateLoss } from '../../../src/domain/simulate/index.ts';
import { withFreeCores, withOrigin } from './change.ts';
import { allHealthy, at, request, sampleFacts, sampleFleet } from './threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const dayMs = 24 * 3_600_000;

/** In the sample each region serves 1,000 requests/s, and all users of eastus2 are nearest to centralus. The drill saw four in ten of them go to westus3. */
const drained: DrainedGroup = {
  name: 'web', latencyWindowMs: 0,
  origins: fleet.stamps.map(({ name }) => ({ stamp: name, origin: `web-${name}`, weight: 500, priority: 1, serves: 'serving' })),
  requestsPerSecond: { eastus2: 500, centralus: 500, westus3: 500 },
  requestsPerSecondDrained: { centralus: 800, westus3: 700 },
};
const drill = (change: Partial<DrainedGroup> = {}, when = at - 2 * dayMs): DrainFacts => ({ runId: 'drill-7', stamp: 'eastus2', at: when, groups: [{ ...drained, ...change }] });
const withDrill = (one: DrainFacts, changed: FleetFacts = facts): FleetFacts => ({ ...changed, drains: [one] });

const simulated = (changed: FleetFacts, lose = ['eastus2'], demandFactor = 1) => {
  const { stamps, standsOn } = simulateLoss({ fleet, facts: changed, assessment: allHealthy, lose, demandFactor });
  return { after: Object.fromEntries(stamps.map(({ stamp, requestsPerSecond }) => [stamp, requestsPerSecond.after])), users: standsOn.filter(({ input }) => input.includes('users')) };
};
const planned = (changed: FleetFacts): Plan => {
  const result = planRun({ fleet, facts: changed, assessment: allHealthy, request: request({ kind: 'drain', trigger: { by: 'operator', subject: 's', name: 'n' } }), revision: 1 });
  if (result.kind === 'blocked') throw new Error(result.reasons.map(({ message }) => message).join('; '));
  return result.plan;
};
const holds = { input: 'eastus2.users', source: 'what run drill-7 showed on 2026-10-31, or what the demand\'s source says, whichever gives a survivor more' };

describe('a loss that a drill has shown', () => {
  it('is planned for what either of the two says, and expected as the drill saw it', () => {
    // 1000 + 0.6 x 1000 and 1000 + 0.4 x 1000 by the drill; 2000 and 1000 by the model
    expect(simulated(facts).after).toEqual({ centralus: 2000, westus3: 1000 });
    expect(simulated(withDrill(drill()))).toEqual({ after: { centralus: 2000, westus3: 1400 }, users: [holds] });
    expect(simulated(withDrill(drill()), ['eastus2'], 1.5).after).toEqual({ centralus: 3000, westus3: 2100 });
    const { expected, notes } = planned(withDrill(drill()));
    expect(expected.stamps.map(({ shareAfter }) => Math.round(shareAfter * 1000))).toEqual([0, 533, 467]);
    expect(notes).toContain(`eastus2.users stands on ${holds.source}`);
  });

  it('counts the users that the lost stamp has now, not those that it had then', () => {
    const busier = withDrill(drill({ requestsPerSecond: { eastus2: 200, centralus: 400, westus3: 900 }, requestsPerSecondDrained: { centralus: 500, westus3: 1000 } }));
    // one in two of 1,000 each, whatever the others served then
    expect(simulated(busier).after).toEqual({ centralus: 2000, westus3: 1500 });
  });

  it('is no business of a stamp whose share changed by less than its noise', () => {
    const few = withDrill(drill({ requestsPerSecondDrained: { centralus: 990, westus3: 510 } }));
    expect(simulated(few).after).toEqual({ centralus: 2000, westus3: 1000 });
    expect(planned(few).surges.map(({ stamp }) => stamp)).toEqual(['centralus']);
  });

  it('is certified for the room that the drill asks for', () => {
    const short = withFreeCores(facts, 'westus3', 2);
    const certificate = (changed: FleetFacts) => certifyFleet({ fleet, facts: changed, assessment: allHealthy, losses: 'singles' });
    expect(certificate(short).losses[0]?.survives).toBe('yes');
    const answer = certificate(withDrill(drill(), short));
    expect(answer.losses[0]).toMatchObject({ survives: 'no', binding: { stamp: 'westus3', constraint: 'vcpuQuotaFamily' } });
    expect(answer.standsOn).toContainEqual(holds);
  });

  it('has a run\'s plan looked at again with the drill\'s eyes', () => {
    const plan = planned(facts);
    const again = (now: FleetFacts) => reassessRun({ request: request({ kind: 'drain' }), plan: { ...plan, expected: { ...plan.expected, stamps: plan.expected.stamps.map((one) => (one.stamp === 'westus3' ? { ...one, workloads: [{ workload: 'web', requestsPerSecondAfter: 1000, replicasNow: 29, replicasNeeded: 29 }] } : one)) } }, assessment: allHealthy, drained: [], facts: now, fleet });
    expect(again(facts)).toEqual({ kind: 'holds' });
    expect(again(withDrill(drill()))).toEqual({ kind: 'superseded', why: 'westus3: web would get 1400 requests/s, and the plan makes room for 1160', request: request({ kind: 'drain' }) });
  });

  it.each<[string, DrainFacts, FleetFacts]>([
    ['it is 40 days old, and holds for 40', drill({}, at - 40 * dayMs), facts],
    ['the latency window is 0 ms now, and was 30 ms', drill({ latencyWindowMs: 30 }), facts],
    ['origin web-westus3 has priority 2 now, and had 1', drill(), withOrigin(facts, 'westus3', { priority: 2 })],
    ['origin web-westus3 is disabled now, and was serving', drill(), withOrigin(facts, 'westus3', { enabled: 'Disabled' })],
    ['origin web-westus3 has weight 250 now, and had 500', drill(), withOrigin(facts, 'westus3', { weight: 250 })],
    ['origin blue is new', drill(), withOrigin(facts, 'westus3', { origin: 'blue' })],
    ['origin web-westus3 belongs to westus3 now', drill({ origins: drained.origins.map((one) => (one.stamp === 'westus3' ? { ...one, stamp: 'centralus' } : one)) }), facts],
    ['origin old is not there any more', drill({ origins: [...drained.origins, { stamp: 'westus3', origin: 'old', weight: 1, priority: 1, serves: 'disabled' }] }), facts],
    ['eastus2 served 2 % of the requests then, too few to tell', drill({ requestsPerSecond: { eastus2: 30, centralus: 735, westus3: 735 } }), facts],
  ])('stands on the model alone, and says why: %s', (why, one, changed) => {
    const date = new Date(one.at).toISOString().slice(0, 10);
    expect(simulated(withDrill(one, changed))).toEqual({ after: simulated(changed).after, users: [{ input: 'eastus2.users', source: `the demand's source alone; what run drill-7 showed on ${date} does not hold any more: ${why}` }] });
  });

  it('says nothing of other losses', () => {
    expect(simulated(withDrill(drill()), ['centralus'])).toEqual(simulated(facts, ['centralus']));
  });
});

const stamps = ['a', 'b', 'c', 'd', 'e'];
const some = fc.integer({ min: 1, max: 1000 });
const five = fc.tuple(some, some, some, some, some);
const situations = fc.record({
  window: fc.constantFrom(0, 10, 30, 100),
  source: fc.constantFrom('accessLog' as const, 'allToNearest' as const),
  users: fc.array(fc.record({ rate: some, latencies: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 5, maxLength: 5 }) }), { minLength: 1, maxLength: 12 }),
  aged: fc.constantFrom('new' as const, 'new' as const, 'old' as const),
  weights: fc.tuple(...stamps.map(() => fc.integer({ min: 1, max: 1000 }))),
  had: fc.record({ a: five, b: five }),
  got: fc.record({ a: five, b: five }),
  lost: fc.constantFrom<(readonly number[])[]>([0], [1], [0, 1], [0, 2]),
});
type Situation = typeof situations extends fc.Arbitrary<infer One> ? One : never;

/** Five stamps in one group, drills of two of them under the settings as they are; the second may be too old. */
function contextOf({ window, source, users, weights, had, got, aged }: Situation) {
  const origins = stamps.map((stamp, index): OriginFacts => ({ stamp, origin: stamp, hostName: stamp, weight: weights[index] ?? 1, priority: 1, enabled: 'Enabled' }));
  const drills = (['a', 'b'] as const).map((stamp): DrainFacts => ({
    runId: `drill of ${stamp}`, stamp, at: stamp === 'b' && aged === 'old' ? at - 50 * dayMs : at,
    groups: [{
      name: 'web', latencyWindowMs: window, origins: origins.map(({ stamp: of, origin, weight, priority }) => ({ stamp: of, origin, weight, priority, serves: 'serving' })),
      requestsPerSecond: { ...Object.fromEntries(stamps.map((name, index) => [name, had[stamp][index] ?? 0])), [stamp]: 1000 },
      requestsPerSecondDrained: Object.fromEntries(stamps.map((name, index) => [name, got[stamp][index] ?? 0]).filter(([name]) => name !== stamp)),
    }],
  }));
  const [first] = fleet.stamps;
  if (first === undefined) throw new Error('the sample fleet has a stamp');
  const wide = { ...fleet, stamps: stamps.map((name, index) => ({ ...first, name, origins: [{ originGroup: 'web', origin: name, normalWeight: weights[index] ?? 1, priority: 1 }] })) };
  const demand = { source, groups: users.map(({ rate, latencies }, index) => ({ name: `${index}`, originGroup: 'web', requestsPerSecond: rate, latencyMsByStamp: Object.fromEntries(stamps.map((name, position) => [name, latencies[position] ?? 1])) })) };
  return buildFleetContext(wide, { at, traffic: known({ originGroups: [{ name: 'web', latencyWindowMs: window, probeDrainSeconds: 60, origins }] }, at), demand: known(demand, at), stamps: {}, drains: drills }, { at, observerSuspect: false, stamps: [] });
}

function lossOf(situation: Situation, share = 0) {
  const context = contextOf(situation);
  const lost = new Set<number>(situation.lost);
  const before = loadsBefore(context, stateWith(context, lost));
  const drills = drainShares(context, before, lost);
  const state = mapState(context, (one, { stampIndex }) => (!lost.has(stampIndex) ? one : share === 0 ? { ...one, serves: 'disabled' } : { ...one, weight: Math.max(1, Math.round(one.weight * share)) }));
  const modelled = loadsAfter(context, state, before);
  return { before, drills, modelled, both: withDrainShares(context, drills, before, modelled) };
}
const sumOf = (loads: Float64Array): number => loads.reduce((sum, load) => sum + load, 0);
const atLeast = (larger: Float64Array, smaller: ArrayLike<number>): void => {
  for (const [index, load] of larger.entries()) expect(load).toBeGreaterThanOrEqual((smaller[index] ?? 0) * (1 - 1e-9) - 1e-9);
};
/** Of one drill, by stamp: the part of the lost one's users that it saw go there, where a share changed by more than 3 % of itself. */
const gainsOf = (drills: DrainShares, position: number): number[] => {
  const drill = drills.uses[position]?.drain;
  const [group] = drill?.groups ?? [];
  if (drill === undefined || group === undefined) return stamps.map(() => 0);
  const part = (loads: Readonly<Record<string, number>>, stamp: string): number => (loads[stamp] ?? 0) / Object.values(loads).reduce((sum, load) => sum + load, 0);
  const changes = stamps.map((stamp) => (stamp === drill.stamp ? 0 : part(group.requestsPerSecondDrained, stamp) - part(group.requestsPerSecond, stamp)));
  const told = changes.map((change, index) => (Math.abs(change) < 0.03 * part(group.requestsPerSecond, stamps[index] ?? '') ? 0 : change));
  return told.map((change) => change / told.reduce((sum, one) => sum + one, 0));
};

describe('whatever users, settings and drills', () => {
  it('demand is conserved, and nobody is planned for less than the model plans or than is expected, also where a part of the traffic stays', () => {
    fc.assert(fc.property(situations, fc.constantFrom(0, 0, 0.2, 0.9), (situation, share) => {
      const { before, modelled, both } = lossOf(situation, share);
      expect(sumOf(both.expected)).toBeCloseTo(sumOf(before.expected), 5);
      atLeast(both.planned, modelled.planned);
      atLeast(both.planned, both.expected);
    }), { numRuns: 500, seed: 31 });
  });

  it('a drill says nothing while all the traffic stays', () => {
    fc.assert(fc.property(situations, (situation) => {
      const { modelled, both } = lossOf(situation, 1);
      expect([...both.planned].map((load, index) => Math.abs(load - (modelled.planned[index] ?? 0)) < 1e-6)).toEqual(stamps.map(() => true));
    }), { numRuns: 200, seed: 35 });
  });

  it('a shortage that a drain has shown cannot be planned around: under other weights of the survivors what it showed beyond the model stays', () => {
    let shown = 0;
    fc.assert(fc.property(situations, fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 5 }), (situation, weights) => {
      const { before, drills, modelled, both } = lossOf(situation);
      const context = contextOf(situation);
      const other = loadsAfter(context, modelled.state.map((group) => group.map((origin, position) => ({ ...origin, weight: weights[position] ?? 1 }))), before);
      const beyond = both.planned.map((load, index) => load - (modelled.planned[index] ?? 0));
      if (beyond.some((load) => load > 1)) shown += 1;
      atLeast(withDrainShares(context, drills, before, other).planned, other.planned.map((load, index) => load + (beyond[index] ?? 0)));
    }), { numRuns: 300, seed: 36 });
    expect(shown).toBeGreaterThan(100);
  });

  it('of one stamp lost, each survivor is planned for what the drill saw go there', () => {
    let corrected = 0;
    fc.assert(fc.property(situations, (situation) => {
      const { before, drills, modelled, both } = lossOf({ ...situation, lost: [0] });
      if (!((before.expected[0] ?? 0) > 0)) return;
      expect(drills.uses.map(({ whyNot }) => whyNot)).toEqual([null]);
      const gains = gainsOf(drills, 0);
      const shown = stamps.map((_, index) => (index === 0 ? 0 : (before.expected[index] ?? 0) + (gains[index] ?? 0) * (before.expected[0] ?? 0)));
      atLeast(both.planned, shown);
      if (shown.every((load) => load >= 0)) expect([...both.expected].map((load, index) => Math.abs(load - (shown[index] ?? 0)) < 1e-6)).toEqual(stamps.map(() => true));
      if (isMore(both, modelled)) corrected += 1;
    }), { numRuns: 500, seed: 32 });
    expect(corrected).toBeGreaterThan(100);
  });

  it('of several, a drill that does not hold any more is as if it had not been', () => {
    fc.assert(fc.property(situations, (situation) => {
      const others = { ...situation, lost: [0, 1], aged: 'old' as const };
      const { both } = lossOf(others);
      const { both: otherwise } = lossOf({ ...others, got: { ...others.got, b: [5, 4, 3, 2, 1] } });
      expect(both.planned).toEqual(otherwise.planned);
    }), { numRuns: 200, seed: 34 });
  });

  it('of several, each survivor is planned for those whom each drill saw go there, and what is expected stays the model\'s', () => {
    let several = 0;
    fc.assert(fc.property(situations, (situation) => {
      const { before, drills, modelled, both } = lossOf({ ...situation, lost: [0, 1], aged: 'new' });
      if (!((before.expected[0] ?? 0) > 0) || !((before.expected[1] ?? 0) > 0)) return;
      several += 1;
      expect([...both.expected].map((load, index) => Math.abs(load - (modelled.expected[index] ?? 0)) < 1e-6)).toEqual(stamps.map(() => true));
      const gains = [0, 1].map((position) => gainsOf(drills, position).map((gain) => Math.max(0, gain) * (before.expected[position] ?? 0)));
      atLeast(both.planned, stamps.map((_, index) => (index < 2 ? 0 : (before.expected[index] ?? 0) + (gains[0]?.[index] ?? 0) + (gains[1]?.[index] ?? 0))));
    }), { numRuns: 500, seed: 33 });
    expect(several).toBeGreaterThan(100);
  });
});

const isMore = (both: FleetLoads, modelled: FleetLoads): boolean => both.planned.some((load, index) => load > (modelled.planned[index] ?? 0) + 1);
