import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock/virtualClock.ts';
import { defaultScenario, fleetDocumentOf, judge, listScenarios, loadScenario, parseScenario, playFaults, startOf, usersWithoutSpillway, worldSpecOf, type Happened } from '../../sandbox/scenarios/index.ts';
import { createWorld } from '../../sandbox/world/index.ts';
import { validateFleet } from '../../src/config/loadFleet.ts';
import { at } from './support.ts';

const minimal = (rest: string): string => `name: x\ntitle: t\nfaultAt: 60\ndurationSeconds: 600\n${rest}`;

describe('the scenarios of the sandbox', () => {
  const scenarios = listScenarios();

  it('the default one comes first, names are the files\' and unique', () => {
    expect(scenarios[0]?.name).toBe(defaultScenario);
    expect(scenarios.length).toBeGreaterThanOrEqual(28);
    expect(new Set(scenarios.map((scenario) => scenario.name)).size).toBe(scenarios.length);
    for (const scenario of scenarios) expect(loadScenario(scenario.name)).toEqual(scenario);
  });

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s: its fleet is valid, its world stands, its faults happen inside its time', (_, scenario) => {
    expect(validateFleet(fleetDocumentOf(scenario)).kind).toBe('loaded');
    const clock = new VirtualClock(startOf(scenario));
    const world = createWorld(worldSpecOf(scenario), { clock, seed: 7 });
    playFaults(scenario, world, startOf(scenario));
    for (const { at: seconds, heal } of scenario.faults) {
      expect(seconds).toBeLessThan(scenario.durationSeconds);
      if (heal !== undefined) expect(heal).toBeGreaterThan(seconds);
    }
    clock.runUntil(startOf(scenario) + scenario.durationSeconds * 1000);
    const left = scenario.faults.filter(({ heal }) => heal === undefined || heal > scenario.durationSeconds).length;
    expect(world.faults.list()).toHaveLength(left);
    expect(world.users.totals().requests).toBeGreaterThan(0);
  });

  it.each(scenarios.filter((scenario) => scenario.expect.fewerFailedRequestsThanWithout === true).map((scenario) => [scenario.name, scenario] as const))('%s: users suffer without Spillway', (_, scenario) => {
    expect(usersWithoutSpillway(scenario, 7, scenario.durationSeconds).failedRequests).toBeGreaterThan(50_000);
  });

  it('the baseline is the same every time, and grows with time', () => {
    const scenario = loadScenario('grey-region');
    const once = usersWithoutSpillway(scenario, 7, 600);
    expect(usersWithoutSpillway(scenario, 7, 600)).toEqual(once);
    expect(usersWithoutSpillway(scenario, 7, 900).failedRequests).toBeGreaterThan(once.failedRequests);
    expect(usersWithoutSpillway(scenario, 8, 600)).not.toEqual(once);
  });

  it('what ends in nothing does not hurt users, or cannot be seen', () => {
    for (const name of ['cluster-api-gone', 'drain']) expect(usersWithoutSpillway(loadScenario(name), 7, 900).failedRequests, name).toBe(0);
    const surge = usersWithoutSpillway(loadScenario('demand-surge'), 7, 1200);
    expect(surge.failedRequests / surge.requests).toBeLessThan(0.001);
  });
});

describe('a scenario file', () => {
  it.each([
    ['an unknown fault', 'faults: [{ at: 1, fault: { kind: fire } }]\nexpect: {}', /faults\[0\]\.fault\.kind/],
    ['a parameter that its fault does not take', 'faults: [{ at: 1, fault: { kind: grey, stamp: eastus2, factor: 2 } }]\nexpect: {}', /grey takes no factor; it takes severity, latencyMs, hostsUnhealthy[\s\S]*faults\[0\]\.fault\.factor/],
    ['a fault without the stamp that it needs', 'faults: [{ at: 1, fault: { kind: grey } }]\nexpect: {}', /grey needs a stamp[\s\S]*faults\[0\]\.fault\.stamp/],
    ['an unknown field', 'speed: 3\nexpect: {}', /speed/],
    ['a region that the fleet has not got', 'faults: [{ at: 1, fault: { kind: grey, stamp: mars } }]\nexpect: {}', /faults\[0\]\.fault\.stamp is "mars".*eastus2, centralus, westus3/],
    ['a cluster that the fleet has not got', 'fleet: { clusters: { mars: { podCidr: 10.0.0.0/21 } } }\nexpect: {}', /fleet\.clusters is "mars"/],
    ['an expectation of nothing and of a completed run at once', 'expect: { nothing: true, runs: [{ kind: drain, region: eastus2, outcome: completed }] }', /nothing: true/],
    ['an unknown deed of the operator', 'operator: [{ at: 1, do: pray }]\nexpect: {}', /operator\[0\]/],
    ['no expectation', '', /expect/],
  ])('with %s is told where and why', (_, rest, message) => {
    expect(() => parseScenario(minimal(rest), 'x.yaml')).toThrow(message);
  });

  it('that is not there is told with those that are', () => {
    expect(() => loadScenario('no-such')).toThrow(/no-such.*grey-region/);
  });

  it('patches its fleet: gates, Front Door\'s kind and anything by merge', () => {
    const scenario = parseScenario(minimal('fleet: { gates: off, frontDoorKind: classic, latencyWindowMs: 0, hpaManager: helm, merge: { policy: { initialMode: observe } } }\nexpect: {}'), 'x.yaml');
    const document = fleetDocumentOf(scenario);
    expect(at(document, 'stamps', 1, 'gate')).toBeNull();
    expect(at(document, 'frontDoor')).toEqual({ kind: 'classic', resourceId: expect.stringMatching(/Microsoft\.Network\/frontDoors\/afd-shop$/) });
    expect(at(document, 'stamps', 1, 'origins', 0, 'origin')).toBe('centralus.origin.sandbox.test');
    expect(at(document, 'policy', 'initialMode')).toBe('observe');
    expect(at(document, 'policy', 'utilisationCeiling')).toBe(0.8);
    const spec = worldSpecOf(scenario);
    expect(spec.frontDoor.kind).toBe('classic');
    expect(spec.frontDoor.originGroups[0]?.origins.map((origin) => `${origin.name} ${origin.hostName}`)).toContain('centralus.origin.sandbox.test centralus.origin.sandbox.test');
    expect(spec.frontDoor.originGroups[0]?.latencyWindowMs).toBe(0);
    expect(spec.stamps.every((stamp) => stamp.gateBlobUrl === null && stamp.workloads.every((workload) => workload.hpaManager === 'helm'))).toBe(true);
  });
});

describe('judging how it ended', () => {
  const happened = (change: Partial<Happened>): Happened => ({ runs: [], writes: 0, trafficWrites: 0, settledSeconds: null, takenOverSeconds: null, disabledAtFrontDoor: [], shortOf: [], certificates: [], roomLent: [], failedRequests: { with: 10, without: 20 }, ...change });
  const run = (outcome: Happened['runs'][number]['outcome'], regions = ['eastus2'], kind = 'failover'): Happened['runs'][number] => ({ kind, mode: 'graceful', regions, outcome });
  const expectation = (text: string): Parameters<typeof judge>[0] => parseScenario(minimal(`expect: ${text}`), 'x.yaml').expect;
  const oneFailover = expectation('{ runs: [{ kind: failover, mode: graceful, region: eastus2, outcome: completed }], settledWithinSeconds: 480, fewerFailedRequestsThanWithout: true }');

  it('as it should', () => {
    expect(judge(oneFailover, happened({ runs: [run('completed')], settledSeconds: 400 }))).toEqual([]);
    expect(judge(oneFailover, happened({ runs: [run('blocked'), run('completed')], settledSeconds: 480, writes: 9 }))).toEqual([]);
    expect(judge(expectation('{ nothing: true }'), happened({}))).toEqual([]);
  });

  it.each([
    ['no run', happened({ settledSeconds: 1 }), /there was no graceful failover of eastus2/],
    ['a run that never ended', happened({ runs: [run(null)], settledSeconds: 1 }), /ended as not at all/],
    ['another region', happened({ runs: [run('completed', ['westus3'])], settledSeconds: 1 }), /westus3/],
    ['a second run', happened({ runs: [run('completed'), run('completed')], settledSeconds: 1 }), /no further run was expected/],
    ['too late', happened({ runs: [run('completed')], settledSeconds: 481 }), /481 s, and 480 s were allowed/],
    ['never settled', happened({ runs: [run('completed')] }), /never settled/],
    ['users worse off', happened({ runs: [run('completed')], settledSeconds: 1, failedRequests: { with: 20, without: 20 } }), /without Spillway/],
  ])('%s is a failure', (_, what, message) => {
    expect(judge(oneFailover, what).join('\n')).toMatch(message);
  });

  it('what binds first, by the run or by a certificate', () => {
    const byRun = expectation('{ binds: { stamp: westus3, constraint: podCidr } }');
    expect(judge(byRun, happened({ shortOf: ['westus3: podCidr (10.0.0.0/21) is short of 6 nodes; x', 'westus3: poolMax (user1) is short of 1 nodes; y'] }))).toEqual([]);
    expect(judge(byRun, happened({ shortOf: ['westus3: poolMax (user1) is short of 1 nodes; y'] }))).toEqual(['what binds first was to be podCidr of westus3, and is westus3: poolMax (user1) is short of 1 nodes; y']);
    expect(judge(byRun, happened({ certificates: ['if eastus2 is lost, westus3 lacks 6 nodes (podCidr): x'] }))).toEqual(['what binds first was to be podCidr of westus3, and is nothing']);
    const byCertificate = expectation('{ binds: { stamp: westus3, constraint: podCidr, by: certificate } }');
    expect(judge(byCertificate, happened({ certificates: ['if eastus2 is lost, westus3 lacks 6 nodes (podCidr): x'] }))).toEqual([]);
    expect(judge(byCertificate, happened({ certificates: ['if eastus2 is lost, centralus lacks 6 nodes (podCidr): x'] })).join()).toMatch(/no certificate named podCidr of westus3/);
  });

  it('writes where nothing was to be done', () => {
    expect(judge(expectation('{ nothing: true }'), happened({ writes: 1 }))).toEqual(['1 writes were made where nothing was to be done']);
    expect(judge(expectation('{ trafficStays: true }'), happened({ writes: 3 }))).toEqual([]);
    expect(judge(expectation('{ trafficStays: true }'), happened({ writes: 3, trafficWrites: 2 }))).toEqual(['2 gates or origins were changed where traffic was to stay']);
  });
});
