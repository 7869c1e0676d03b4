import { describe, expect, it } from 'vitest';
import { must, sampleFleet } from '../support/fakeOutside.ts';
import { runHost } from './runHost.ts';

const operator = { by: 'operator', subject: 'subject', name: 'op' } as const;

describe('drain and failback', () => {
  it('a drain and the failback after it leave every setting as it was', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const drain = await start({ kind: 'drain', trigger: operator });
    expect(await finish(drain.runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await runFor(1);
    const failback = await start({ kind: 'failback', trigger: operator });
    expect(await finish(failback.runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.serving()).toHaveLength(3);
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('moves no traffic back into a region that is unhealthy (I10)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    await finish((await start({ kind: 'drain', trigger: operator })).runId);
    ports.setVerdicts({ eastus2: 'unhealthy' });
    await runFor(1);
    const failback = await start({ kind: 'failback', trigger: operator });
    expect(await finish(failback.runId)).toMatchObject({ outcome: 'blocked' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await host.stop();
  });

  it('hands back only what nobody else has changed meanwhile (I12)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    await finish((await start({ kind: 'drain', trigger: operator })).runId);
    await runFor(1);
    ports.outside.setHpa('centralus', 'web', { minReplicas: 40, maxReplicas: 60 });
    const failback = await start({ kind: 'failback', trigger: operator });
    expect(await finish(failback.runId)).toMatchObject({ outcome: 'completed', why: expect.stringContaining('another owner') });
    expect(ports.outside.hpas.get('centralus/web')).toMatchObject({ minReplicas: 40, maxReplicas: 60 });
    await host.stop();
  });
});

describe('drill', () => {
  const drilled = { kind: 'drill', stamps: ['centralus'], drill: 'monthly-centralus', trigger: { by: 'drillSchedule', drill: 'monthly-centralus' } } as const;

  it('drains, holds, and puts everything back', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const { runId } = await start(drilled);
    await runFor(6);
    expect(ports.outside.serving()).toEqual(['eastus2', 'westus3']);
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('ends at once when a region really fails, and puts everything back', async () => {
    const { ports, start, finish, runFor, now, host } = await runHost();
    const before = ports.outside.settings();
    const { runId } = await start(drilled);
    await runFor(6);
    const failedAt = now();
    ports.setVerdicts({ westus3: 'unhealthy' });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('westus3') });
    expect(now() - failedAt).toBeLessThan(60_000);
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('yields when it is told to', async () => {
    const fleet = sampleFleet();
    const { ports, start, finish, runFor, host } = await runHost({ fleet });
    const { runId } = await start(drilled);
    await runFor(6);
    await ports.state.write({ kind: 'runControl', id: runId }, { stop: { kind: 'yield', by: 'watch', reason: 'eastus2 has failed' } }, null);
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('eastus2 has failed') });
    expect(must(ports.outside.gates.get('centralus'))).toBe('open');
    await host.stop();
  });
});
