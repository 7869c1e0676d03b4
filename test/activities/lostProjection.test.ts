import { expect, it } from 'vitest';
import { reconcile } from '../../src/activities/reconcile.ts';
import { readFleetRuns } from '../../src/activities/runIndex.ts';
import { startRun } from '../../src/activities/startRun.ts';
import { TransientError } from '../../src/ports/outcome.ts';
import type { StateKey } from '../../src/ports/state.ts';
import { requestOf } from '../orchestrations/runHost.ts';
import { sampleFleet } from '../support/fakeOutside.ts';
import { fakePorts } from '../support/fakePorts.ts';

const minute = 60_000;

it('a run that was opened while its projection could not be written, and whose host died, is gone on with (I11)', async () => {
  let now = Date.UTC(2026, 10, 22, 10, 0, 0);
  const ports = fakePorts(sampleFleet(), () => now);
  const write = ports.state.write.bind(ports.state);
  Object.assign(ports.state, { write: (key: StateKey, ...rest: [unknown, string | null]) => (key.kind === 'runIndex' ? Promise.reject(new TransientError('503', null)) : write(key, ...rest)) });
  const request = requestOf(now, {});
  await expect(startRun(ports, { start: () => Promise.reject(new Error('the host dies here')) }, request)).rejects.toThrow('dies');
  Object.assign(ports.state, { write });
  const started: string[] = [];
  const starter = {
    start: async ({ runId }: { readonly runId: string }) => {
      started.push(runId);
    },
  };
  for (let round = 0; round < 5; round += 1) {
    now += minute;
    await reconcile(ports, starter);
  }
  expect((await readFleetRuns(ports)).activeRun).toMatchObject({ runId: request.runId });
  expect(started).toContain(request.runId);
});

it('the record of a run whose fence lives is not read every minute: whoever executes it keeps it', async () => {
  const now = Date.UTC(2026, 10, 22, 10, 0, 0);
  const ports = fakePorts(sampleFleet(), () => now);
  const request = requestOf(now, {});
  await startRun(ports, { start: () => Promise.resolve() }, request);
  const readRun = ports.ledger.readRun.bind(ports.ledger);
  let reads = 0;
  Object.assign(ports.ledger, {
    readRun: (runId: string) => {
      reads += 1;
      return readRun(runId);
    },
  });
  const noStart = { start: () => Promise.reject(new Error('a run that is executed is not started')) };
  await ports.fence.acquire(request.runId);
  await reconcile(ports, noStart);
  expect(reads).toBe(0);
  ports.stealFence('another run');
  await reconcile(ports, noStart);
  expect(reads).toBe(1);
});
