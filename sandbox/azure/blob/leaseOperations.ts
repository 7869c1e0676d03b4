import type { FaceResponse } from '../face.ts';
import { versionHeaders } from './blobOperations.ts';
import { checkWriteConditions } from './conditions.ts';
import { blobErrors, invalidHeader, missingHeader } from './errors.ts';
import { acquireLease, breakLease, changeLease, infiniteLeaseSeconds, releaseLease, renewLease, secondsUntilBroken } from './lease.ts';
import type { Lease, LeaseAnswer } from './lease.ts';
import { answer, answerError, header } from './requestContext.ts';
import type { BlobRequest } from './requestContext.ts';
import type { BlobError } from './errors.ts';

const guid = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;

type Asked =
  | { readonly action: 'acquire'; readonly id: string; readonly durationSeconds: number }
  | { readonly action: 'renew' | 'release'; readonly id: string }
  | { readonly action: 'change'; readonly id: string; readonly proposedId: string }
  | { readonly action: 'break'; readonly breakSeconds: number | null };

/** PUT {blob}?comp=lease. */
export function leaseBlob(context: BlobRequest, { container, blob }: { readonly container: string; readonly blob: string }): FaceResponse {
  const { store, account, now, request } = context;
  const asked = parseAsked(context);
  if ('error' in asked) return answerError(context, asked.error);
  const found = store.blob(account, container, blob);
  if (found === null) return answerError(context, blobErrors.blobNotFound);
  const condition = checkWriteConditions(request.headers, found);
  if (condition.kind === 'refused') return answerError(context, blobErrors.conditionNotMet);
  const outcome = apply(found.lease, asked.asked, now);
  if (outcome.kind === 'refused') return answerError(context, outcome.error);
  store.putLease(account, container, blob, outcome.lease);
  return answer(context, statusOf[asked.asked.action], { ...versionHeaders(found), ...answerHeaders(asked.asked, outcome.lease, now) });
}

const statusOf = { acquire: 201, renew: 200, change: 200, release: 200, break: 202 } as const;

function apply(lease: Lease, asked: Asked, now: number): LeaseAnswer {
  switch (asked.action) {
    case 'acquire':
      return acquireLease(lease, asked.id, asked.durationSeconds, now);
    case 'renew':
      return renewLease(lease, asked.id, now);
    case 'release':
      return releaseLease(lease, asked.id);
    case 'change':
      return changeLease(lease, asked.id, asked.proposedId, now);
    case 'break':
      return breakLease(lease, asked.breakSeconds, now);
  }
}

function answerHeaders(asked: Asked, lease: Lease, now: number): Record<string, string> {
  if (asked.action === 'break') return { 'x-ms-lease-time': String(secondsUntilBroken(lease, now)) };
  return lease.kind === 'none' ? {} : { 'x-ms-lease-id': lease.id };
}

function parseAsked(context: BlobRequest): { readonly asked: Asked } | { readonly error: BlobError } {
  const action = header(context, 'x-ms-lease-action');
  const id = header(context, 'x-ms-lease-id');
  const proposedId = header(context, 'x-ms-proposed-lease-id');
  if (proposedId !== null && !guid.test(proposedId)) return { error: invalidHeader('x-ms-proposed-lease-id', proposedId) };
  switch (action) {
    case null:
      return { error: missingHeader('x-ms-lease-action') };
    case 'acquire': {
      const duration = header(context, 'x-ms-lease-duration');
      if (duration === null) return { error: missingHeader('x-ms-lease-duration') };
      const durationSeconds = Number(duration);
      const fits = durationSeconds === infiniteLeaseSeconds || (Number.isInteger(durationSeconds) && durationSeconds >= 15 && durationSeconds <= 60);
      return fits ? { asked: { action, id: proposedId ?? context.newGuid(), durationSeconds } } : { error: invalidHeader('x-ms-lease-duration', duration) };
    }
    case 'renew':
    case 'release':
      return id === null ? { error: missingHeader('x-ms-lease-id') } : { asked: { action, id } };
    case 'change':
      if (id === null) return { error: missingHeader('x-ms-lease-id') };
      return proposedId === null ? { error: missingHeader('x-ms-proposed-lease-id') } : { asked: { action, id, proposedId } };
    case 'break': {
      const period = header(context, 'x-ms-lease-break-period');
      if (period === null) return { asked: { action, breakSeconds: null } };
      const breakSeconds = Number(period);
      return Number.isInteger(breakSeconds) && breakSeconds >= 0 && breakSeconds <= 60 ? { asked: { action, breakSeconds } } : { error: invalidHeader('x-ms-lease-break-period', period) };
    }
    default:
      return { error: invalidHeader('x-ms-lease-action', action) };
  }
}
