import type { KubeObject } from '../../world/types.ts';
import type { FaceRequest, FaceResponse } from '../face.ts';
import { columnsOf } from './tableColumns.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { jsonResponse } from './wire.ts';

/** `kubectl get` asks for a table and prints what the server put into its cells. */
export const wantsTable = (request: FaceRequest): boolean => tableVersion(request) !== null;

const tableVersion = (request: FaceRequest): string | null => /as=Table;.*?v=(v1beta1|v1)/.exec((request.headers['accept'] ?? '').split(',').find((part) => part.includes('as=Table')) ?? '')?.[1] ?? null;

export function tableResponse(context: KubeRequest, objects: readonly KubeObject[], resourceVersion: string, page: Readonly<Record<string, unknown>>): FaceResponse {
  return jsonResponse(200, JSON.stringify(tableOf(context, objects, { resourceVersion, ...page })));
}

export function tableOf(context: KubeRequest, objects: readonly KubeObject[], metadata: Readonly<Record<string, unknown>>): unknown {
  const columns = columnsOf(context.kind.kind);
  const whole = context.query.get('includeObject') === 'Object';
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${tableVersion(context.request) ?? 'v1'}`,
    metadata,
    columnDefinitions: columns.map(({ name, type, format, priority }) => ({ name, type, format: format ?? '', description: `${name} of the object`, priority: priority ?? 0 })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, context.now)),
      object: whole ? object : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}
