import type { KubeStore, World } from '../../world/types.ts';
import { ConnectionFault } from '../face.ts';
import type { Face, FaceRequest, FaceResponse } from '../face.ts';
import type { Controllers } from './controllers.ts';
import { withDaemonSets } from './daemonSets.ts';
import { isServedGroup, serveDiscovery, servedPaths } from './discovery.ts';
import { parseResourcePath } from './kubeRequest.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { evictPod } from './eviction.ts';
import { serveOpenApi } from './openapi.ts';
import { patchObject } from './patch.ts';
import { readList, readOne } from './read.ts';
import { deleteObject } from './remove.ts';
import { serveScale } from './scale.ts';
import { forbidden, KubeRefusal, methodNotAllowed, noSuchResource, notServed, statusResponse, unauthorized } from './status.ts';
import { watchObjects } from './watch.ts';
import { textResponse } from './wire.ts';
import { createObject, replaceObject } from './write.ts';

export interface KubernetesFaceOptions {
  readonly checkToken: (token: string) => KubeTokenAnswer;
  /** Who may do what; left out, every known caller may do everything. Verbs are RBAC's: get, list, watch, create, update, patch, delete. */
  readonly authorize?: (caller: KubeCaller, access: KubeAccess) => 'allowed' | 'denied';
  /** `physics` unless told otherwise: what physics would not follow is refused. */
  readonly controllers?: Controllers;
}

export type { Controllers } from './controllers.ts';

export type KubeTokenAnswer = { readonly kind: 'ok'; readonly user: string; readonly groups: readonly string[] } | { readonly kind: 'refused'; readonly status: 401 | 403 };

export interface KubeCaller {
  readonly user: string;
  readonly groups: readonly string[];
}

export interface KubeAccess {
  readonly verb: KubeVerb;
  readonly group: string;
  /** Plural, with its subresource: "deployments/scale". */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

export type KubeVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** The API server of one stamp's cluster. What it does not serve is a Status object that says so. */
export function createKubernetesFace(world: World, stampName: string, options: KubernetesFaceOptions): Face {
  const stamp = world.stamps.get(stampName);
  if (stamp === undefined) throw new Error(`the world has no stamp ${stampName}`);
  const store = withDaemonSets(stamp.kube);
  return (request) => {
    world.settle();
    const fault = stamp.apiServerFault();
    if (fault !== null) throw new ConnectionFault(fault);
    try {
      return serve(world, store, request, options);
    } catch (error) {
      if (error instanceof KubeRefusal) return statusResponse(error);
      throw error;
    }
  };
}

function serve(world: World, store: KubeStore, request: FaceRequest, options: KubernetesFaceOptions): FaceResponse {
  const caller = authenticate(request, options);
  const { pathname } = request.url;
  const path = parseResourcePath(decodePath(pathname));
  if (path !== null) {
    const context: KubeRequest = { ...path, request, world, store, now: world.clock.now(), query: request.url.searchParams, controllers: options.controllers ?? 'physics' };
    authorize(context, caller, options);
    return serveResource(context);
  }
  const discovered = serveDiscovery(pathname, request.url.host) ?? serveOpenApi(pathname);
  if (discovered !== null) {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
    return discovered;
  }
  if (pathname === '/' && request.method === 'GET') return { ...servedPaths(), status: 200 };
  if (pathname.startsWith('/openapi/')) throw notServed(pathname);
  if (pathname.startsWith('/api/v1/')) throw noSuchResource();
  if (isServedGroup(pathname)) throw noSuchResource();
  return pathname.startsWith('/apis/') ? textResponse(404, '404 page not found\n') : servedPaths();
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function authenticate(request: FaceRequest, options: KubernetesFaceOptions): KubeCaller {
  const token = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) throw unauthorized();
  const answer = options.checkToken(token);
  if (answer.kind === 'ok') {
    if (request.headers['impersonate-user'] !== undefined) throw notServed('impersonation (--as): ask with a token of that caller');
    return answer;
  }
  if (answer.status === 401) throw unauthorized();
  throw new KubeRefusal(403, 'Forbidden', 'forbidden: the token is not for this cluster', {});
}

function authorize(context: KubeRequest, caller: KubeCaller, options: KubernetesFaceOptions): void {
  if (options.authorize === undefined) return;
  const { kind, namespace, name, subresource } = context;
  const verb = verbOf(context);
  const resource = subresource === null ? kind.plural : `${kind.plural}/${subresource}`;
  if (options.authorize(caller, { verb, group: kind.group, resource, namespace, name }) === 'denied') throw forbidden(caller.user, verb, kind, resource, namespace, name);
}

function verbOf({ request: { method }, name, query }: KubeRequest): KubeVerb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === null ? 'deletecollection' : 'delete';
    default:
      if (isWatch(query)) return 'watch';
      return name === null ? 'list' : 'get';
  }
}

const isWatch = (query: URLSearchParams): boolean => query.get('watch') === 'true' || query.get('watch') === '1';

function serveResource(context: KubeRequest): FaceResponse {
  const { request: { method }, name, subresource, kind, namespace, query } = context;
  if (subresource !== null) {
    const served = kind.subresources.find((one) => one === subresource);
    if (name !== null && served === 'scale') return serveScale(context, name);
    if (name !== null && served === 'eviction') return evictPod(context, name);
    throw knownSubresources.has(subresource) ? notServed(`${kind.plural}/${subresource}`) : noSuchResource();
  }
  if (kind.access === 'read' && (isWatch(query) || (method !== 'GET' && method !== 'HEAD'))) throw methodNotAllowed();
  if (name === null) {
    if (method === 'GET' || method === 'HEAD') return isWatch(query) ? watchObjects(context) : readList(context);
    if (method === 'POST' && (namespace !== null || kind.scope === 'Cluster')) return createObject(context);
    if (method === 'DELETE' && (namespace !== null || kind.scope === 'Cluster')) throw notServed(`deletion of a whole collection of ${kind.plural}`);
    throw methodNotAllowed();
  }
  switch (method) {
    case 'GET':
    case 'HEAD':
      return isWatch(query) ? watchObjects(context) : readOne(context, name);
    case 'PUT':
      return replaceObject(context, name);
    case 'PATCH':
      return patchObject(context, name);
    case 'DELETE':
      return deleteObject(context, name);
    default:
      throw methodNotAllowed();
  }
}

/** Real ones that the sandbox leaves out. */
const knownSubresources = new Set(['status', 'scale', 'log', 'exec', 'attach', 'portforward', 'proxy', 'eviction', 'binding', 'ephemeralcontainers', 'finalize', 'resize']);
