import type { KubeObject, SimulatedWorld } from '../world/index.ts';

/** A change of the control plane that the world has seen. */
export interface SeenWrite {
  readonly at: number;
  readonly target: 'origin' | 'pool' | 'hpa' | 'gate';
  /** originGroup/origin, stamp/pool, stamp/namespace/hpa, or stamp. */
  readonly subject: string;
  /** Of a gate: what its blob says from now on, which its pod has not read yet. */
  readonly gate?: 'open' | 'closed';
}

const fieldManager = 'spillway';

/** Tells of every change to Front Door, pools and gates, and of changes to HPA bounds whose field manager is Spillway. */
export function observeWrites(world: SimulatedWorld, told: (write: SeenWrite) => void): void {
  const tell = (target: SeenWrite['target'], subject: string, more: Pick<SeenWrite, 'gate'> = {}): void => {
    told({ at: world.clock.now(), target, subject, ...more });
  };
  const { frontDoor, gateBlobs } = world;
  after(frontDoor, 'changeOrigin', ([originGroup, origin]) => {
    tell('origin', `${originGroup}/${origin}`);
  });
  after(frontDoor, 'changeOrigins', ([changes]) => {
    for (const { originGroup, origin } of changes) tell('origin', `${originGroup}/${origin}`);
  });
  after(gateBlobs, 'written', ([blobUrl, text]) => {
    const gate = text !== null && /"state":\s*"closed"/.test(text) ? 'closed' : 'open';
    for (const { name, gateBlobUrl } of world.spec.stamps) if (gateBlobUrl !== null && samePath(gateBlobUrl, blobUrl)) tell('gate', name, { gate });
  });
  for (const [stamp, { pools, kube }] of world.stamps) {
    after(pools, 'put', ([pool], result) => {
      if (result.kind === 'accepted') tell('pool', `${stamp}/${pool}`);
    });
    const bounds = new Map<string, string>();
    kube.onChange(({ object }) => {
      if (object.kind !== 'HorizontalPodAutoscaler' || !isManagedByUs(object)) return;
      const subject = `${stamp}/${object.metadata.namespace ?? 'default'}/${object.metadata.name}`;
      const now = boundsOf(object);
      if (bounds.get(subject) !== now) tell('hpa', subject);
      bounds.set(subject, now);
    });
  }
}

/** Calls `then` after each call of a method, with its arguments and result. */
function after<T extends object, K extends keyof T>(target: T, name: K, then: T[K] extends (...args: infer A) => infer R ? (args: A, result: R) => void : never): void {
  const original = target[name] as (...args: unknown[]) => unknown; // a method by the type of `then`
  const observed = (...args: unknown[]): unknown => {
    const result = original.apply(target, args);
    (then as (args: unknown[], result: unknown) => void)(args, result);
    return result;
  };
  Object.defineProperty(target, name, { value: observed, configurable: true });
}

const samePath = (a: string, b: string): boolean => new URL(a).pathname === new URL(b).pathname;

function isManagedByUs({ metadata }: KubeObject): boolean {
  const { managedFields } = metadata;
  return Array.isArray(managedFields) && managedFields.some((entry: { manager?: string }) => entry.manager === fieldManager);
}

function boundsOf({ spec }: KubeObject): string {
  const { minReplicas, maxReplicas } = (spec ?? {}) as { minReplicas?: number; maxReplicas?: number }; // an HPA has a spec
  return `${minReplicas}..${maxReplicas}`;
}
