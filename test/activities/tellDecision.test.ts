import { describe, expect, it } from 'vitest';
import { tellDecision } from '../../src/activities/tellDecision.ts';
import { TransientError } from '../../src/ports/outcome.ts';
import { sampleFleet } from '../support/fakeOutside.ts';
import { fakePorts } from '../support/fakePorts.ts';

const minute = 60_000;
const startMs = Date.UTC(2026, 10, 22, 23, 55);
const tooMany = { kind: 'freeze', cause: 'tooManyRegions', stamps: ['eastus2', 'centralus'], why: 'two have failed' } as const;

function twoRegions() {
  const ports = fakePorts(sampleFleet(), () => startMs);
  return { ports, other: { ...ports, controlRegion: 'westeurope' }, titles: () => ports.notices.map(({ title }) => title) };
}

describe('what automation does not do by itself', () => {
  it('is told by the control-plane region that gets it on record first, and by no other', async () => {
    const { ports, other, titles } = twoRegions();
    await tellDecision(ports, tooMany, startMs);
    await tellDecision(other, { ...tooMany, stamps: ['centralus', 'eastus2'], why: 'seen a little later, in other words' }, startMs + minute);
    // Past midnight, and past the half hour in which it was told.
    await tellDecision(other, tooMany, startMs + 6 * minute);
    expect(titles()).toEqual(['More regions fail than Spillway may handle by itself: eastus2, centralus. A person must decide']);
    expect(ports.eventsOf('PersonTold')).toEqual([{ type: 'PersonTold', about: 'tooManyRegions', why: 'two have failed' }]);
  });

  it('is told again where it lasts, and at once where it is of other regions', async () => {
    const { ports, titles } = twoRegions();
    await tellDecision(ports, tooMany, startMs);
    await tellDecision(ports, { ...tooMany, stamps: ['eastus2', 'westus3'] }, startMs);
    expect(titles()).toHaveLength(2);
    await tellDecision(ports, tooMany, startMs + 60 * minute);
    expect(titles()).toHaveLength(3);
  });

  it('has a kind and a title of its own for each cause', async () => {
    const { ports } = twoRegions();
    for (const cause of ['observerSuspect', 'tooManyRegions', 'noSurvivor'] as const) await tellDecision(ports, { ...tooMany, cause }, startMs);
    for (const cause of ['coolingDown', 'drainExpired'] as const) await tellDecision(ports, { kind: 'escalate', cause, stamps: ['eastus2'], why: 'so' }, startMs);
    expect(ports.notices.map(({ kind }) => kind)).toEqual(['observerSuspect', 'tooManyRegions', 'noSurvivor', 'coolingDown', 'drainExpiring']);
    expect(new Set(ports.notices.map(({ title }) => title)).size).toBe(5);
  });

  it('is told though the record of the last half hour cannot be read', async () => {
    const { ports, titles } = twoRegions();
    Object.assign(ports.ledger, { readEntry: () => Promise.reject(new TransientError('503', null)) });
    await tellDecision(ports, tooMany, startMs);
    expect(titles()).toHaveLength(1);
  });
});
