import { blobErrors } from './errors.ts';
import type { BlobError } from './errors.ts';

interface Versioned {
  readonly etag: string;
  readonly modifiedAt: number;
}

export type ConditionAnswer = { readonly kind: 'met' } | { readonly kind: 'notModified' } | { readonly kind: 'refused'; readonly error: BlobError };

const met: ConditionAnswer = { kind: 'met' };
const notMet: ConditionAnswer = { kind: 'refused', error: blobErrors.conditionNotMet };

/** HTTP dates have whole seconds, so stored instants are cut to seconds before they are compared. */
const seconds = (ms: number): number => Math.floor(ms / 1000);

const headerSeconds = (value: string | undefined): number | null => {
  const at = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? null : seconds(at);
};

const matches = (header: string, etag: string): boolean => header === '*' || header.split(',').some((one) => one.trim() === etag);

/** "Specifying conditional headers for Blob service operations"; a HEAD or GET that is not modified answers 304. */
export function checkReadConditions(headers: Readonly<Record<string, string>>, found: Versioned): ConditionAnswer {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined && !matches(ifMatch, found.etag)) return notMet;
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, found.etag)) return { kind: 'notModified' };
  const unmodifiedSince = headerSeconds(headers['if-unmodified-since']);
  if (ifMatch === undefined && unmodifiedSince !== null && seconds(found.modifiedAt) > unmodifiedSince) return notMet;
  const modifiedSince = headerSeconds(headers['if-modified-since']);
  if (ifNoneMatch === undefined && modifiedSince !== null && seconds(found.modifiedAt) <= modifiedSince) return { kind: 'notModified' };
  return met;
}

/** `found` null: there is no such blob yet. Put Blob answers If-None-Match "*" on an existing blob with 409, not 412. */
export function checkWriteConditions(headers: Readonly<Record<string, string>>, found: Versioned | null): ConditionAnswer {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (found === null) return ifMatch === undefined ? met : notMet;
  if (ifMatch !== undefined) return matches(ifMatch, found.etag) ? met : notMet;
  if (ifNoneMatch === '*') return { kind: 'refused', error: blobErrors.blobAlreadyExists };
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, found.etag) ? notMet : met;
  const unmodifiedSince = headerSeconds(headers['if-unmodified-since']);
  if (unmodifiedSince !== null && seconds(found.modifiedAt) > unmodifiedSince) return notMet;
  const modifiedSince = headerSeconds(headers['if-modified-since']);
  if (modifiedSince !== null && seconds(found.modifiedAt) <= modifiedSince) return notMet;
  return met;
}
