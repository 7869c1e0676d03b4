import { createHash } from 'node:crypto';
import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import type { Operation } from '../../world/types.ts';
import type { ArmRequest } from './armTypes.ts';
import { armError } from './errors.ts';

/** Real poll URLs are signed and about 4 kB long (recorded): clients must take them whole and never log them. */
const signatureBytes = 2900;

const signature = (operationId: string, seed: number): string => createHash('shake256', { outputLength: signatureBytes }).update(`${seed} ${operationId}`).digest('base64url');

/** Where a Front Door write is polled; the same URL serves azure-asyncoperation and Location. */
export function signedPollUrl(request: ArmRequest, path: string, operation: Operation): string {
  return `${request.endpoints.arm}${path}/${operation.id}?api-version=${request.apiVersion}&t=${operation.startedAt}&c=sandbox&s=${signature(operation.id, request.world.seed)}&h=${operation.id.length}`;
}

/** `{"status","error"}` as recorded: the error object is there while all is well, and stays after success. */
export function signedOperationResult(request: ArmRequest): FaceResponse {
  const operation = request.world.operations.get(request.params['operationId'] ?? '');
  if (operation === null) return armError(404, 'NotFound', `The operation '${request.params['operationId'] ?? ''}' was not found.`);
  if (request.http.url.searchParams.get('s') !== signature(operation.id, request.world.seed)) return armError(403, 'AuthorizationFailed', 'The signature of the operation result URL is missing or has been changed.');
  if (operation.status === 'Failed') return json(200, { status: 'Failed', error: operation.error });
  return json(200, { status: operation.status, error: { code: 'None', message: null } });
}

/** AKS's operations: name, times and, where it failed, the error; the Location URL answers 202 until the end. */
export function aksOperationStatus(request: ArmRequest): FaceResponse {
  const operation = request.world.operations.get(request.params['operationId'] ?? '');
  if (operation === null) return armError(404, 'NotFound', `The operation '${request.params['operationId'] ?? ''}' was not found.`);
  return json(200, {
    name: operation.id,
    status: operation.status,
    startTime: new Date(operation.startedAt).toISOString(),
    ...(operation.endedAt === null ? {} : { endTime: new Date(operation.endedAt).toISOString() }),
    ...(operation.error === null ? {} : { error: operation.error }),
  });
}
