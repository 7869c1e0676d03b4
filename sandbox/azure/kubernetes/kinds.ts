/** The kinds that the sandbox's clusters hold, as discovery tells of them. */
export interface KubeKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly subresources: readonly ('scale' | 'eviction')[];
  /** `read`: get and list alone. */
  readonly access: 'all' | 'read';
}

const kind = (
  group: string,
  version: string,
  name: string,
  plural: string,
  shortNames: readonly string[],
  scope: KubeKind['scope'],
  subresources: KubeKind['subresources'] = [],
  categories: readonly string[] = [],
  access: KubeKind['access'] = 'all',
): KubeKind => ({ group, version, kind: name, plural, singular: name.toLowerCase(), shortNames, categories, scope, subresources, access });

export const kubeKinds: readonly KubeKind[] = [
  kind('', 'v1', 'Event', 'events', ['ev'], 'Namespaced'),
  kind('', 'v1', 'Namespace', 'namespaces', ['ns'], 'Cluster'),
  kind('', 'v1', 'Node', 'nodes', ['no'], 'Cluster'),
  kind('', 'v1', 'Pod', 'pods', ['po'], 'Namespaced', ['eviction'], ['all']),
  kind('', 'v1', 'ResourceQuota', 'resourcequotas', ['quota'], 'Namespaced'),
  kind('', 'v1', 'Service', 'services', ['svc'], 'Namespaced', [], ['all']),
  kind('apps', 'v1', 'DaemonSet', 'daemonsets', ['ds'], 'Namespaced', [], ['all'], 'read'),
  kind('apps', 'v1', 'Deployment', 'deployments', ['deploy'], 'Namespaced', ['scale'], ['all']),
  kind('apps', 'v1', 'ReplicaSet', 'replicasets', ['rs'], 'Namespaced', ['scale'], ['all']),
  kind('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', ['hpa'], 'Namespaced', [], ['all']),
  kind('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets', ['pdb'], 'Namespaced'),
];

export const groupVersion = ({ group, version }: { readonly group: string; readonly version: string }): string => (group === '' ? version : `${group}/${version}`);

const byPath = new Map(kubeKinds.map((one) => [`${groupVersion(one)}/${one.plural}`, one]));

export const kindOf = (group: string, version: string, plural: string): KubeKind | null => byPath.get(`${groupVersion({ group, version })}/${plural}`) ?? null;

/** As error messages and `details` name a resource: "horizontalpodautoscalers.autoscaling". */
export const qualifiedResource = ({ group, plural }: KubeKind): string => (group === '' ? plural : `${plural}.${group}`);

export const qualifiedKind = ({ group, kind }: KubeKind): string => (group === '' ? kind : `${kind}.${group}`);
