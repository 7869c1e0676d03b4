import { describe, expect, it } from 'vitest';
import { observeFleet } from '../../src/activities/observeFleet.ts';
import { known } from '../../src/domain/reading.ts';
import { runHost } from './runHost.ts';

const operator = { by: 'operator', subject: 'subject', name: 'op' } as const;

describe('what did not come about is on record too', () => {
  it('I9: a shift that is not seen in time ends the run frozen, and an entry says what was seen', async () => {
    const { ports, start, finish, now, host } = await runHost();
    Object.assign(ports.traffic, { readShares: async () => known({ eastus2: 0.3, centralus: 0.4, westus3: 0.3 }, now()) });
    const from = now();
    const drain = await start({ kind: 'drain', trigger: operator });
    expect(await finish(drain.runId)).toMatchObject({ outcome: 'frozen', why: expect.stringContaining('not seen yet') });
    expect(ports.eventsOf('ShiftUnverified')).toEqual([{ type: 'ShiftUnverified', why: expect.stringContaining('eastus2 serves 30.0 %') }]);
    expect(now() - from).toBeGreaterThanOrEqual(ports.fleet.policy.shiftVerifyTimeoutMinutes * 60_000);
    await host.stop();
  });

  it('I5: a drain that has run out is in the record of its run, once, when the watch ends it or tells a person', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const drain = await start({ kind: 'drain', trigger: operator });
    await finish(drain.runId);
    await observeFleet(ports, { reason: 'timer' });
    expect(ports.eventsOf('DrainExpired')).toEqual([]);
    await runFor(ports.fleet.policy.drainExpiryMinutes);
    for (let look = 0; look < 3; look += 1) await observeFleet(ports, { reason: 'timer' });
    expect(ports.entries.filter(({ event }) => event.type === 'DrainExpired')).toMatchObject([{ runId: drain.runId, stamps: ['eastus2'] }]);
    await host.stop();
  });
});
