import { describe, expect, it } from 'vitest';
import { reconcile } from '../../src/activities/reconcile.ts';
import { runHost } from './runHost.ts';

const starter = { start: () => Promise.reject(new Error('nothing is to be started')) };

/** A graceful run whose pods never come: blocked, with the room that it made left standing. */
async function withRoomLeftBehind() {
  const run = await runHost();
  const before = run.ports.outside.settings();
  run.ports.outside.podReadyMs = Number.POSITIVE_INFINITY;
  run.ports.setVerdicts({ eastus2: 'unhealthy' });
  const { runId } = await run.start({});
  expect(await run.finish(runId)).toMatchObject({ outcome: 'blocked' });
  expect(run.ports.outside.settings()).not.toEqual(before);
  return { ...run, before };
}

describe('a surge is a lease (I5)', () => {
  it('stands until it expires, and is then taken back to what was there', async () => {
    const { ports, runFor, host, before } = await withRoomLeftBehind();
    const lent = ports.outside.settings();
    await runFor(60);
    await reconcile(ports, starter);
    expect(ports.outside.settings()).toEqual(lent);
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    await reconcile(ports, starter);
    expect(ports.outside.settings()).toEqual(before);
    expect(ports.eventsOf('SurgeHandedBack').length).toBeGreaterThan(0);
    await host.stop();
  });

  it('is found however long after its expiry the reconciler comes back', async () => {
    const { ports, runFor, host, before } = await withRoomLeftBehind();
    await runFor(ports.fleet.policy.surgeExpiryMinutes + 5 * 60);
    await reconcile(ports, starter);
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('what another owner has changed meanwhile is left, told of, and not asked about for ever (I5, I12)', async () => {
    const { ports, runFor, host } = await withRoomLeftBehind();
    ports.outside.setHpa('centralus', 'web', { minReplicas: 41, maxReplicas: 61 });
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    await reconcile(ports, starter);
    expect(ports.outside.hpas.get('centralus/web')).toMatchObject({ minReplicas: 41, maxReplicas: 61 });
    const told = () => ports.notices.filter(({ kind }) => kind === 'roomOverdue').map(({ title }) => title);
    expect(told()).toEqual([]);
    for (let round = 0; round < 3; round += 1) {
      await runFor(60);
      await reconcile(ports, starter);
    }
    expect(told()).toEqual(['Lent room has run out and is not all back']);
    await runFor(24 * 60 + 1);
    await reconcile(ports, starter);
    expect(told()).toEqual([expect.any(String), 'Lent room stays where it is: Spillway could not take it back']);
    expect(ports.eventsOf('RoomOverdue')).toMatchObject([{ next: 'triedAgain', left: [expect.stringMatching(/^hpa\/centralus\/shop\/web: changed by another owner/)] }, { next: 'givenUp' }]);
    let reads = 0;
    const readRun = ports.ledger.readRun.bind(ports.ledger);
    ports.ledger.readRun = (runId) => {
      reads += 1;
      return readRun(runId);
    };
    await reconcile(ports, starter);
    expect(reads).toBe(0);
    await host.stop();
  });
});
