import { expect, it } from 'vitest';
import { mayProceed, mayWrite } from '../../src/activities/guard.ts';
import { readAssessment, rememberAssessment } from '../../src/activities/readAssessment.ts';
import { stopRunOnRecord } from '../../src/activities/stopRunOnRecord.ts';
import type { RunStep } from '../../src/activities/contracts.ts';
import type { Write } from '../../src/domain/ledgerEvent.ts';
import { request, sampleFleet } from '../domain/planning/threeRegions.ts';
import { assessmentOf, fakePorts, type FakePorts } from '../support/fakePorts.ts';

const write: Write = { target: 'pool', stamp: 'westus3', pool: 'user1', set: { minCount: 9, maxCount: 12 } };

async function holding(now: () => number): Promise<{ readonly ports: FakePorts; readonly step: RunStep }> {
  const ports = fakePorts(sampleFleet(), now);
  const acquired = await ports.fence.acquire('run');
  if (acquired.kind === 'busy') throw new Error('the fence of this test is free');
  return { ports, step: { request: { ...request(), runId: 'run', trigger: { by: 'watch' } }, hold: acquired.hold, revision: 1 } };
}

it('a write reads the orders anew, whatever a tick of this very moment has seen (I8)', async () => {
  let now = 1_000_000;
  const { ports, step } = await holding(() => now);
  expect(await mayProceed(ports, step)).toEqual({ kind: 'go' });
  ports.controlsNow = { ...ports.controlsNow, killSwitch: 'on' };
  expect(await mayProceed(ports, step)).toEqual({ kind: 'go' });
  expect(await mayWrite(ports, step, write, 'advance')).toMatchObject({ kind: 'stopped', reason: 'killSwitch' });
  now += 4_000;
  expect(await mayProceed(ports, step)).toMatchObject({ kind: 'stopped', reason: 'killSwitch' });
});

it('an abort stops the next write at once, and no undo', async () => {
  const { ports, step } = await holding(() => 1_000_000);
  expect(await mayProceed(ports, step)).toEqual({ kind: 'go' });
  await stopRunOnRecord(ports, 'run', { kind: 'abort', by: 'op', reason: 'wrong region' });
  expect(await mayWrite(ports, step, write, 'advance')).toMatchObject({ kind: 'stopped', reason: 'abortAsked' });
  expect(await mayWrite(ports, step, write, 'undo')).toEqual({ kind: 'go' });
});

it('what this process saw within the watch\'s interval is the last assessment; later the store says', async () => {
  let now = 1_000_000;
  const ports = fakePorts(sampleFleet(), () => now);
  ports.setVerdicts({ westus3: 'unhealthy' });
  rememberAssessment(ports, assessmentOf(ports.fleet, { eastus2: 'unhealthy' }, now));
  const unhealthy = async () => (await readAssessment(ports))?.stamps.filter(({ verdict }) => verdict === 'unhealthy').map(({ stamp }) => stamp);
  now += ports.fleet.signals.watchIntervalSeconds * 1000 - 1;
  expect(await unhealthy()).toEqual(['eastus2']);
  now += 1;
  expect(await unhealthy()).toEqual(['westus3']);
});
