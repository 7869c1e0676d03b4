import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { beforeEach, expect, it } from 'vitest';

export interface BlobContractSubject {
  readonly service: BlobServiceClient;
  /** Lets a lease of this many seconds run out: a virtual clock jumps, a real one waits. */
  readonly passSeconds: (seconds: number) => Promise<void>;
  readonly time: 'virtual' | 'real';
}

const otherLease = '00000000-0000-4000-8000-00000000000b';
const ownLease = '00000000-0000-4000-8000-00000000000a';

/** Status and Azure's code of the refusal; a call that works is a failure of the test. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(() => null, (error: unknown) => error);
  if (outcome === null) return 'not refused';
  const { statusCode, code, details } = outcome as { statusCode?: number; code?: string; details?: { errorCode?: string } };
  return `${statusCode} ${code ?? details?.errorCode}`;
}

const text = async (container: ContainerClient, name: string): Promise<string> => (await container.getBlobClient(name).downloadToBuffer()).toString();

/** What the product and its fence rely on, run against the sandbox's face and against Azurite alike. */
export function blobContract(subject: () => BlobContractSubject): void {
  let container: ContainerClient;
  let sequence = 0;
  beforeEach(async () => {
    container = subject().service.getContainerClient(`contract-${Date.now()}-${++sequence}`);
    await container.create();
  });

  const upload = (name: string, body: string, options: Parameters<ReturnType<ContainerClient['getBlockBlobClient']>['upload']>[2] = {}) =>
    container.getBlockBlobClient(name).upload(body, Buffer.byteLength(body), options);

  it('creates a container once', async () => {
    expect(await container.exists()).toBe(true);
    expect(await refusal(container.create())).toBe('409 ContainerAlreadyExists');
    expect((await container.createIfNotExists()).succeeded).toBe(false);
    expect(await container.getBlobClient('nothing').exists()).toBe(false);
    await container.delete();
    expect(await refusal(container.getBlobClient('nothing').getProperties())).toBe('404 ContainerNotFound');
  });

  it('keeps content, content type and metadata', async () => {
    await upload('a/b c.json', '{"state":"closed"}', { blobHTTPHeaders: { blobContentType: 'application/json' }, metadata: { epoch: '7', owner: 'r1' } });
    const properties = await container.getBlobClient('a/b c.json').getProperties();
    expect(properties).toMatchObject({ contentType: 'application/json', metadata: { epoch: '7', owner: 'r1' }, contentLength: 18, leaseState: 'available', leaseStatus: 'unlocked', blobType: 'BlockBlob' });
    expect(await text(container, 'a/b c.json')).toBe('{"state":"closed"}');
    const part = await container.getBlobClient('a/b c.json').downloadToBuffer(2, 5);
    expect(part.toString()).toBe('state');
  });

  it('replaces metadata as a whole and moves the etag', async () => {
    const before = await upload('m', 'x', { metadata: { epoch: '1', gone: 'y' } });
    const after = await container.getBlobClient('m').setMetadata({ epoch: '2' });
    expect(after.etag).not.toBe(before.etag);
    expect((await container.getBlobClient('m').getProperties()).metadata).toEqual({ epoch: '2' });
    expect(await text(container, 'm')).toBe('x');
  });

  it('refuses a blob that is not there', async () => {
    expect(await refusal(container.getBlobClient('no').getProperties())).toContain('404');
    expect(await refusal(container.getBlobClient('no').download())).toBe('404 BlobNotFound');
    expect(await refusal(container.getBlobClient('no').delete())).toBe('404 BlobNotFound');
    expect((await container.getBlobClient('no').deleteIfExists()).succeeded).toBe(false);
    expect(await refusal(container.getBlobClient('no').setMetadata({}))).toBe('404 BlobNotFound');
    expect(await refusal(container.getBlobClient('no').getBlobLeaseClient(ownLease).acquireLease(15))).toBe('404 BlobNotFound');
  });

  it('creates only once under If-None-Match *, replaces only under the right etag', async () => {
    const first = await upload('once', '1', { conditions: { ifNoneMatch: '*' } });
    expect(await refusal(upload('once', '2', { conditions: { ifNoneMatch: '*' } }))).toBe('409 BlobAlreadyExists');
    const { etag = '' } = first;
    await upload('once', '2', { conditions: { ifMatch: etag } });
    expect(await refusal(upload('once', '3', { conditions: { ifMatch: etag } }))).toBe('412 ConditionNotMet');
    expect(await refusal(upload('never', '3', { conditions: { ifMatch: etag } }))).toBe('412 ConditionNotMet');
    expect(await refusal(container.getBlobClient('once').delete({ conditions: { ifMatch: etag } }))).toBe('412 ConditionNotMet');
    expect(await text(container, 'once')).toBe('2');
  });

  it('answers a conditional read of an unchanged blob with 304', async () => {
    const { etag = '' } = await upload('cached', 'x');
    expect(await refusal(container.getBlobClient('cached').download(0, undefined, { conditions: { ifNoneMatch: etag } }))).toContain('304');
    expect(await refusal(container.getBlobClient('cached').download(0, undefined, { conditions: { ifMatch: '"0x0"' } }))).toContain('412');
  });

  it('lists by prefix, in order, in pages, with metadata', async () => {
    for (const name of ['r1/2', 'r1/1', 'r2/1', 'top']) await upload(name, name, { metadata: { n: name.replace('/', '_') } });
    const names: string[] = [];
    for await (const page of container.listBlobsFlat({ prefix: 'r1/', includeMetadata: true }).byPage({ maxPageSize: 1 })) {
      for (const blob of page.segment.blobItems) names.push(`${blob.name} ${blob.metadata?.['n']} ${blob.properties.contentLength}`);
    }
    expect(names).toEqual(['r1/1 r1_1 4', 'r1/2 r1_2 4']);
    const top: string[] = [];
    for await (const item of container.listBlobsByHierarchy('/')) top.push(`${item.kind} ${item.name}`);
    expect(top).toEqual(['prefix r1/', 'prefix r2/', 'blob top']);
  });

  it('lets one holder write under a lease', async () => {
    await upload('fence', '', { metadata: { epoch: '1' } });
    const blob = container.getBlobClient('fence');
    const lease = blob.getBlobLeaseClient(ownLease);
    expect((await lease.acquireLease(60)).leaseId).toBe(ownLease);
    expect(await blob.getProperties()).toMatchObject({ leaseState: 'leased', leaseStatus: 'locked', leaseDuration: 'fixed' });
    expect(await refusal(blob.setMetadata({ epoch: '2' }))).toBe('412 LeaseIdMissing');
    expect(await refusal(blob.setMetadata({ epoch: '2' }, { conditions: { leaseId: otherLease } }))).toBe('412 LeaseIdMismatchWithBlobOperation');
    expect(await refusal(upload('fence', 'x'))).toBe('412 LeaseIdMissing');
    expect(await refusal(blob.delete())).toBe('412 LeaseIdMissing');
    await blob.setMetadata({ epoch: '2' }, { conditions: { leaseId: ownLease } });
    expect((await blob.getProperties()).metadata).toEqual({ epoch: '2' });
    expect(await text(container, 'fence')).toBe('');
  });

  it('refuses a second holder, renews the first one by its id', async () => {
    await upload('fence', '');
    const blob = container.getBlobClient('fence');
    await blob.getBlobLeaseClient(ownLease).acquireLease(15);
    expect(await refusal(blob.getBlobLeaseClient(otherLease).acquireLease(15))).toBe('409 LeaseAlreadyPresent');
    expect(await refusal(blob.getBlobLeaseClient(otherLease).renewLease())).toBe('409 LeaseIdMismatchWithLeaseOperation');
    expect(await refusal(blob.getBlobLeaseClient(otherLease).releaseLease())).toBe('409 LeaseIdMismatchWithLeaseOperation');
    await blob.getBlobLeaseClient(ownLease).acquireLease(30);
    await blob.getBlobLeaseClient(ownLease).renewLease();
    await blob.getBlobLeaseClient(ownLease).releaseLease();
    await blob.getBlobLeaseClient(otherLease).acquireLease(15);
  });

  it('changes the id of a lease', async () => {
    await upload('fence', '');
    const blob = container.getBlobClient('fence');
    await blob.getBlobLeaseClient(ownLease).acquireLease(-1);
    expect((await blob.getProperties()).leaseDuration).toBe('infinite');
    await blob.getBlobLeaseClient(ownLease).changeLease(otherLease);
    expect(await refusal(blob.getBlobLeaseClient(ownLease).renewLease())).toBe('409 LeaseIdMismatchWithLeaseOperation');
    await blob.getBlobLeaseClient(otherLease).renewLease();
  });

  it('breaks an endless lease at once', async () => {
    await upload('fence', '');
    const blob = container.getBlobClient('fence');
    await blob.getBlobLeaseClient(ownLease).acquireLease(-1);
    expect((await blob.getBlobLeaseClient(ownLease).breakLease(0)).leaseTime).toBe(0);
    expect((await blob.getProperties()).leaseState).toBe('broken');
    expect(await refusal(blob.getBlobLeaseClient(ownLease).renewLease())).toBe('409 LeaseIsBrokenAndCannotBeRenewed');
    await blob.getBlobLeaseClient(otherLease).acquireLease(15);
  });

  it('breaks a fixed lease after the period asked for', async () => {
    await upload('fence', '');
    const blob = container.getBlobClient('fence');
    await blob.getBlobLeaseClient(ownLease).acquireLease(60);
    const { leaseTime = 0 } = await blob.getBlobLeaseClient(ownLease).breakLease(10);
    expect(leaseTime).toBeGreaterThanOrEqual(9);
    expect(leaseTime).toBeLessThanOrEqual(10);
    expect((await blob.getProperties()).leaseState).toBe('breaking');
    expect(await refusal(blob.getBlobLeaseClient(otherLease).acquireLease(15))).toBe('409 LeaseAlreadyPresent');
    expect(await refusal(blob.getBlobLeaseClient(ownLease).acquireLease(15))).toBe('409 LeaseIsBreakingAndCannotBeAcquired');
  });

  it('refuses a lease shorter than 15 or longer than 60 seconds', async () => {
    await upload('fence', '');
    const lease = container.getBlobClient('fence').getBlobLeaseClient(ownLease);
    for (const seconds of [14, 61, 0]) expect(await refusal(lease.acquireLease(seconds))).toContain('400');
  });

  it('gives an expired lease to the next one', async () => {
    await upload('fence', '');
    const blob = container.getBlobClient('fence');
    await blob.getBlobLeaseClient(ownLease).acquireLease(15);
    await subject().passSeconds(16);
    expect((await blob.getProperties()).leaseState).toBe('expired');
    // The service says LeaseLost, as its error reference has it; Azurite does not tell the two apart.
    expect(await refusal(blob.setMetadata({ epoch: '9' }, { conditions: { leaseId: ownLease } }))).toMatch(subject().time === 'virtual' ? /^412 LeaseLost$/ : /^412 Lease(Lost|NotPresentWithBlobOperation)$/);
    await blob.getBlobLeaseClient(otherLease).acquireLease(15);
    expect(await refusal(blob.getBlobLeaseClient(ownLease).renewLease())).toBe('409 LeaseIdMismatchWithLeaseOperation');
  }, 60_000);
}
