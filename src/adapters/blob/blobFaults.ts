import { isRestError } from '@azure/core-rest-pipeline';

/** Azure's error code of a blob call, from the header: a HEAD has no body. Null for what is not the service's answer. */
export function blobErrorCode(error: unknown): string | null {
  if (!isRestError(error) || error.response === undefined) return null;
  return error.response.headers.get('x-ms-error-code') ?? error.code ?? String(error.statusCode ?? '');
}

const notFoundCodes: ReadonlySet<string> = new Set(['BlobNotFound', 'ResourceNotFound', '404']);
const existsCodes: ReadonlySet<string> = new Set(['BlobAlreadyExists', 'ConditionNotMet', 'UnmodifiedSinceConditionNotMet']);

export const isNotFound = (error: unknown): boolean => notFoundCodes.has(blobErrorCode(error) ?? '');

/** A create-if-absent met a blob, or an If-Match met another version. */
export const isThereAlready = (error: unknown): boolean => existsCodes.has(blobErrorCode(error) ?? '');
