import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { createBlobFace, createBlobStore } from '../../../sandbox/azure/blob/index.ts';
import type { BlobAccess, BlobChange } from '../../../sandbox/azure/blob/index.ts';
import { blobContract } from './blobContract.ts';
import { faceHttpClient, fixedToken, storageHttpClient } from './faceHttpClient.ts';

const start = Date.UTC(2026, 10, 22);

describe('blob face: the contract of the fence, the gate and the outbox', () => {
  let now = start;
  const face = createBlobFace({ clock: { now: () => now }, checkToken: () => ({ kind: 'ok' }) });
  const service = new BlobServiceClient('https://blob.sandbox.test/stcontrol', fixedToken('t'), { httpClient: storageHttpClient(faceHttpClient(face)), retryOptions: { maxTries: 1 } });
  blobContract(() => ({
    service,
    passSeconds: async (seconds) => {
      now += seconds * 1000;
    },
    time: 'virtual',
  }));
});

describe('blob face: who may', () => {
  const asked: BlobAccess[] = [];
  const face = createBlobFace({
    clock: { now: () => start },
    checkToken: (token, access) => {
      asked.push(access);
      if (token === 'expired') return { kind: 'refused', status: 401 };
      return token === 'reader' && access.action !== 'read' && access.action !== 'list' ? { kind: 'refused', status: 403 } : { kind: 'ok' };
    },
  });
  const as = (token: string) => new BlobServiceClient('https://blob.sandbox.test/stcontrol', fixedToken(token), { httpClient: storageHttpClient(faceHttpClient(face)), retryOptions: { maxTries: 1 } }).getContainerClient('gates');

  it('tells the check what is asked for', async () => {
    await as('owner').create();
    await as('owner').getBlockBlobClient('g.json').upload('{}', 2);
    expect(asked).toEqual([
      { account: 'stcontrol', container: 'gates', action: 'createContainer' },
      { account: 'stcontrol', container: 'gates', action: 'write' },
    ]);
  });

  it('refuses a missing, a bad and a weak token each in its own way', async () => {
    const bare = await face({ method: 'GET', url: new URL('https://blob.sandbox.test/stcontrol/gates/g.json'), headers: {}, body: null, signal: null });
    expect([bare.status, bare.headers['x-ms-error-code'], bare.headers['www-authenticate']]).toEqual([401, 'NoAuthenticationInformation', expect.stringContaining('resource_id=https://storage.azure.com')]);
    await expect(as('expired').getBlobClient('g.json').download()).rejects.toMatchObject({ statusCode: 401, code: 'InvalidAuthenticationInfo' });
    expect((await as('reader').getBlobClient('g.json').downloadToBuffer()).toString()).toBe('{}');
    await expect(as('reader').getBlockBlobClient('g.json').upload('x', 1)).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationPermissionMismatch' });
  });
});

describe('blob store', () => {
  it('is rebuilt from its recorded changes and from its saved state', () => {
    const recorded: BlobChange[] = [];
    const store = createBlobStore({ record: (change) => recorded.push(change) });
    store.ensureContainer('a', 'c', start);
    const value = { content: Buffer.from('hé'), contentType: 'text/plain', contentEncoding: null, contentMd5: '', metadata: { k: 'v' }, createdAt: start, modifiedAt: start, lease: { kind: 'none' } as const };
    const first = store.putBlob('a', 'c', 'one', value);
    store.putBlob('a', 'c', 'two', value);
    store.putLease('a', 'c', 'one', { kind: 'held', id: 'x', durationSeconds: 15, expiresAt: start + 15_000, modifiedSince: 'untouched' });
    store.removeBlob('a', 'c', 'two');
    for (const saved of [recorded, store.save()]) {
      const again = createBlobStore({ saved: structuredClone(saved) });
      expect(again.blob('a', 'c', 'two')).toBeNull();
      expect(again.blob('a', 'c', 'one')).toMatchObject({ etag: first.etag, lease: { kind: 'held', id: 'x' }, metadata: { k: 'v' } });
      expect(Buffer.from(again.blob('a', 'c', 'one')?.content ?? []).toString()).toBe('hé');
      expect(again.putBlob('a', 'c', 'three', value).etag).not.toBe(first.etag);
    }
  });
});
