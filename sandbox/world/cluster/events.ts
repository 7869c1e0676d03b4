import { draw, streamOf } from '../prng.ts';
import type { KubeObject } from '../types.ts';
import { isoSeconds, type ObjectStore } from './objectStore.ts';

/** What a controller tells people, as `kubectl describe` and `kubectl get events` show it. */
export interface ClusterEvent {
  readonly at: number;
  readonly about: { readonly kind: 'Pod' | 'Node' | 'Deployment' | 'ReplicaSet' | 'HorizontalPodAutoscaler'; readonly namespace: string | null; readonly name: string };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

/** --event-ttl of the API server */
const keptMs = 3_600_000;
/** Nobody reads more; an unwatched cluster must not pile them up. */
const waitingKept = 200;

/** Events wait until somebody reads the cluster, and are gone after an hour. */
export class EventLog {
  readonly #store: ObjectStore;
  readonly #seed: number;
  readonly #waiting: ClusterEvent[] = [];
  #written: { readonly namespace: string; readonly name: string; readonly at: number }[];

  constructor(store: ObjectStore, seed: number) {
    this.#store = store;
    this.#seed = seed;
    this.#written = store.list('Event', null).map((event) => ({ namespace: String(event.metadata.namespace), name: event.metadata.name, at: Date.parse(String(event['lastTimestamp'])) }));
  }

  record(event: ClusterEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length > waitingKept) this.#waiting.shift();
  }

  flush(nowMs: number): void {
    for (const event of this.#waiting.splice(0)) if (event.at > nowMs - keptMs) this.#write(event);
    if ((this.#written[0]?.at ?? nowMs) > nowMs - keptMs) return;
    for (const { namespace, name, at } of this.#written) if (at <= nowMs - keptMs) this.#store.remove('Event', namespace, name);
    this.#written = this.#written.filter(({ at }) => at > nowMs - keptMs);
  }

  #write({ at, about, type, reason, message, component }: ClusterEvent): void {
    // events about things without a namespace lie in default
    const namespace = about.namespace ?? 'default';
    const stream = streamOf(`${about.kind}/${about.name}/${reason}/${message}`);
    const name = `${about.name}.${[0, 1].map((part) => Math.floor(draw(this.#seed, stream, at + part) * 0x1_0000_0000).toString(16).padStart(8, '0')).join('')}`;
    const subject: KubeObject | null = this.#store.get(about.kind, about.namespace, about.name);
    this.#store.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace, creationTimestamp: isoSeconds(at) },
      involvedObject: { kind: about.kind, ...(about.namespace === null ? {} : { namespace: about.namespace }), name: about.name, apiVersion: subject?.apiVersion ?? 'v1', ...(subject === null ? {} : { uid: subject.metadata.uid, resourceVersion: subject.metadata.resourceVersion }) },
      reason,
      message,
      type,
      count: 1,
      firstTimestamp: isoSeconds(at),
      lastTimestamp: isoSeconds(at),
      eventTime: null,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
    });
    this.#written.push({ namespace, name, at });
  }
}
