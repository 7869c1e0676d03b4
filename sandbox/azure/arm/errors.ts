import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';

/** Azure's error shape: `{"error":{"code","message","target"?}}`. */
export function armError(status: number, code: string, message: string, more: { readonly target?: string; readonly headers?: Readonly<Record<string, string>> } = {}): FaceResponse {
  return json(status, { error: { code, message, ...(more.target === undefined ? {} : { target: more.target }) } }, more.headers ?? {});
}

/** AKS answers in its own shape: code and message lie beside `error` no deeper, with a subcode. */
export function aksError(status: number, code: string, message: string, target?: string): FaceResponse {
  return json(status, { code, details: null, message, subcode: '', ...(target === undefined ? {} : { target }) });
}

export const resourceNotFound = (type: string, name: string, resourceGroup: string): FaceResponse =>
  armError(404, 'ResourceNotFound', `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`);

/** What the real service has and the sandbox does not: said plainly, in the service's own shape. */
export const notInSandbox = (what: string): FaceResponse => armError(501, 'NotImplemented', `The sandbox does not implement ${what}.`);
