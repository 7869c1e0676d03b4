import type { World } from '../../../sandbox/world/types.ts';
import { ObjectStore } from '../../../sandbox/world/cluster/objectStore.ts';
import { createKubernetesFace } from '../../../sandbox/azure/kubernetes/index.ts';
import type { KubernetesFaceOptions } from '../../../sandbox/azure/kubernetes/index.ts';
import type { Face, FaceResponse } from '../../../sandbox/azure/face.ts';
import { bodyBytes } from '../blob/faceHttpClient.ts';

export const start = Date.UTC(2026, 10, 22, 12);

export interface KubeWorld {
  readonly store: ObjectStore;
  readonly face: Face;
  readonly clock: { now: number };
  readonly timers: { readonly at: number; readonly fire: () => void }[];
  apiServerFault: 'refused' | 'timeout' | null;
}

export const tokenTable: KubernetesFaceOptions['checkToken'] = (token) => {
  if (token === 'admin-token') return { kind: 'ok', user: 'test-admin', groups: ['system:masters'] };
  return token === 'nobody-token' ? { kind: 'ok', user: 'test-nobody', groups: [] } : { kind: 'refused', status: 401 };
};

/** A cluster without controllers or physics: what a test puts there stays as it is. */
export function createKubeWorld(options: Partial<KubernetesFaceOptions> = {}): KubeWorld {
  const clock = { now: start };
  const timers: { readonly at: number; readonly fire: () => void }[] = [];
  const store = new ObjectStore({ resourceVersion: 100, created: 0, objects: [] }, 'test', 1, () => clock.now);
  for (const name of ['default', 'kube-system']) store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  const held: { fault: 'refused' | 'timeout' | null } = { fault: null };
  const parts = {
    clock: {
      now: () => clock.now,
      setTimer: (at: number, fire: () => void) => {
        const timer = { at, fire };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    },
    settle: () => undefined,
    stamps: new Map([['eastus2', { kube: store, apiServerFault: () => held.fault }]]),
  };
  // The face touches the clock, settle and the stamp's store only; the rest of a world is not there.
  const world = parts as unknown as World;
  const face = createKubernetesFace(world, 'eastus2', {
    checkToken: tokenTable,
    controllers: 'none',
    authorize: ({ groups }) => (groups.includes('system:masters') ? 'allowed' : 'denied'),
    ...options,
  });
  return {
    store,
    face,
    clock,
    timers,
    get apiServerFault() {
      return held.fault;
    },
    set apiServerFault(fault) {
      held.fault = fault;
    },
  };
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
}

export async function callFace(face: Face, { method = 'GET', path, body, contentType = 'application/json', headers = {}, token = 'admin-token' }: Call): Promise<FaceResponse> {
  return face({
    method,
    url: new URL(path, 'https://eastus2.kube.sandbox.test'),
    headers: { 'user-agent': 'suite/1.0', ...(body === undefined ? {} : { 'content-type': contentType }), ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    body: body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    signal: null,
  });
}

export const jsonOf = async (response: FaceResponse): Promise<Record<string, unknown>> => {
  const text = (await bodyBytes(response)).toString();
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`not a JSON object: ${text}`);
  return value as Record<string, unknown>;
};
