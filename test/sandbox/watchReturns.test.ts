import { describe, expect, it } from 'vitest';
import type { SeenWrite } from '../../sandbox/invariants/observeWrites.ts';
import { watchReturns } from '../../sandbox/invariants/watchReturns.ts';
import type { SimulatedWorld, WorldSnapshot } from '../../sandbox/world/index.ts';

const world = (enabled: 'Enabled' | 'Disabled' = 'Enabled'): SimulatedWorld =>
  ({ frontDoor: { asked: { originGroups: [{ name: 'web', origins: [{ stamp: 'centralus', enabled }, { stamp: 'westus3', enabled: 'Enabled' }] }] } } }) as unknown as SimulatedWorld; // the part that is looked at
const snapshot = (requestsPerSecond: number, capacityRequestsPerSecond: number): WorldSnapshot => ({ stamps: [{ name: 'centralus', requestsPerSecond, capacityRequestsPerSecond }] }) as unknown as WorldSnapshot;
const gate = (set: 'open' | 'closed'): SeenWrite => ({ at: 1, target: 'gate', subject: 'centralus', gate: set });

describe('I2 on the way back, as the world sees it', () => {
  it.each([
    ['less than it served', 1100, 1],
    ['what it served', 1130, 0],
    ['what it had', 1800, 0],
  ])('room for %s: %d requests/s, %d violations', (_, capacity, violations) => {
    const watch = watchReturns(world());
    expect(watch.after(gate('closed'), snapshot(1130, 1800))).toEqual([]);
    expect(watch.after(gate('open'), snapshot(0, capacity))).toHaveLength(violations);
    expect(watch.after(gate('open'), snapshot(0, capacity))).toEqual([]);
  });

  it('a stamp that was too small before has all that it had', () => {
    const watch = watchReturns(world());
    watch.after(gate('closed'), snapshot(1130, 1000));
    expect(watch.after(gate('open'), snapshot(0, 1000))).toEqual([]);
  });

  it('origins count as gates do, and the last lever that opens is the return', () => {
    const asked = world('Disabled');
    const watch = watchReturns(asked);
    watch.after(gate('closed'), snapshot(1130, 1800));
    expect(watch.after(gate('open'), snapshot(0, 300))).toEqual([]);
    Object.assign(asked.frontDoor, world('Enabled').frontDoor);
    expect(watch.after({ at: 2, target: 'origin', subject: 'web/web-centralus' }, snapshot(0, 300))).toEqual(['centralus gets its traffic back with room for 300 requests/s, and served 1130 when it was taken away']);
  });
});
