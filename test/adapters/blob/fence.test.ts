import { expect, test } from 'vitest';
import { fenceContract } from '../contracts/fenceContract.ts';
import { openSandbox } from '../support/sandboxPorts.ts';
import { blobFence } from '../../../src/adapters/blob/fence.ts';
import { blobClients } from '../../../src/adapters/blob/blobClients.ts';

const sandbox = openSandbox();
let containers = 0;

fenceContract('blob lease, on the sandbox\'s blobs', () => {
  containers += 1;
  // A folder of its own for each test: one world serves them all.
  const containerUrl = `${sandbox.azure.endpoints.blob}/stspillway/fence/t${containers}`;
  return Promise.resolve({
    open: (controlRegion = 'northcentralus') => blobFence(sandbox.context, blobClients(sandbox.context), containerUrl, controlRegion),
    now: () => sandbox.clock.now(),
    advance: sandbox.advance,
    breakStore: () => sandbox.inject({ kind: 'blobDown' }),
  });
});


test('confirmed again and again it is one request, a renewal: its ETag says that nobody has written holder or epoch since', async () => {
  const fence = blobFence(sandbox.context, blobClients(sandbox.context), `${sandbox.azure.endpoints.blob}/stspillway/fence/quiet`, 'northcentralus');
  const acquired = await fence.acquire('run-a');
  if (acquired.kind !== 'held') throw new Error('busy');
  const requests = sandbox.requests((_, url) => url.includes('/fence/quiet/'));
  const before = requests();
  expect(await fence.confirm(acquired.hold)).toMatchObject({ kind: 'held' });
  expect(await fence.confirm(acquired.hold)).toMatchObject({ kind: 'held' });
  expect(requests() - before).toBe(2);
});

test('a record that was rewritten under the same lease is read again, whoever wrote it', async () => {
  const clients = blobClients(sandbox.context);
  const fence = blobFence(sandbox.context, clients, `${sandbox.azure.endpoints.blob}/stspillway/fence/rewritten`, 'northcentralus');
  const acquired = await fence.acquire('run-a');
  if (acquired.kind !== 'held') throw new Error('busy');
  await fence.confirm(acquired.hold);
  await clients.blob(`${sandbox.azure.endpoints.blob}/stspillway/fence/rewritten/fleet.fence`).setMetadata({ epoch: '7', holder: 'run-b', region: 'elsewhere' }, { conditions: { leaseId: acquired.hold.leaseId } });
  expect(await fence.confirm(acquired.hold)).toEqual({ kind: 'lost', holder: 'run-b', epoch: 7 });
});

test('who holds it is not asked by the process that does, until the lease that it renewed is over', async () => {
  const fence = blobFence(sandbox.context, blobClients(sandbox.context), `${sandbox.azure.endpoints.blob}/stspillway/fence/own`, 'northcentralus');
  const acquired = await fence.acquire('run-a');
  if (acquired.kind !== 'held') throw new Error('busy');
  const requests = sandbox.requests((_, url) => url.includes('/fence/own/'));
  const before = requests();
  const holder = { runId: 'run-a', controlRegion: 'northcentralus', epoch: 1 };
  expect(await fence.readHolder()).toEqual({ ...holder, lease: 'live' });
  expect(requests() - before).toBe(0);
  sandbox.advance(acquired.hold.expiresAt - sandbox.clock.now());
  expect(await fence.readHolder()).toEqual({ ...holder, lease: 'lapsed' });
  expect(requests() - before).toBe(1);
});
