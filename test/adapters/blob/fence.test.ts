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

