import { createHash } from 'node:crypto';
import type { BlobClient } from '@azure/storage-blob';
import type { Fence, FenceAcquired, FenceConfirmed, FenceHolder, PreviousHolder } from '../../ports/fence.ts';
import type { FenceHold } from '../../domain/run.ts';
import { transientOr } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import type { BlobClients } from './blobClients.ts';
import { blobErrorCode, isNotFound, isThereAlready } from './blobFaults.ts';

/** Azure's longest lease that ends by itself. */
export const leaseSeconds = 60;

/** A lease that lives this long needs no renewal at the tick of a wait: it outlives a write (40 s), and a tick that comes late. */
const freshMs = 45_000;

/** Who holds the fence, kept in the blob's metadata; `epoch` 0 = never taken. */
interface Record {
  readonly holder: PreviousHolder | null;
  readonly epoch: number;
  readonly lease: FenceHolder['lease'];
}

interface Seen {
  readonly etag: string | undefined;
  readonly record: Record;
}

/**
 * The fence on one blob lease (I3).
 *
 *   free --acquire--> held(epoch + 1) --confirm--> held --release--> free
 *                          | lease runs out, another run acquires
 *                          v
 *                        lost
 *
 * The lease id is derived from the run id and the control-plane region: acquiring again, after a crash or from a repeated
 * activity, renews; the other region, taking over the same run, has to wait until the lease has run out.
 * Holder and epoch are metadata of the same blob, written under the lease, so nobody can raise the epoch without holding it.
 * The epoch rises whenever another run or another region takes the fence, and never falls.
 */
export function blobFence(context: SdkContext, clients: BlobClients, containerUrl: string, controlRegion: string): Fence {
  const blob = clients.blob(`${containerUrl}/fleet.fence`);
  const now = (): number => context.clock.now();
  // What this process renewed last: until it ends nobody else can take the fence.
  let kept: FenceHold | null = null;
  // The record as this process read or wrote it last. A renewal answers the blob's ETag, which every write of metadata changes.
  let seen: Seen | null = null;

  async function look(): Promise<Record> {
    seen = await readRecord(blob);
    return seen.record;
  }

  async function acquire(runId: string): Promise<FenceAcquired> {
    const leaseId = leaseIdOf(runId, controlRegion);
    const askedAt = now();
    if (!(await takeLease(blob, clients, containerUrl, leaseId))) {
      const { holder, epoch } = await look();
      return { kind: 'busy', holder: holder?.runId ?? 'unknown', epoch };
    }
    const before = await look();
    const isOurs = before.holder?.runId === runId && before.holder.controlRegion === controlRegion;
    const epoch = isOurs ? before.epoch : before.epoch + 1;
    if (!isOurs) {
      const { etag } = await blob.setMetadata({ epoch: String(epoch), holder: encode(runId), region: controlRegion }, { conditions: { leaseId } });
      seen = { etag, record: { holder: { runId, controlRegion }, epoch, lease: 'live' } };
    }
    kept = { runId, epoch, leaseId, expiresAt: askedAt + leaseSeconds * 1000 };
    return { kind: 'held', hold: kept, previous: isOurs ? null : before.holder };
  }

  async function confirm(hold: FenceHold): Promise<FenceConfirmed> {
    const askedAt = now();
    const renewed = await renew(blob, hold.leaseId);
    const isUnchanged = renewed.kind === 'renewed' && renewed.etag !== undefined && renewed.etag === seen?.etag;
    const record = isUnchanged && seen !== null ? seen.record : await look();
    if (renewed.kind === 'renewed' && record.holder?.runId === hold.runId && record.epoch === hold.epoch) {
      kept = { ...hold, expiresAt: askedAt + leaseSeconds * 1000 };
      return { kind: 'held', hold: kept };
    }
    kept = null;
    return { kind: 'lost', holder: record.holder?.runId ?? 'nobody', epoch: record.epoch };
  }

  async function keep(hold: FenceHold): Promise<FenceConfirmed> {
    const isFresh = kept?.leaseId === hold.leaseId && kept.epoch === hold.epoch && kept.expiresAt - now() >= freshMs;
    return isFresh && kept !== null ? { kind: 'held', hold: kept } : confirm(hold);
  }

  async function release(hold: FenceHold): Promise<void> {
    kept = null;
    const record = await look();
    if (record.holder?.runId !== hold.runId || record.epoch !== hold.epoch) return;
    try {
      // The holder goes first, under the lease: a fence without a holder was given back, one with a holder was abandoned.
      await blob.setMetadata({ epoch: String(record.epoch) }, { conditions: { leaseId: hold.leaseId } });
      await blob.getBlobLeaseClient(hold.leaseId).releaseLease();
    } catch (error) {
      if (!leaseIsNotOurs(error)) throw error;
    }
  }

  return {
    acquire: (runId) => transientOr(now, 'fence', () => acquire(runId)),
    confirm: (hold) => transientOr(now, 'fence', () => confirm(hold)),
    keep: (hold) => transientOr(now, 'fence', () => keep(hold)),
    release: (hold) => transientOr(now, 'fence', () => release(hold)),
    readHolder: () =>
      transientOr(now, 'fence', async () => {
        if (kept !== null && kept.expiresAt > now()) return { runId: kept.runId, controlRegion, epoch: kept.epoch, lease: 'live' as const };
        const { holder, epoch, lease } = await look();
        return holder === null ? null : { ...holder, epoch, lease };
      }),
  };
}

/** False when another run holds it. Azure answers an acquire under the same id as a renewal. */
async function takeLease(blob: BlobClient, clients: BlobClients, containerUrl: string, leaseId: string): Promise<boolean> {
  for (let round = 0; ; round += 1) {
    try {
      await blob.getBlobLeaseClient(leaseId).acquireLease(leaseSeconds);
      return true;
    } catch (error) {
      if (blobErrorCode(error) === 'LeaseAlreadyPresent') return false;
      if (!isNotFound(error) || round > 0) throw error;
      await createBlob(clients, containerUrl);
    }
  }
}

async function createBlob(clients: BlobClients, containerUrl: string): Promise<void> {
  try {
    await clients.container(containerUrl).getBlockBlobClient('fleet.fence').upload('', 0, { conditions: { ifNoneMatch: '*' }, metadata: { epoch: '0' } });
  } catch (error) {
    // Another region was first, and may hold its lease already.
    if (!isThereAlready(error) && blobErrorCode(error) !== 'LeaseIdMissing') throw error;
  }
}

type Renewed = { readonly kind: 'renewed'; readonly etag: string | undefined } | { readonly kind: 'lost' };

async function renew(blob: BlobClient, leaseId: string): Promise<Renewed> {
  try {
    const { etag } = await blob.getBlobLeaseClient(leaseId).renewLease();
    return { kind: 'renewed', etag };
  } catch (error) {
    if (leaseIsNotOurs(error) || isNotFound(error)) return { kind: 'lost' };
    throw error;
  }
}

const leaseIsNotOurs = (error: unknown): boolean => (blobErrorCode(error) ?? '').startsWith('Lease');

async function readRecord(blob: BlobClient): Promise<Seen> {
  try {
    const { metadata, leaseState, etag } = await blob.getProperties();
    const holder = metadata?.['holder'];
    const record: Record = {
      holder: holder === undefined || holder === '' ? null : { runId: decodeURIComponent(holder), controlRegion: metadata?.['region'] ?? 'unknown' },
      epoch: Number(metadata?.['epoch'] ?? 0),
      lease: leaseState === 'leased' ? 'live' : 'lapsed',
    };
    return { etag, record };
  } catch (error) {
    if (isNotFound(error)) return { etag: undefined, record: { holder: null, epoch: 0, lease: 'lapsed' } };
    throw error;
  }
}

/** A GUID that is always the same for a run in a region (RFC 9562, version 8: custom content, here SHA-256). */
export function leaseIdOf(runId: string, controlRegion: string): string {
  const hex = createHash('sha256').update(`spillway-fence\n${runId}\n${controlRegion}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Metadata values travel as headers. */
const encode = (runId: string): string => encodeURIComponent(runId);
