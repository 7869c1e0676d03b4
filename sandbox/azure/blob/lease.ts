import { blobErrors } from './errors.ts';
import type { BlobError } from './errors.ts';

/**
 * The lease of a blob or a container, as a pure state machine on instants.
 * Source: "Lease Blob", outcomes of lease operations on blobs by lease state (Azure Storage REST reference).
 *
 *   available --acquire--> leased --break--> breaking --time--> broken
 *                            | time                                ^
 *                            +--> expired      leased --break 0----+
 */
export type Lease =
  | { readonly kind: 'none' }
  | { readonly kind: 'held'; readonly id: string; readonly durationSeconds: number; readonly expiresAt: number | null; readonly modifiedSince: 'untouched' | 'modified' }
  | { readonly kind: 'breaking'; readonly id: string; readonly brokenAt: number };

export type LeaseState = 'available' | 'leased' | 'expired' | 'breaking' | 'broken';

export const noLease: Lease = { kind: 'none' };

/** -1 is a lease without end; otherwise 15 to 60 seconds. */
export const infiniteLeaseSeconds = -1;

export type LeaseAnswer = { readonly kind: 'changed'; readonly lease: Lease } | { readonly kind: 'refused'; readonly error: BlobError };

const refused = (error: BlobError): LeaseAnswer => ({ kind: 'refused', error });

export function leaseStateAt(lease: Lease, now: number): LeaseState {
  switch (lease.kind) {
    case 'none':
      return 'available';
    case 'held':
      return lease.expiresAt === null || now < lease.expiresAt ? 'leased' : 'expired';
    case 'breaking':
      return now < lease.brokenAt ? 'breaking' : 'broken';
  }
}

export const isLocked = (state: LeaseState): boolean => state === 'leased' || state === 'breaking';

const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const held = (id: string, durationSeconds: number, now: number): Lease => ({
  kind: 'held',
  id,
  durationSeconds,
  expiresAt: durationSeconds === infiniteLeaseSeconds ? null : now + durationSeconds * 1000,
  modifiedSince: 'untouched',
});

/** A proposed id that holds the lease already renews it with the duration asked for. */
export function acquireLease(lease: Lease, id: string, durationSeconds: number, now: number): LeaseAnswer {
  const state = leaseStateAt(lease, now);
  if (lease.kind !== 'none' && state === 'leased' && !sameId(lease.id, id)) return refused(blobErrors.leaseAlreadyPresent);
  if (lease.kind !== 'none' && state === 'breaking') {
    return refused(sameId(lease.id, id) ? blobErrors.leaseIsBreakingAndCannotBeAcquired : blobErrors.leaseAlreadyPresent);
  }
  return { kind: 'changed', lease: held(id, durationSeconds, now) };
}

export function renewLease(lease: Lease, id: string, now: number): LeaseAnswer {
  if (lease.kind === 'none' || !sameId(lease.id, id)) return refused(blobErrors.leaseIdMismatchWithLeaseOperation);
  if (lease.kind === 'breaking') return refused(blobErrors.leaseIsBrokenAndCannotBeRenewed);
  // An expired lease can be renewed only while nobody wrote to the blob since it ran out.
  if (leaseStateAt(lease, now) === 'expired' && lease.modifiedSince === 'modified') return refused(blobErrors.leaseIdMismatchWithLeaseOperation);
  return { kind: 'changed', lease: held(lease.id, lease.durationSeconds, now) };
}

export function changeLease(lease: Lease, id: string, proposedId: string, now: number): LeaseAnswer {
  const state = leaseStateAt(lease, now);
  if (lease.kind === 'none' || state === 'expired' || state === 'broken') return refused(blobErrors.leaseNotPresentWithLeaseOperation);
  if (!sameId(lease.id, id) && !sameId(lease.id, proposedId)) return refused(blobErrors.leaseIdMismatchWithLeaseOperation);
  if (lease.kind === 'breaking') return refused(blobErrors.leaseIsBreakingAndCannotBeChanged);
  return { kind: 'changed', lease: { ...lease, id: proposedId } };
}

export function releaseLease(lease: Lease, id: string): LeaseAnswer {
  if (lease.kind === 'none' || !sameId(lease.id, id)) return refused(blobErrors.leaseIdMismatchWithLeaseOperation);
  return { kind: 'changed', lease: noLease };
}

/** `breakSeconds` null: a fixed lease ends when it would have, one without end ends at once. */
export function breakLease(lease: Lease, breakSeconds: number | null, now: number): LeaseAnswer {
  if (lease.kind === 'none') return refused(blobErrors.leaseNotPresentWithLeaseOperation);
  const askedAt = breakSeconds === null ? null : now + breakSeconds * 1000;
  if (lease.kind === 'breaking') return { kind: 'changed', lease: { ...lease, brokenAt: Math.min(lease.brokenAt, askedAt ?? lease.brokenAt) } };
  const naturalEnd = lease.expiresAt ?? askedAt ?? now;
  return { kind: 'changed', lease: { kind: 'breaking', id: lease.id, brokenAt: Math.min(naturalEnd, askedAt ?? naturalEnd) } };
}

/** What a break answers in x-ms-lease-time: whole seconds until the lease is gone. */
export const secondsUntilBroken = (lease: Lease, now: number): number => (lease.kind === 'breaking' ? Math.max(0, Math.ceil((lease.brokenAt - now) / 1000)) : 0);

/** null = the write may go on. */
export function checkLeaseForWrite(lease: Lease, given: string | null, now: number): BlobError | null {
  const state = leaseStateAt(lease, now);
  if (lease.kind !== 'none' && isLocked(state)) {
    if (given === null) return blobErrors.leaseIdMissing;
    return sameId(lease.id, given) ? null : blobErrors.leaseIdMismatchWithBlobOperation;
  }
  if (given === null) return null;
  if (lease.kind === 'none') return blobErrors.leaseNotPresentWithBlobOperation;
  return blobErrors.leaseLost;
}

/** Reads go through without a lease id; one that is given must be the holder's. */
export const checkLeaseForRead = (lease: Lease, given: string | null, now: number): BlobError | null => (given === null ? null : checkLeaseForWrite(lease, given, now));

/** A write to an expired lease's blob ends the holder's right to renew it. */
export const afterWrite = (lease: Lease, now: number): Lease => (lease.kind === 'held' && leaseStateAt(lease, now) === 'expired' ? { ...lease, modifiedSince: 'modified' } : lease);
