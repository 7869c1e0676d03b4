import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetFacts } from '../../../src/domain/facts.ts';
import type { Fleet } from '../../../src/domain/fleet.ts';
import { planRun } from '../../../src/domain/planning/index.ts';
import { known } from '../../../src/domain/reading.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { withLoad, withStamp } from './change.ts';
import { assessed, at, request, sampleFacts, sampleFleet } from './threeRegions.ts';

/*
 * A whole plan worked out a second time, by hand as docs/capacity.md tells it and with none of the planner's code: who gets the
 * users of the lost region, how many replicas that takes by both rules, how many nodes these take. All pods of a case
 * are of one size, so that the fewest nodes can be counted.
 */
const fleet = sampleFleet();
const names = fleet.stamps.map(({ name }) => name);

interface Situation {
  readonly lost: string;
  readonly window: number;
  /** By stamp; the lost one has its normal weight, which a loss is measured against. */
  readonly weights: readonly number[];
  readonly demand: number;
  readonly podMillicores: number;
  readonly cpuPercent: number;
}

const normalWeight = 500;
const situations: fc.Arbitrary<Situation> = fc.record({
  lost: fc.constantFrom(...names),
  window: fc.constantFrom(0, 10, 25, 60),
  weights: fc.tuple(fc.integer({ min: 100, max: 1000 }), fc.integer({ min: 100, max: 1000 }), fc.integer({ min: 100, max: 1000 })),
  demand: fc.double({ min: 0.3, max: 1.5, noNaN: true }),
  podMillicores: fc.constantFrom(250, 400, 500, 700, 1000, 1700),
  cpuPercent: fc.integer({ min: 20, max: 95 }),
}).map((one) => ({ ...one, weights: one.weights.map((weight, index) => (names[index] === one.lost ? normalWeight : weight)) }));

interface Users {
  readonly requestsPerSecond: number;
  readonly latencyMsByStamp: Readonly<Record<string, number>>;
}

function factsOf({ window, weights, demand, podMillicores, cpuPercent }: Situation): { readonly facts: FleetFacts; readonly users: readonly Users[] } {
  let facts = sampleFacts(fleet, window);
  if (facts.demand.kind === 'unknown' || facts.traffic.kind === 'unknown') throw new Error('the sample is known');
  const groups = facts.demand.value.groups.map((group) => ({ ...group, requestsPerSecond: group.requestsPerSecond * demand }));
  const origins = facts.traffic.value.originGroups.map((group) => ({ ...group, origins: group.origins.map((origin, index) => ({ ...origin, weight: weights[index] ?? 1 })) }));
  facts = { ...facts, demand: known({ ...facts.demand.value, groups }, at), traffic: known({ originGroups: origins }, at) };
  for (const name of names) {
    const served = loadOf(name, names, groups, { window, weights });
    facts = withLoad(facts, name, { requestsPerSecond: served, byWorkload: { web: served, recommendations: served * 0.4 } });
    facts = withStamp(facts, name, ({ workloads }) =>
      workloads.kind === 'unknown' ? {} : { workloads: known(workloads.value.map((one) => ({ ...one, podRequests: { ...one.podRequests, cpuMillicores: podMillicores }, hpa: one.hpa === null ? null : { ...one.hpa, currentCpuUtilisationPercent: cpuPercent } })), at) },
    );
  }
  return { facts, users: groups };
}

/** Of each group of users the part that goes to one stamp: by weight among those within the window over the fastest. */
function loadOf(stamp: string, serving: readonly string[], users: readonly Users[], { window, weights }: Pick<Situation, 'window' | 'weights'>): number {
  let load = 0;
  for (const { requestsPerSecond, latencyMsByStamp } of users) {
    const fastest = Math.min(...serving.map((name) => latencyMsByStamp[name] ?? Infinity));
    const inWindow = serving.filter((name) => (latencyMsByStamp[name] ?? Infinity) <= fastest + window);
    if (!inWindow.includes(stamp)) continue;
    const weight = (name: string): number => weights[names.indexOf(name)] ?? 0;
    load += (requestsPerSecond * weight(stamp)) / inWindow.reduce((sum, name) => sum + weight(name), 0);
  }
  return load;
}

const ready: Readonly<Record<string, number>> = { web: 29, recommendations: 15 };

function replicasOf({ name, trafficShare, requestsPerSecondPerReplica }: Fleet['workloads'][number], now: number, after: number, cpuPercent: number): number {
  const up = (value: number): number => Math.ceil(value - 1e-9 * value);
  const pods = ready[name] ?? 0;
  const byRequests = up((after * trafficShare * 1.1) / (requestsPerSecondPerReplica * 0.8));
  const tells = now * trafficShare >= 0.05 * pods * requestsPerSecondPerReplica;
  return Math.max(1, byRequests, tells ? up(pods * (cpuPercent / 70) * (after / now) * 1.1) : 0);
}

/** Eight nodes of 3,520 millicores beside daemonsets, four with 6 and four with 5 pods of 500 on them. */
function newNodes(pods: number, size: number): number {
  const places = 4 * Math.floor((3520 - 3000) / size) + 4 * Math.floor((3520 - 2500) / size);
  return Math.max(0, Math.ceil((pods - places) / Math.floor(3520 / size)));
}

interface StampNeeds {
  readonly replicas: Readonly<Record<string, number>>;
  readonly newNodes: number;
}

function byHand(one: Situation, users: readonly Users[]): ReadonlyMap<string, StampNeeds> {
  const needs = new Map<string, StampNeeds>();
  const left = names.filter((name) => name !== one.lost);
  for (const stamp of left) {
    const before = loadOf(stamp, names, users, one);
    const after = loadOf(stamp, left, users, one);
    if (after <= before * (1 + 1e-6) + 1e-6) continue;
    const replicas = Object.fromEntries(fleet.workloads.map((workload) => [workload.name, replicasOf(workload, before, after, one.cpuPercent)]));
    const pods = fleet.workloads.reduce((sum, { name }) => sum + Math.max(0, (replicas[name] ?? 0) - (ready[name] ?? 0)), 0);
    needs.set(stamp, { replicas, newNodes: newNodes(pods, one.podMillicores) });
  }
  return needs;
}

function planned(one: Situation, facts: FleetFacts, policy = fleet.policy): Plan | null {
  const assessment = assessed(Object.fromEntries(names.map((name) => [name, name === one.lost ? 'unhealthy' : 'healthy'])));
  const result = planRun({ fleet: { ...fleet, policy }, facts, assessment, request: request({ stamps: [one.lost] }), revision: 1 });
  return result.kind === 'planned' && result.plan.reach === 'full' && result.plan.shifts.every(({ stamp }) => stamp === one.lost) ? result.plan : null;
}

function needsOf(plan: Plan): ReadonlyMap<string, StampNeeds> {
  return new Map(
    plan.expected.stamps
      .filter(({ workloads }) => workloads.length > 0)
      .map(({ stamp, workloads }) => [stamp, {
        replicas: Object.fromEntries(workloads.map(({ workload, replicasNeeded }) => [workload, replicasNeeded])),
        newNodes: (plan.surges.find((surge) => surge.stamp === stamp)?.pools.find(({ pool }) => pool === 'user1')?.nodesWanted ?? 8) - 8,
      }]),
  );
}

describe('a whole plan, worked out by hand a second time', () => {
  it('asks for exactly the replicas and the nodes that the users of the lost region need', () => {
    let plans = 0;
    let nodes = 0;
    fc.assert(
      fc.property(situations, (one) => {
        const { facts, users } = factsOf(one);
        const plan = planned(one, facts);
        if (plan === null) return;
        plans += 1;
        const needs = byHand(one, users);
        expect(Object.fromEntries(needsOf(plan))).toEqual(Object.fromEntries(needs));
        for (const { newNodes: count } of needs.values()) nodes += count;
      }),
      { numRuns: 800, seed: 21 },
    );
    expect(plans).toBeGreaterThan(500);
    expect(nodes).toBeGreaterThan(500);
  });

  it('is refused, or done by weights, only where by hand some stamp has no room either', () => {
    const most = Math.max(...fleet.stamps.flatMap(({ cluster }) => cluster.pools.filter(({ name }) => name === 'user1').map(({ surgeMaxCount }) => surgeMaxCount)));
    fc.assert(
      fc.property(situations, (one) => {
        const { facts, users } = factsOf(one);
        if (planned(one, facts) !== null) return;
        expect(Math.max(...[...byHand(one, users).values()].map(({ newNodes: count }) => 8 + count))).toBeGreaterThan(most);
      }),
      { numRuns: 800, seed: 22 },
    );
  });

  it('would be caught with a ceiling a little too high', () => {
    const differs = fc.sample(situations, { numRuns: 200, seed: 21 }).some((one) => {
      const { facts, users } = factsOf(one);
      const plan = planned(one, facts, { ...fleet.policy, utilisationCeiling: 0.83 });
      return plan !== null && JSON.stringify([...needsOf(plan)]) !== JSON.stringify([...byHand(one, users)]);
    });
    expect(differs).toBe(true);
  });
});
