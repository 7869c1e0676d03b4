import { describe, expect, it } from 'vitest';
import { applyPart } from '../../src/activities/applyPart.ts';
import type { RunStep } from '../../src/activities/contracts.ts';
import { makePlan } from '../../src/activities/makePlan.ts';
import type { LedgerEntry } from '../../src/domain/ledgerEvent.ts';
import { undoWrites } from '../../src/activities/undoWrites.ts';
import { TransientError } from '../../src/ports/outcome.ts';
import { requestOf } from '../orchestrations/runHost.ts';
import { sampleFleet } from '../support/fakeOutside.ts';
import { fakePorts, type FakePorts } from '../support/fakePorts.ts';

const startMs = Date.UTC(2026, 10, 22, 10, 0, 0);

interface Holding {
  readonly ports: FakePorts;
  readonly step: RunStep;
  readonly pass: (ms: number) => void;
}

/** A failover of eastus2 that holds the fence, before its first step. */
async function holding(): Promise<Holding> {
  let now = startMs;
  const ports = fakePorts(sampleFleet(), () => now);
  ports.setVerdicts({ eastus2: 'unhealthy' });
  const request = requestOf(now, {});
  const acquired = await ports.fence.acquire(request.runId);
  if (acquired.kind === 'busy') throw new Error('the fence of this test is free');
  return { ports, step: { request, hold: acquired.hold, revision: 1 }, pass: (ms) => (now += ms) };
}

describe('a plan', () => {
  it('that the linter refused is not done when the step is repeated (I6)', async () => {
    const { ports, step, pass } = await holding();
    ports.setVerdicts({ eastus2: 'unknown' });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await makePlan(ports, step)).toMatchObject({ kind: 'blocked', why: expect.stringContaining('unknown is not unhealthy') });
      pass(20_000);
    }
    ports.setVerdicts({ eastus2: 'unhealthy' });
    expect(await makePlan(ports, step)).toMatchObject({ kind: 'planned' });
  });

  it('of a step that ran twice at a time is the one on record, in both processes', async () => {
    const { ports, step } = await holding();
    const other: FakePorts = { ...ports };
    const record = ports.ledger.record.bind(ports.ledger);
    let isFirst = true;
    Object.assign(ports.ledger, {
      // The other process comes in between this one's look at the record and its own entry.
      record: async (entry: LedgerEntry) => {
        if (isFirst && entry.id.endsWith(':plan')) {
          isFirst = false;
          ports.outside.requestsPerSecond.set('eastus2', 1200);
          expect(await makePlan(other, step)).toMatchObject({ kind: 'planned' });
        }
        return record(entry);
      },
    });
    expect(await makePlan(ports, step)).toMatchObject({ kind: 'planned' });
    const [made] = ports.eventsOf('PlanMade');
    expect(ports.eventsOf('PlanMade')).toHaveLength(1);
    await applyPart(ports, { ...step, part: 'pools', stamp: null });
    expect(ports.eventsOf('WriteIntended').map(({ write }) => write.set)).toEqual(made?.plan.surges.flatMap(({ pools }) => pools.map(({ after }) => after)));
  });
});

describe('a change', () => {
  it('that was refused is not made by the repeated step, or it would stand without an undo (I4)', async () => {
    const { ports, step, pass } = await holding();
    await makePlan(ports, step);
    const before = ports.outside.settings();
    const applyPoolBounds = ports.compute.applyPoolBounds.bind(ports.compute);
    let calls = 0;
    Object.assign(ports.compute, {
      applyPoolBounds: async () => {
        calls += 1;
        if (calls === 1) return { kind: 'refused', reaction: 'busy', why: 'Updating' };
        throw new TransientError('503', null);
      },
    });
    await applyPart(ports, { ...step, part: 'pools', stamp: null }).catch(() => undefined);
    Object.assign(ports.compute, { applyPoolBounds });
    pass(5_000);
    expect(await applyPart(ports, { ...step, part: 'pools', stamp: null })).toMatchObject({ kind: 'applied', refused: [expect.stringContaining('Updating')] });
    pass(5_000);
    expect(await undoWrites(ports, { ...step, ofRun: step.request.runId, what: 'room' })).toMatchObject({ kind: 'undone', kept: [] });
    expect(ports.outside.settings()).toEqual(before);
  });
});

describe('an undo', () => {
  it('that met a fault on the way is made by the repeated step, later', async () => {
    const { ports, step, pass } = await holding();
    const before = ports.outside.settings();
    await makePlan(ports, step);
    await applyPart(ports, { ...step, part: 'pools', stamp: null });
    const applyPoolBounds = ports.compute.applyPoolBounds.bind(ports.compute);
    Object.assign(ports.compute, { applyPoolBounds: () => Promise.reject(new TransientError('503', null)) });
    const undo = { ...step, ofRun: step.request.runId, what: 'room' } as const;
    await expect(undoWrites(ports, undo)).rejects.toThrow('503');
    Object.assign(ports.compute, { applyPoolBounds });
    pass(5_000);
    expect(await undoWrites(ports, undo)).toMatchObject({ kind: 'undone', kept: [] });
    expect(ports.outside.settings()).toEqual(before);
  });
});
