import { describe, expect, it } from 'vitest';
import { measureFromRuns } from '../../src/activities/learntFromRuns.ts';
import { measureDrains } from '../../src/activities/measureDrains.ts';
import { readFacts } from '../../src/activities/readFacts.ts';
import { readRunIndex } from '../../src/activities/runIndex.ts';
import type { RunRequest } from '../../src/domain/run.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { runHost, type RunHost } from './runHost.ts';

const drain: Partial<RunRequest> = { kind: 'drain', stamps: ['centralus'], trigger: { by: 'operator', subject: 'subject', name: 'op' } };

/** A run to its end, and some minutes more. */
async function after(request: Partial<RunRequest>, minutes: number): Promise<RunHost> {
  const run = await runHost();
  expect(await run.finish((await run.start(request)).runId)).toMatchObject({ outcome: 'completed' });
  await run.runFor(minutes);
  return run;
}

/** What the reconciler finds in the index, and hands on. */
const runsOf = async (ports: Ports) => (await readRunIndex(ports)).runs;
const look = async (ports: Ports): Promise<void> => measureDrains(ports, await runsOf(ports));

describe('where the users of a drained stamp went', () => {
  it('is on record once whole minutes since the shift are known, and what every plan stands on from then', async () => {
    const { ports, runFor, host } = await after(drain, 0.5);
    await look(ports);
    expect(ports.eventsOf('DrainMeasured')).toEqual([]);
    await measureFromRuns(ports, await runsOf(ports));
    await runFor(1);
    await look(ports);
    await look(ports);
    expect(ports.eventsOf('DrainMeasured')).toMatchObject([{ stamp: 'centralus', groups: [{ name: 'web', requestsPerSecond: { eastus2: 600, centralus: 600, westus3: 600 }, requestsPerSecondDrained: { eastus2: 900, westus3: 900 } }] }]);
    await measureFromRuns(ports, await runsOf(ports));
    expect((await readFacts(ports)).drains).toMatchObject([{ stamp: 'centralus' }]);
    await host.stop();
  });

  it('is not told by a failover, whose stamp failed its users before', async () => {
    const { ports, host } = await after({ stamps: ['centralus'] }, 3);
    await look(ports);
    expect(ports.eventsOf('DrainMeasured')).toEqual([]);
    await host.stop();
  });

  it('is not told half an hour later, when users are others', async () => {
    const { ports, host } = await after(drain, 31);
    await look(ports);
    expect(ports.eventsOf('DrainMeasured')).toEqual([]);
    await host.stop();
  });

  it('is not told while another run is open, or once the stamp serves again', async () => {
    const { ports, start, finish, runFor, host } = await after(drain, 3);
    const { runId } = await start({ ...drain, kind: 'failback' });
    await look(ports);
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    await runFor(3);
    await look(ports);
    expect(ports.eventsOf('DrainMeasured')).toEqual([]);
    await host.stop();
  });
});
