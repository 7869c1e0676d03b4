import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe } from 'vitest';
import { startAzurite, type RunningAzurite } from '../../tools/func/azurite.ts';
import { blobContract } from '../azure/blob/blobContract.ts';
import { findAzurite } from './findAzurite.ts';
import { skipped } from './skipped.ts';

const source = findAzurite();
console.log(source.kind === 'found' ? 'Azurite: found' : skipped(`Azurite: skipped, ${source.why}`));

/** The suite that the sandbox's blob face passes on virtual time, on the real emulator and in real seconds. */
describe.skipIf(source.kind === 'none')('Azurite keeps the contract of the blob face', () => {
  let azurite: RunningAzurite | null = null;
  let service: BlobServiceClient | null = null;
  beforeAll(async () => {
    azurite = await startAzurite();
    service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  });
  afterAll(async () => {
    await azurite?.stop();
  });

  blobContract(() => {
    if (service === null) throw new Error('Azurite has not started');
    return { service, passSeconds: (seconds) => new Promise((later) => setTimeout(later, seconds * 1000)), time: 'real' };
  });
});
