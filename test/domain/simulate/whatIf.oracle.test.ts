import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../src/domain/reading.ts';
import type { FleetFacts, StampFacts } from '../../../src/domain/facts.ts';
import { simulateLoss, type Simulation } from '../../../src/domain/simulate/index.ts';
import { now } from '../check/fixture.ts';
import { hpa, nodes, pool, setting, stampValues, subnetOf, webWorkload, withReadings, workload, type Setting, type StampValues } from '../../functions/http/whatIfFleet.ts';

/*
 * What-ifs answered a second time, as docs/capacity.md tells it and with none of the domain's code: who gets the users, how many
 * replicas and nodes that takes, what is short and by how much, which binds first, what it costs and how long it takes. One workload of
 * one size and one pool a region, so that everything can be counted.
 */
const regions = ['eastus2', 'centralus', 'westus3', 'westus2', 'northeurope'];
const coresOfNode = 4;
const podsOfNode = 4;
const ratedRequests = 100;
const usdOfNode = 0.2;

interface Region {
  readonly requestsPerSecond: number;
  readonly forecast: number | null;
  readonly weight: number;
  readonly priority: 1 | 2;
  readonly disabled: boolean;
  readonly replicas: number;
  readonly spareNodes: number;
  readonly budget: number | null;
  readonly familyLeft: number;
  readonly regionLeft: number;
  readonly spot: boolean;
  readonly spotLeft: number;
  readonly plugin: 'overlay' | 'flat';
  readonly addressesLeft: number;
  readonly cidrPrefix: number;
  readonly portsLeft: number | null;
  readonly poolMax: number;
  readonly busy: boolean;
  readonly held: 'keda' | 'none' | 'no';
  readonly podsQuotaLeft: number | null;
  readonly missing: 'quota' | 'skus' | 'network' | 'load' | null;
}

interface Case {
  readonly regions: readonly Region[];
  readonly lost: readonly number[];
  readonly window: number;
  readonly demandFactor: number;
  readonly ceiling: number | undefined;
  readonly surgeMaxReplicas: number;
}

/** Mostly plenty of everything: a shortage here and there. */
const plentyOr = <T>(plenty: T, scarce: fc.Arbitrary<T>): fc.Arbitrary<T> => fc.oneof({ weight: 6, arbitrary: fc.constant(plenty) }, { weight: 1, arbitrary: scarce });

const region: fc.Arbitrary<Region> = fc.record({
  requestsPerSecond: fc.integer({ min: 1, max: 30 }).map((value) => value * 50),
  forecast: plentyOr<number | null>(null, fc.integer({ min: 1, max: 2000 })),
  weight: fc.integer({ min: 1, max: 1000 }),
  priority: plentyOr<1 | 2>(1, fc.constant(2)),
  disabled: plentyOr(false, fc.constant(true)),
  replicas: fc.integer({ min: 1, max: 24 }),
  spareNodes: fc.nat(3),
  budget: plentyOr<number | null>(null, fc.integer({ min: 1, max: 40 })),
  familyLeft: plentyOr(10_000, fc.integer({ min: -4, max: 20 })),
  regionLeft: plentyOr(10_000, fc.integer({ min: 0, max: 20 })),
  spot: plentyOr(false, fc.constant(true)),
  spotLeft: plentyOr(10_000, fc.integer({ min: 0, max: 20 })),
  plugin: fc.constantFrom('overlay' as const, 'flat' as const),
  addressesLeft: plentyOr(10_000, fc.integer({ min: 0, max: 90 })),
  cidrPrefix: plentyOr(14, fc.integer({ min: 19, max: 22 })),
  portsLeft: plentyOr<number | null>(null, fc.integer({ min: 0, max: 20_000 })),
  poolMax: plentyOr(200, fc.integer({ min: 6, max: 14 })),
  busy: plentyOr(false, fc.constant(true)),
  held: plentyOr<'keda' | 'none' | 'no'>('no', fc.constantFrom('keda' as const, 'none' as const)),
  podsQuotaLeft: plentyOr<number | null>(null, fc.integer({ min: 0, max: 20 })),
  missing: plentyOr<'quota' | 'skus' | 'network' | 'load' | null>(null, fc.constantFrom('quota' as const, 'skus' as const, 'network' as const, 'load' as const)),
});

const cases: fc.Arbitrary<Case> = fc.integer({ min: 2, max: 5 }).chain((count) => fc.record({
  regions: fc.array(region, { minLength: count, maxLength: count }),
  lost: fc.subarray(Array.from({ length: count }, (_, index) => index), { minLength: 1 }),
  window: fc.constantFrom(0, 0, 25, 60),
  demandFactor: fc.constantFrom(0.3, 1, 1, 1.3, 3),
  ceiling: fc.constantFrom(undefined, undefined, 0.5, 0.9),
  surgeMaxReplicas: plentyOr(5000, fc.integer({ min: 20, max: 60 })),
}));

/** Nodes full to the last, and spare ones. */
const nodesOf = ({ replicas, spareNodes }: Region): number[] => [...Array.from({ length: Math.ceil(replicas / podsOfNode) }, (_, at) => Math.min(podsOfNode, replicas - at * podsOfNode)), ...Array.from({ length: spareNodes }, () => 0)];

function valuesOf(one: Region, name: string): Partial<StampValues> {
  const plain = stampValues(name);
  const count = nodesOf(one).length;
  return {
    pools: [pool('user1', { count, minCount: count, maxCount: Math.max(count, 5), spot: one.spot ? 'spot' : 'regular', provisioningState: one.busy ? 'Upgrading' : 'Succeeded' })],
    nodes: nodes(nodesOf(one)),
    workloads: [workload('web', { readyReplicas: one.replicas, disruptionBudgetMinAvailable: one.budget, hpa: one.held === 'none' ? null : hpa('web', one.held === 'keda' ? { minReplicas: 1, maxReplicas: 5, owner: { kind: 'reconciler', manager: 'keda-operator', how: 'keda', ignoresBounds: 'reverted' } } : {}) })],
    quota: { regionalCores: { used: 100, limit: 100 + one.regionLeft }, lowPriorityCores: { used: 0, limit: one.spotLeft }, families: { standardDSv5Family: { used: 100, limit: 100 + one.familyLeft } } },
    network: {
      ...plain.network, plugin: one.plugin, podCidr: one.plugin === 'flat' ? null : `10.0.0.0/${one.cidrPrefix}`, subnets: [{ id: subnetOf(name), usedAddresses: 100, totalAddresses: 100 + one.addressesLeft }],
      outboundPortsPerNode: one.portsLeft === null ? null : 1000, outboundPortsTotal: one.portsLeft === null ? null : count * 1000 + one.portsLeft,
      resourceQuotas: one.podsQuotaLeft === null ? [] : [{ namespace: 'shop', resource: 'pods', used: one.replicas, hard: one.replicas + one.podsQuotaLeft }],
    },
    load: { requestsPerSecond: one.requestsPerSecond, byWorkload: { web: one.requestsPerSecond }, forecastRequestsPerSecond: one.forecast, errorRate: 0, latencyMs: 40 },
    prices: [{ vmSize: 'Standard_D4s_v5', spot: one.spot ? 'spot' : 'regular', usdPerHour: usdOfNode }],
  };
}

function settingOf(one: Case): Setting {
  const names = regions.slice(0, one.regions.length);
  const at = (name: string): Region => one.regions[names.indexOf(name)] ?? fail();
  return setting(names, {
    latencyWindowMs: one.window,
    fleet: {
      stamps: (stamp, index) => ({
        ...stamp, origins: [{ originGroup: 'web', origin: `web-${index}`, normalWeight: one.regions[index]?.weight, priority: one.regions[index]?.priority }],
        cluster: { ...(stamp['cluster'] as object), pools: [{ name: 'user1', surgeMaxCount: one.regions[index]?.poolMax }] },
      }),
      workloads: [{ ...webWorkload, surgeMaxReplicas: one.surgeMaxReplicas }],
    },
    values: (name) => valuesOf(at(name), name),
    facts: (facts) => {
      if (facts.demand.kind === 'unknown' || facts.traffic.kind === 'unknown') return facts;
      const originGroups = facts.traffic.value.originGroups.map((group) => ({ ...group, origins: group.origins.map((origin) => ({ ...origin, enabled: at(origin.stamp).disabled ? 'Disabled' as const : 'Enabled' as const })) }));
      const groups = facts.demand.value.groups.map((users, index) => ({ ...users, requestsPerSecond: one.regions[index]?.requestsPerSecond ?? 0 }));
      const changed: FleetFacts = { ...facts, traffic: known({ originGroups }, now), demand: known({ ...facts.demand.value, groups }, now) };
      return names.reduce((all, name) => {
        const { missing } = at(name);
        return missing === null ? all : withReadings(all, name, (): Partial<StampFacts> => ({ [missing]: unknown('403 Forbidden', now) }));
      }, changed);
    },
  });
}

function fail(): never {
  throw new Error('no such region');
}

/** By hand: everyone near region i is 10 ms from it and 20 ms more from each next one. */
function loads(one: Case, lostServe: boolean): number[] {
  const serving = one.regions.flatMap(({ disabled }, index) => (one.lost.includes(index) ? lostServe : !disabled) ? [index] : []);
  const best = Math.min(...serving.map((index) => one.regions[index]?.priority ?? 9));
  const eligible = serving.filter((index) => one.regions[index]?.priority === best);
  const load = one.regions.map(() => 0);
  one.regions.forEach(({ requestsPerSecond }, home) => {
    const nearest = Math.min(...eligible.map((index) => Math.abs(index - home)));
    const reached = eligible.filter((index) => 20 * (Math.abs(index - home) - nearest) <= one.window);
    const weights = reached.reduce((sum, index) => sum + (one.regions[index]?.weight ?? 0), 0);
    for (const index of reached) load[index] = (load[index] ?? 0) + (requestsPerSecond * (one.regions[index]?.weight ?? 0)) / weights;
  });
  return load;
}

/** What a region has now: the lesser of what is routed to it and what it serves, where the lost ones serve over 2 % more of all than is routed to them. */
function has(one: Case, routed: readonly number[]): readonly number[] {
  const sum = (of: readonly number[]): number => of.reduce((all, load) => all + load, 0);
  const served = one.regions.map(({ requestsPerSecond, missing }) => (missing === 'load' ? null : requestsPerSecond));
  const [allRouted, allServed] = [sum(routed), sum(served.map((load) => load ?? 0))];
  const more = sum(one.lost.map((index) => (served[index] ?? 0) / allServed - (routed[index] ?? 0) / allRouted));
  return more <= 0.02 ? routed : routed.map((load, index) => Math.min(load, ((served[index] ?? Infinity) * allRouted) / allServed));
}

interface Short {
  readonly constraint: string;
  readonly missing: number;
  readonly covered: number;
}

interface Reckoned {
  readonly after: number;
  readonly gains: boolean;
  readonly replicas: number;
  readonly newNodes: number;
  readonly short: readonly Short[];
  readonly unknown: readonly string[];
  readonly ready: number;
}

function reckon(one: Case): (Reckoned | null)[] {
  const before = loads(one, true);
  const now = has(one, before);
  const after = loads(one, false);
  const counted = one.regions.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const read = one.regions.filter(({ missing }) => missing !== 'load');
  const forecast = read.reduce((sum, { requestsPerSecond, forecast: most }) => sum + (most ?? requestsPerSecond), 0);
  const growth = Math.max(counted, forecast) / counted;
  const ceiling = one.ceiling ?? 0.8;
  return one.regions.map((here, index): Reckoned | null => {
    if (one.lost.includes(index)) return null;
    const load = (after[index] ?? 0) * growth * one.demandFactor;
    const gains = load > (now[index] ?? 0) * growth + 1e-3;
    const replicas = Math.max(1, Math.ceil(load / (ratedRequests * ceiling) - 1e-9 * Math.max(1, load / (ratedRequests * ceiling))), here.budget ?? 0);
    const more = Math.max(0, replicas - here.replicas);
    const present = nodesOf(here).length;
    const newNodes = Math.max(0, Math.ceil((more - (present * podsOfNode - here.replicas)) / podsOfNode));
    const short: Short[] = [];
    const replicasShort = (constraint: string, missing: number): void => { if (missing > 0) short.push({ constraint, missing, covered: (replicas - missing) / replicas }); };
    if (here.held === 'none') replicasShort('hpaMax', replicas - here.replicas);
    else if (here.held === 'keda') replicasShort('hpaOwnedByReconciler', replicas - Math.max(1, Math.min(here.replicas, 5)));
    else replicasShort('hpaMax', replicas - Math.max(one.surgeMaxReplicas, 15));
    const doubts: string[] = [];
    const limit = (constraint: string, available: number, cost: number): void => { if (newNodes * cost > Math.max(available, 0) || (newNodes > 0 && newNodes * cost > available)) short.push({ constraint, missing: newNodes * cost - available, covered: available / (newNodes * cost) }); };
    limit('poolMax', Math.max(here.poolMax, present, 5) - present, 1);
    if (here.busy) limit('poolBusy', 0, 1);
    if (here.missing !== 'quota' && here.missing !== 'skus') {
      if (here.spot) limit('vcpuQuotaRegion', here.spotLeft, coresOfNode);
      else {
        limit('vcpuQuotaRegion', here.regionLeft, coresOfNode);
        limit('vcpuQuotaFamily', here.familyLeft, coresOfNode);
      }
    }
    if (here.missing !== 'network') {
      limit('subnetAddresses', here.addressesLeft, here.plugin === 'flat' ? 31 : 1);
      if (here.plugin === 'overlay') limit('podCidr', 2 ** (24 - here.cidrPrefix) - present, 1);
      if (here.portsLeft !== null) limit('outboundPorts', here.portsLeft, 1000);
      if (here.podsQuotaLeft !== null && more > here.podsQuotaLeft) short.push({ constraint: 'resourceQuota', missing: more - here.podsQuotaLeft, covered: here.podsQuotaLeft / more });
    }
    if (here.missing !== null && load > 0 && (here.missing !== 'load' || (before[index] ?? 0) > 0)) doubts.push(`${regions[index]}.${here.missing}`);
    const ready = (newNodes > 0 ? 240 : 0) + (more > 0 ? 15 + 25 : 0);
    return { after: load, gains, replicas, newNodes, short, unknown: doubts, ready };
  });
}

const proves = (one: Case, { gains, after }: Reckoned): boolean => (one.ceiling !== undefined && one.ceiling < 0.8 ? after > 0 : gains);

function check(one: Case, answer: Simulation): 'yes' | 'no' | 'unknown' {
  const reckoned = reckon(one);
  const survivors = reckoned.flatMap((stamp, index) => (stamp === null ? [] : [{ stamp, name: regions[index] ?? '', region: one.regions[index] ?? fail() }]));
  expect(answer.stamps.map(({ stamp }) => stamp)).toEqual(survivors.map(({ name }) => name));
  const nobodyServes = survivors.every(({ region: { disabled } }) => disabled);
  let short = nobodyServes ? 1 : 0;
  survivors.forEach(({ stamp, name, region: here }, at) => {
    const told = answer.stamps[at];
    if (told === undefined) throw new Error(`no ${name}`);
    if (!nobodyServes) expect(told.requestsPerSecond.after).toBeCloseTo(stamp.after, 2);
    if (nobodyServes || !proves(one, stamp)) {
      expect(told.shortfalls).toEqual([]);
      return;
    }
    expect(told.workloads[0]).toMatchObject({ replicasNow: here.replicas, replicasNeeded: stamp.replicas, hpaMax: here.held === 'none' ? null : here.held === 'keda' ? 5 : 15 });
    expect(told.pools[0]).toMatchObject({ nodesNow: nodesOf(here).length, nodesNeeded: nodesOf(here).length + stamp.newNodes });
    const known_ = told.shortfalls.filter(({ constraint }) => constraint !== 'inputUnknown').map(({ constraint, missing }) => ({ constraint, missing }));
    expect(known_.toSorted((a, b) => a.constraint.localeCompare(b.constraint))).toEqual(stamp.short.map(({ constraint, missing }) => ({ constraint, missing })).toSorted((a, b) => a.constraint.localeCompare(b.constraint)));
    const [first] = known_;
    if (first !== undefined) expect(stamp.short.find(({ constraint }) => constraint === first.constraint)?.covered).toBeCloseTo(Math.min(...stamp.short.map(({ covered }) => covered)), 9);
    short += stamp.short.length;
  });
  const proving = nobodyServes ? [] : survivors.filter(({ stamp }) => proves(one, stamp));
  const lostLoad = one.regions.flatMap(({ missing }, index) => (one.lost.includes(index) && missing === 'load' && (loads(one, true)[index] ?? 0) > 0 ? [`${regions[index]}.load`] : []));
  const doubts = [...(nobodyServes ? [] : survivors.flatMap(({ stamp }) => stamp.unknown)), ...lostLoad];
  expect(answer.unknown.map(({ input }) => input).filter((input) => !input.endsWith('.price')).toSorted()).toEqual(doubts.toSorted());
  const expected = short > 0 ? 'no' : doubts.length > 0 ? 'unknown' : 'yes';
  expect(answer.survives).toBe(expected === 'yes');
  expect(answer.binding === null).toBe(expected === 'yes');
  if (nobodyServes) expect(answer.binding).toMatchObject({ constraint: 'noSurvivor' });
  else if (short > 0) {
    const of = proving.find(({ name }) => name === answer.binding?.stamp);
    expect(of?.stamp.short).toContainEqual(expect.objectContaining({ constraint: answer.binding?.constraint, missing: answer.binding?.missing }));
  } else if (expected === 'unknown') expect(answer.binding).toMatchObject({ constraint: 'inputUnknown' });
  expect(answer.readyInSeconds).toBe(expected === 'yes' ? Math.max(0, ...proving.map(({ stamp }) => stamp.ready)) : null);
  const bought = proving.reduce((sum, { stamp }) => sum + stamp.newNodes, 0);
  expect(answer.surgeCostPerHour.covers).toEqual({ nodes: bought, of: bought });
  expect(answer.surgeCostPerHour.amount).toBeCloseTo(bought * usdOfNode, 6);
  for (const { fix } of answer.stamps.flatMap(({ shortfalls }) => shortfalls)) expect(fix.length).toBeGreaterThan(10);
  return expected;
}

describe('what-ifs, reckoned twice', () => {
  it('agree in every field, whatever is short, unknown, or both', () => {
    const seen = { yes: 0, no: 0, unknown: 0 };
    fc.assert(
      fc.property(cases, (one) => {
        const { fleet, facts, assessments } = settingOf(one);
        const answer = simulateLoss({
          fleet, facts, assessment: { at: now, stamps: assessments, observerSuspect: false }, lose: one.lost.map((index) => regions[index] ?? ''), demandFactor: one.demandFactor,
          policy: one.ceiling === undefined ? {} : { utilisationCeiling: one.ceiling },
        });
        seen[check(one, answer)] += 1;
      }),
      { numRuns: 400 },
    );
    expect(Math.min(seen.yes, seen.no, seen.unknown)).toBeGreaterThan(20);
  });
});
