import { expect, it } from 'vitest';
import { TransientError } from '../../src/ports/outcome.ts';
import { runHost } from './runHost.ts';

/** In an outage some of what a run must ask is part of it. */
const noAnswer = (): Promise<never> => Promise.reject(new TransientError('503', null));

it.each(['graceful', 'ungraceful'] as const)('a survivor whose clusters answer no change does not keep the traffic in a dead region, %s', async (mode) => {
  const { ports, start, finish, host } = await runHost();
  const applyPoolBounds = ports.compute.applyPoolBounds.bind(ports.compute);
  let isSilent = true;
  let calls = 0;
  Object.assign(ports.compute, {
    applyPoolBounds: (...given: Parameters<typeof applyPoolBounds>) => {
      if (given[0].name !== 'westus3' || !isSilent) return applyPoolBounds(...given);
      calls += 1;
      // Silent for the whole of the first plan and a minute more.
      if (calls >= 5) isSilent = false;
      return noAnswer();
    },
  });
  ports.setVerdicts({ eastus2: 'unhealthy' });
  const { runId } = await start({ mode });
  expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
  expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
  await host.stop();
});

it('a gate whose store does not answer leaves the drain to Front Door', async () => {
  const { ports, start, finish, host } = await runHost();
  Object.assign(ports.gate, { applyGate: noAnswer });
  ports.setVerdicts({ eastus2: 'unhealthy' });
  const { runId } = await start({});
  expect(await finish(runId)).toMatchObject({ outcome: 'completed', why: expect.stringContaining('gate:eastus2') });
  expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
  await host.stop();
});

it('what was asked for and gave no answer once is asked for again, and both are on record (I9)', async () => {
  const { ports, start, finish, host } = await runHost();
  const applyHpaBounds = ports.workloads.applyHpaBounds.bind(ports.workloads);
  let calls = 0;
  Object.assign(ports.workloads, { applyHpaBounds: (...given: Parameters<typeof applyHpaBounds>) => ((calls += 1) === 1 ? noAnswer() : applyHpaBounds(...given)) });
  ports.setVerdicts({ eastus2: 'unhealthy' });
  const { runId } = await start({});
  expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
  expect(ports.eventsOf('PlanMade')).toHaveLength(1);
  const ids = ports.entries.filter(({ id }) => id.includes('hpa:') && id.includes(':outcome')).map(({ id, event }) => [id.split(':outcome')[1], event.type]);
  expect(ids).toContainEqual(['', 'WriteRefused']);
  expect(ids).toContainEqual([':made', 'WriteSucceeded']);
  await host.stop();
});
