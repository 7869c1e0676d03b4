import { expect, it } from 'vitest';
import { applyPart } from '../../src/activities/applyPart.ts';
import type { RunStep } from '../../src/activities/contracts.ts';
import { makePlan } from '../../src/activities/makePlan.ts';
import { proveCapacity } from '../../src/activities/proveCapacity.ts';
import { requestOf } from '../orchestrations/runHost.ts';
import { must, sampleFleet } from '../support/fakeOutside.ts';
import { fakePorts, type FakePorts } from '../support/fakePorts.ts';

interface Suspecting {
  readonly ports: FakePorts;
  readonly step: RunStep;
  readonly reads: () => number;
  readonly pass: (ms: number) => void;
}

/** A run on suspicion that holds the fence and has its first plan; how often the fleet is read from here on. */
async function suspecting(): Promise<Suspecting> {
  let now = Date.UTC(2026, 10, 22, 10, 0, 0);
  const ports = fakePorts(sampleFleet(), () => now);
  ports.setVerdicts({ eastus2: 'degraded' });
  const request = requestOf(now, { scope: 'surgeOnly' });
  const acquired = await ports.fence.acquire(request.runId);
  if (acquired.kind === 'busy') throw new Error('the fence of this test is free');
  const step: RunStep = { request, hold: acquired.hold, revision: 1 };
  expect(await makePlan(ports, step)).toMatchObject({ kind: 'planned' });
  now += 60_000;
  let reads = 0;
  const readDemand = ports.demand.readDemand.bind(ports.demand);
  Object.assign(ports.demand, {
    readDemand: () => {
      reads += 1;
      return readDemand();
    },
  });
  return { ports, step, reads: () => reads, pass: (ms) => (now += ms) };
}

it('a proof that finds the failure confirmed, the plan that comes of it, and its proof stand on one reading of the fleet', async () => {
  const { ports, step, reads, pass } = await suspecting();
  ports.setVerdicts({ eastus2: 'unhealthy' });
  const proof = await proveCapacity(ports, step);
  if (proof.kind !== 'superseded') throw new Error(`the proof of this test supersedes, not ${proof.kind}`);
  const next: RunStep = { ...step, request: proof.request, revision: 2 };
  pass(4_000);
  expect(await makePlan(ports, next)).toMatchObject({ kind: 'planned' });
  await proveCapacity(ports, next);
  expect(reads()).toBe(1);
  pass(1);
  await proveCapacity(ports, next);
  expect(reads()).toBe(2);
});

it('after a change of this process the fleet is read anew', async () => {
  const { ports, step, reads } = await suspecting();
  await proveCapacity(ports, step);
  await proveCapacity(ports, step);
  expect(reads()).toBe(1);
  expect(await applyPart(ports, { ...step, part: 'pools', stamp: null })).toMatchObject({ kind: 'applied' });
  await proveCapacity(ports, step);
  expect(reads()).toBe(2);
});

it('a clock that was set back makes no reading young', async () => {
  const { ports, step, reads, pass } = await suspecting();
  await proveCapacity(ports, step);
  pass(-5_000);
  await proveCapacity(ports, step);
  expect(reads()).toBe(2);
});

it('a reading that failed is no reading to go on with', async () => {
  const { ports, step, reads } = await suspecting();
  const readTraffic = ports.traffic.readTraffic.bind(ports.traffic);
  Object.assign(ports.traffic, { readTraffic: () => Promise.reject(new Error('a bug')) });
  await expect(proveCapacity(ports, step)).rejects.toThrow('a bug');
  Object.assign(ports.traffic, { readTraffic });
  await proveCapacity(ports, step);
  expect(reads()).toBe(2);
});

it('a failure that is confirmed before the room is proved asks nothing through the gateways: the next plan is what is proved', async () => {
  const { ports, step } = await suspecting();
  ports.setVerdicts({ eastus2: 'unhealthy' });
  Object.assign(ports.checks, { proveThroughGateway: () => Promise.reject(new Error('asked')) });
  expect(await proveCapacity(ports, step)).toMatchObject({ kind: 'superseded', request: { scope: 'full' } });
  expect(ports.eventsOf('CapacityProved')).toEqual([]);
});

it('but quotas and addresses are read anew by a later plan, where the run itself has made room, and there alone', async () => {
  const { ports, step } = await suspecting();
  ports.setVerdicts({ eastus2: 'unhealthy' });
  const asked: string[] = [];
  const readQuota = ports.headroom.readQuota.bind(ports.headroom);
  Object.assign(ports.headroom, {
    readQuota: (stamp: { readonly name: string }, maxAgeMs?: number) => {
      if (maxAgeMs !== undefined) asked.push(`${stamp.name} ${maxAgeMs}`);
      return readQuota(ports.fleet.stamps.find(({ name }) => name === stamp.name) ?? must(ports.fleet.stamps[0]));
    },
  });
  const surged = ports.eventsOf('PlanMade').flatMap(({ plan }) => plan.surges.map(({ stamp }) => `${stamp} 15000`));
  expect(surged.length).toBeGreaterThan(0);
  expect(await makePlan(ports, { ...step, request: { ...step.request, scope: 'full' }, revision: 2 })).toMatchObject({ kind: 'planned' });
  expect(asked).toEqual(surged);
});
