import type { KubeObject, KubeStore } from '../../world/types.ts';
import { isObject, listAt, objectAt, stringAt } from './json.ts';
import { schemaObject } from './schemaObject.ts';

/**
 * The world keeps a daemon's pods and not its DaemonSet; kubectl wants to read it before it drains a node. It is read off
 * the pods that name it as their owner, and cannot be written.
 */
export const withDaemonSets = (store: KubeStore): KubeStore => ({
  get: (kind, namespace, name) => (kind === daemonSet ? (daemonSetsOf(store, namespace).find(({ metadata }) => metadata.name === name) ?? null) : store.get(kind, namespace, name)),
  list: (kind, namespace) => (kind === daemonSet ? daemonSetsOf(store, namespace) : store.list(kind, namespace)),
  put: (object) => store.put(object),
  remove: (kind, namespace, name) => store.remove(kind, namespace, name),
  get resourceVersion() {
    return store.resourceVersion;
  },
  onChange: (listener) => store.onChange(listener),
  changesSince: (version) => store.changesSince(version),
});

const daemonSet = 'DaemonSet';

function daemonSetsOf(store: KubeStore, namespace: string | null): readonly KubeObject[] {
  const byOwner = new Map<string, KubeObject[]>();
  for (const pod of store.list('Pod', namespace)) {
    const owner = ownerOf(pod);
    if (owner === null) continue;
    const key = `${pod.metadata.namespace ?? ''}/${owner}`;
    byOwner.set(key, [...(byOwner.get(key) ?? []), pod]);
  }
  return [...byOwner.values()].flatMap((pods) => {
    const [first] = pods;
    return first === undefined ? [] : [describe(first, pods)];
  });
}

function ownerOf(pod: KubeObject): string | null {
  const owner = listAt(objectAt(schemaObject(pod), 'metadata'), 'ownerReferences').find((one) => isObject(one) && one['kind'] === daemonSet);
  return isObject(owner) ? stringAt(owner, 'name') : null;
}

function describe(first: KubeObject, pods: readonly KubeObject[]): KubeObject {
  const metadata = objectAt(schemaObject(first), 'metadata');
  const owner = listAt(metadata, 'ownerReferences').find((one) => isObject(one) && one['kind'] === daemonSet);
  const reference = isObject(owner) ? owner : {};
  const newest = pods.map((pod) => pod.metadata.resourceVersion).toSorted((a, b) => Number(a) - Number(b)).at(-1);
  return {
    apiVersion: 'apps/v1',
    kind: daemonSet,
    metadata: {
      name: stringAt(reference, 'name') ?? '',
      ...(first.metadata.namespace === undefined ? {} : { namespace: first.metadata.namespace }),
      uid: stringAt(reference, 'uid') ?? '',
      resourceVersion: newest ?? '0',
      creationTimestamp: metadata['creationTimestamp'],
    },
    spec: { selector: { matchLabels: objectAt(metadata, 'labels') }, template: { metadata: { labels: objectAt(metadata, 'labels') }, spec: objectAt(schemaObject(first), 'spec') } },
    status: { currentNumberScheduled: pods.length, desiredNumberScheduled: pods.length, numberAvailable: pods.length, numberMisscheduled: 0, numberReady: pods.length, updatedNumberScheduled: pods.length },
  };
}
