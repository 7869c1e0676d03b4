import type { FaceResponse } from '../face.ts';
import { groupVersion, kubeKinds } from './kinds.ts';
import type { KubeKind } from './kinds.ts';
import { jsonResponse } from './wire.ts';

const rootOf = (one: KubeKind): string => (one.group === '' ? `api/${one.version}` : `apis/${groupVersion(one)}`);

const roots = [...new Set(kubeKinds.map(rootOf))];

/**
 * OpenAPI v3, as far as kubectl needs it: which resources take `fieldValidation`, so that it leaves validation to the
 * server. Schemas are left out: kubectl then merges by the types that it was built with. null for all other paths.
 */
export function serveOpenApi(pathname: string): FaceResponse | null {
  if (pathname === '/openapi/v3') return json({ paths: Object.fromEntries(roots.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])) });
  const root = roots.find((one) => pathname === `/openapi/v3/${one}`);
  if (root === undefined) return null;
  const kinds = kubeKinds.filter((one) => rootOf(one) === root);
  return json({ openapi: '3.0.0', info: { title: 'Kubernetes', version: 'unversioned' }, paths: Object.fromEntries(kinds.map((one) => [pathOf(one, root), operations(one)])), components: { schemas: {} } });
}

const pathOf = (one: KubeKind, root: string): string => (one.scope === 'Namespaced' ? `/${root}/namespaces/{namespace}/${one.plural}/{name}` : `/${root}/${one.plural}/{name}`);

function operations({ group, version, kind }: KubeKind): unknown {
  const gvk = { group, version, kind };
  const parameter = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map(parameter);
  const responses = { 200: { description: 'OK' } };
  return {
    get: { 'x-kubernetes-action': 'get', 'x-kubernetes-group-version-kind': gvk, responses },
    put: { 'x-kubernetes-action': 'put', 'x-kubernetes-group-version-kind': gvk, parameters, responses },
    patch: { 'x-kubernetes-action': 'patch', 'x-kubernetes-group-version-kind': gvk, parameters: [...parameters, parameter('force')], responses },
  };
}

const json = (value: unknown): FaceResponse => jsonResponse(200, JSON.stringify(value));
