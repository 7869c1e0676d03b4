import { describe, expect, it } from 'vitest';
import { applyPart } from '../../src/activities/applyPart.ts';
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

describe('a survivor whose pools are all busy with somebody else\'s operation', () => {
  /** From the first change that is asked of one of these stamps on, for so long. */
  async function busyRun(stamps: readonly string[], minutes: number, requestsPerSecond: number, places: 'some' | 'none') {
    const run = await runHost();
    for (const { name } of run.ports.fleet.stamps) run.ports.outside.requestsPerSecond.set(name, requestsPerSecond);
    const { compute } = run.ports;
    const applyPoolBounds = compute.applyPoolBounds.bind(compute);
    const readPools = compute.readPools.bind(compute);
    let busyFrom: number | null = null;
    const isBusy = (stamp: string): boolean => stamps.includes(stamp) && busyFrom !== null && run.now() < busyFrom + minutes * 60_000;
    Object.assign(compute, {
      applyPoolBounds: (...given: Parameters<typeof applyPoolBounds>) => {
        if (stamps.includes(given[0].name)) busyFrom ??= run.now();
        return isBusy(given[0].name) ? Promise.resolve({ kind: 'refused', reaction: 'busy', why: 'Upgrading' }) : applyPoolBounds(...given);
      },
      readPools: async (...given: Parameters<typeof readPools>) => {
        const read = await readPools(...given);
        return read.kind === 'known' && isBusy(given[0].name) ? { ...read, value: read.value.map((pool) => ({ ...pool, provisioningState: 'Upgrading' })) } : read;
      },
    });
    // The cluster in memory has a place for every pod; a full one without new nodes has not.
    const applyHpaBounds = run.ports.workloads.applyHpaBounds.bind(run.ports.workloads);
    Object.assign(run.ports.workloads, {
      applyHpaBounds: (...given: Parameters<typeof applyHpaBounds>) => (places === 'none' && isBusy(given[0].name) ? Promise.resolve({ kind: 'refused', reaction: 'busy', why: 'no place' }) : applyHpaBounds(...given)),
    });
    run.ports.setVerdicts({ eastus2: 'unhealthy' });
    const startedAt = run.now();
    const { runId } = await run.start({});
    const ended = await run.finish(runId);
    await run.host.stop();
    return { ended, tookMinutes: (run.now() - startedAt) / 60_000, ports: run.ports };
  }

  it('is waited for no node: the run plans around it', async () => {
    const { ended, tookMinutes, ports } = await busyRun(['westus3'], 60, 600, 'some');
    expect(ended).toMatchObject({ outcome: 'completed' });
    expect(tookMinutes).toBeLessThan(ports.fleet.policy.nodeReadyTimeoutMinutes / 2);
  });

  it('and no way around it: the run waits for them to end as long as nodes may take, and goes on as soon as they do', async () => {
    const { ended, tookMinutes } = await busyRun(['westus3', 'centralus'], 6, 1300, 'none');
    expect(ended).toMatchObject({ outcome: 'completed' });
    expect(tookMinutes).toBeLessThan(14);
  });

  it('and for good: the run gives up once nodes would have been late', async () => {
    const { ended, tookMinutes, ports } = await busyRun(['westus3', 'centralus'], 600, 1300, 'none');
    expect(ended).toMatchObject({ outcome: 'blocked' });
    expect(tookMinutes).toBeGreaterThan(ports.fleet.policy.nodeReadyTimeoutMinutes);
    expect(tookMinutes).toBeLessThan(25);
  });

  it('with our own change, made a moment ago, is waited for', async () => {
    const { ports, start, runFor, host } = await runHost();
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const request = await start({});
    await runFor(0.5);
    expect(ports.eventsOf('WriteSucceeded').some(({ write }) => write.target === 'pool' && write.stamp === 'westus3')).toBe(true);
    const hold = ports.entries.find(({ event }) => event.type === 'FenceTaken')?.epoch ?? 0;
    const made = ports.entries.find(({ event }) => event.type === 'PlanMade')?.event;
    if (made?.type !== 'PlanMade') throw new Error('no plan was made');
    Object.assign(ports.compute, { applyPoolBounds: async () => ({ kind: 'refused', reaction: 'busy', why: 'Scaling' }) });
    const held = await ports.fence.acquire(request.runId);
    if (held.kind === 'busy') throw new Error('the run holds its fence');
    await ports.ledger.record({ id: `e${hold}:r2:plan`, runId: request.runId, at: ports.clock.now(), controlRegion: request.controlRegion, epoch: hold, stamps: ['eastus2'], event: { ...made, plan: { ...made.plan, revision: 2 } } });
    const step = { request, hold: held.hold, revision: 2, part: 'pools', stamp: 'westus3' } as const;
    expect(await applyPart(ports, step)).toMatchObject({ refused: [expect.stringContaining('Scaling')], nodes: 'mayCome' });
    await host.stop();
  });
});
