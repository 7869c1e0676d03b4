import { blobClients } from '../../../src/adapters/blob/blobClients.ts';
import { blobText } from '../../../src/adapters/blob/blobText.ts';
import { gateContract } from '../contracts/gateContract.ts';
import { sampleFleet, stampOf } from '../support/fleet.ts';
import { openSandbox, storesOf } from '../support/sandboxPorts.ts';

const sandbox = openSandbox();
let gates = 0;

gateContract('blob, on the sandbox\'s blobs', () => {
  gates += 1;
  const blobUrl = `${sandbox.azure.endpoints.blob}/stshopeastus2/gates/t${gates}.json`;
  const blob = blobClients(sandbox.context).blob(blobUrl).getBlockBlobClient();
  return Promise.resolve({
    gate: storesOf(sandbox).gate(),
    stamp: { ...stampOf(sampleFleet(), 'eastus2'), gate: { blobUrl } },
    now: () => sandbox.clock.now(),
    advance: sandbox.advance,
    breakStore: () => sandbox.inject({ kind: 'blobDown' }),
    write: async (text) => {
      await blob.upload(text, Buffer.byteLength(text));
    },
    readText: async () => blobText((await blob.download()).readableStreamBody),
  });
});
