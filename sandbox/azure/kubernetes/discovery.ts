import type { FaceResponse } from '../face.ts';
import { groupVersion, kubeKinds } from './kinds.ts';
import type { KubeKind } from './kinds.ts';
import { jsonResponse, textResponse } from './wire.ts';

/** The release whose behaviour the face follows. */
export const serverVersion = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2025-04-23T00:00:00Z',
  goVersion: 'go1.24.2',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;

const groups = [...new Set(kubeKinds.map(({ group }) => group))].filter((group) => group !== '');

const groupObject = (group: string): Record<string, unknown> => {
  const versions = [...new Set(kubeKinds.filter((one) => one.group === group).map(({ version }) => version))].map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
};

const verbs: Readonly<Record<KubeKind['access'], readonly string[]>> = { all: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'], read: ['get', 'list'] };

const subresources = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
} as const;

function resourceList(group: string, version: string): FaceResponse | null {
  const kinds = kubeKinds.filter((one) => one.group === group && one.version === version);
  if (kinds.length === 0) return null;
  return json({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: groupVersion({ group, version }), resources: kinds.flatMap(resourcesOf) });
}

function resourcesOf(kind: KubeKind): readonly unknown[] {
  const namespaced = kind.scope === 'Namespaced';
  const shortNames = kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames };
  const categories = kind.categories.length === 0 ? {} : { categories: kind.categories };
  const main = { name: kind.plural, singularName: kind.singular, namespaced, kind: kind.kind, verbs: verbs[kind.access], ...shortNames, ...categories };
  const below = kind.subresources.map((name) => ({ name: `${kind.plural}/${name}`, singularName: '', namespaced, ...subresources[name] }));
  return [main, ...below];
}

const json = (value: unknown): FaceResponse => jsonResponse(200, JSON.stringify(value));

const health = new Set(['/healthz', '/livez', '/readyz']);

/** Every path that tells about the server rather than about its objects; null for all others. */
export function serveDiscovery(pathname: string, host: string): FaceResponse | null {
  const path = pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
  if (health.has(path)) return textResponse(200, 'ok');
  if (path === '/version') return json(serverVersion);
  if (path === '/api') return json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }] });
  if (path === '/apis') return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupObject) });
  if (path === '/api/v1') return resourceList('', 'v1');
  const [root, group = '', version, ...rest] = path.split('/').slice(1);
  if (root !== 'apis' || rest.length > 0) return null;
  if (version !== undefined) return resourceList(group, version);
  return groups.includes(group) ? json({ kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group) }) : null;
}

/** What GET / and an unknown path list. */
export const servedPaths = (): FaceResponse => jsonResponse(404, JSON.stringify({ paths: ['/api', '/api/v1', '/apis', ...groups.map((group) => `/apis/${group}`), '/healthz', '/livez', '/readyz', '/version'] }));

/** Whether a path lies under a group that is served, in whatever version. */
export const isServedGroup = (pathname: string): boolean => groups.some((group) => pathname.startsWith(`/apis/${group}/`));
