import { worstSurgeFactor } from './rules/roomRules.ts';
import type { Manifest } from './manifests.ts';
import type { Snapshot } from './snapshot.ts';
import { at, isRecord, listAt, numberAt, ofType, recordAt, textAt } from './snapshot.ts';

export interface ManifestRule {
  readonly name: string;
  readonly why: string;
  readonly check: (manifests: readonly Manifest[]) => readonly string[];
}

const ofKind = (manifests: readonly Manifest[], kind: string): readonly Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
const containersOf = (manifest: Manifest): readonly unknown[] => listAt(manifest.body, 'spec.template.spec.containers');

const podsAreSafe: ManifestRule = {
  name: 'pods ask for what they need, spread over zones and say how they are',
  why: 'without requests no arithmetic holds; without spread a zone is a region',
  check: (manifests) =>
    ofKind(manifests, 'Deployment').flatMap((deployment) => [
      ...containersOf(deployment).flatMap((container) => [
        ...(textAt(container, 'resources.requests.cpu') === null || textAt(container, 'resources.requests.memory') === null ? [`${deployment.name}: a container without requests`] : []),
        ...(at(container, 'livenessProbe') === undefined || at(container, 'readinessProbe') === undefined ? [`${deployment.name}: a container without liveness or readiness`] : []),
        ...(textAt(container, 'livenessProbe.httpGet.path') === textAt(container, 'readinessProbe.httpGet.path') ? [`${deployment.name}: liveness and readiness ask the same`] : []),
      ]),
      ...(listAt(deployment.body, 'spec.template.spec.topologySpreadConstraints').some((spread) => textAt(spread, 'topologyKey') === 'topology.kubernetes.io/zone')
        ? []
        : [`${deployment.name}: not spread over zones`]),
      ...(ofKind(manifests, 'PodDisruptionBudget').some((budget) => budget.namespace === deployment.namespace && sameLabels(recordAt(budget.body, 'spec.selector.matchLabels'), recordAt(deployment.body, 'spec.selector.matchLabels')))
        ? []
        : [`${deployment.name}: no disruption budget`]),
    ]),
};

const sameLabels = (left: object, right: object): boolean => JSON.stringify(left) === JSON.stringify(right);

const hpasHoldSurge: ManifestRule = {
  name: 'HPAs hold a surge and own the replicas',
  why: 'maxReplicas is where pods end, and a replica count in Git takes the surge back',
  check: (manifests) =>
    ofKind(manifests, 'HorizontalPodAutoscaler').flatMap((hpa) => {
      const min = numberAt(hpa.body, 'spec.minReplicas') ?? 1;
      const max = numberAt(hpa.body, 'spec.maxReplicas') ?? 1;
      const target = ofKind(manifests, 'Deployment').find((deployment) => deployment.name === textAt(hpa.body, 'spec.scaleTargetRef.name') && deployment.namespace === hpa.namespace);
      return [
        ...(max >= worstSurgeFactor * min ? [] : [`${hpa.name}: grows to ${max}, a surge may need ${worstSurgeFactor * min}`]),
        ...(target === undefined ? [`${hpa.name}: its deployment is not here`] : []),
        ...(target !== undefined && at(target.body, 'spec.replicas') !== undefined ? [`${hpa.name}: the deployment sets replicas too`] : []),
        ...(annotation(hpa, 'kustomize.toolkit.fluxcd.io/ssa') !== 'IfNotPresent' ? [`${hpa.name}: Flux would set surged bounds back`] : []),
      ];
    }),
};

const annotation = (manifest: Manifest, name: string): unknown => recordAt(manifest.body, 'metadata.annotations')[name];

const gateStandsApart: ManifestRule = {
  name: 'the gate is a pod of its own, and healthy when closed',
  why: 'a gate that decided readiness would cut live requests, and restart itself when it closes',
  check: (manifests) => {
    const gatePaths = gatePathsOf(manifests);
    const probes = ofKind(manifests, 'Deployment').flatMap((deployment) =>
      containersOf(deployment).flatMap((container) => ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => ({ name: deployment.name, path: textAt(container, `${probe}.httpGet.path`) }))),
    );
    const routed = ofKind(manifests, 'Ingress').flatMap((ingress) => listAt(ingress.body, 'spec.rules').flatMap((rule) => listAt(rule, 'http.paths')));
    return [
      ...(gatePaths.length === 0 ? ['no gate'] : []),
      ...probes.filter((probe) => probe.path !== null && gatePaths.includes(probe.path)).map((probe) => `${probe.name}: a probe asks the gate's state`),
      ...gatePaths.filter((path) => !routed.some((route) => textAt(route, 'path') === path && textAt(route, 'pathType') === 'Exact')).map((path) => `${path}: no ingress leads there`),
    ];
  },
};

const programsAreKept: ManifestRule = {
  name: "programs in config maps are not taken for Flux's templates",
  why: 'Flux replaces ${...} in everything, with nothing where it knows no such variable',
  check: (manifests) =>
    ofKind(manifests, 'ConfigMap')
      .filter((map) => Object.values(recordAt(map.body, 'data')).some((text) => typeof text === 'string' && text.includes('${')))
      .filter((map) => annotation(map, 'kustomize.toolkit.fluxcd.io/substitute') !== 'disabled')
      .map((map) => `${map.name}: not annotated substitute: disabled`),
};

const variablesAreKnown: ManifestRule = {
  name: 'every variable is one that the deployment fills in',
  why: 'an unknown variable becomes an empty text in the cluster',
  check: (manifests) => manifests.filter((manifest) => manifest.kind !== 'ConfigMap' && /\$\{|:null\b/.test(JSON.stringify(manifest.body))).map((manifest) => `${manifest.kind} ${manifest.name}: a variable is left`),
};

export const manifestRules: readonly ManifestRule[] = [podsAreSafe, hpasHoldSurge, gateStandsApart, programsAreKept, variablesAreKnown];

/** vCPUs of the sizes that the parameter files use; Azure's published sizes. */
const vcpuOfSize: Readonly<Record<string, number>> = { Standard_D2as_v5: 2, Standard_D4ds_v5: 4, Standard_D8ds_v5: 8 };

/** What AKS and daemon sets keep of a node, in millicores: reserved CPU of a node this small, and the agents on it. */
const keptMillicores = 500;

/** All HPAs at their maximum, packed by CPU, against the user pool at its maximum: the surge must fit in both. */
export function hpasFitPools(manifests: readonly Manifest[], snapshot: Snapshot): readonly string[] {
  const wantedMillicores = ofKind(manifests, 'HorizontalPodAutoscaler').reduce((sum, hpa) => {
    const deployment = ofKind(manifests, 'Deployment').find((item) => item.name === textAt(hpa.body, 'spec.scaleTargetRef.name'));
    const perPod = deployment === undefined ? 0 : containersOf(deployment).reduce<number>((cpu, container) => cpu + millicores(textAt(container, 'resources.requests.cpu')), 0);
    return sum + perPod * (numberAt(hpa.body, 'spec.maxReplicas') ?? 0);
  }, 0);
  return ofType(snapshot, 'Microsoft.ContainerService/managedClusters').flatMap((cluster) => {
    const room = listAt(cluster.body, 'properties.agentPoolProfiles')
      .filter((pool) => textAt(pool, 'mode') === 'User')
      .reduce<number>((sum, pool) => sum + (numberAt(pool, 'maxCount') ?? 0) * Math.max(0, (vcpuOfSize[textAt(pool, 'vmSize') ?? ''] ?? 0) * 1000 - keptMillicores), 0);
    return wantedMillicores <= room ? [] : [`${cluster.name}: HPAs may ask for ${wantedMillicores} millicores, the user pools grow to ${room}`];
  });
}

/** What the manifests and the deployment must say alike: the path that Front Door probes, and the account that may read the gate's blob. */
export function gateMeetsDeployment(manifests: readonly Manifest[], snapshot: Snapshot): readonly string[] {
  const paths = gatePathsOf(manifests);
  const accounts = ofKind(manifests, 'ServiceAccount').map((account) => `system:serviceaccount:${account.namespace}:${account.name}`);
  return [
    ...ofType(snapshot, 'Microsoft.Cdn/profiles/originGroups')
      .filter((group) => !paths.includes(textAt(group.body, 'properties.healthProbeSettings.probePath') ?? ''))
      .map((group) => `${group.name}: Front Door asks ${textAt(group.body, 'properties.healthProbeSettings.probePath') ?? 'nothing'}, the gate answers at ${paths.join(', ')}`),
    ...ofType(snapshot, 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials')
      .filter((credential) => !accounts.includes(textAt(credential.body, 'properties.subject') ?? ''))
      .map((credential) => `${credential.name}: trusts ${textAt(credential.body, 'properties.subject') ?? 'nobody'}, which is no service account of the manifests`),
  ];
}

const gatePathsOf = (manifests: readonly Manifest[]): readonly string[] =>
  ofKind(manifests, 'Deployment')
    .flatMap(containersOf)
    .flatMap((container) => listAt(container, 'env'))
    .filter((variable) => textAt(variable, 'name') === 'GATE_PATH')
    .map((variable) => textAt(variable, 'value') ?? '');

const millicores = (quantity: string | null): number => (quantity === null ? 0 : quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000);

/** Fields of an object that a published sample of the kind does not have: `a.b`, list items as `[]`. */
export function unknownFields(value: unknown, sample: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => unknownFields(item, Array.isArray(sample) ? sample[0] : undefined, `${path}[]`));
  if (!isRecord(value) || !isRecord(sample)) return [];
  const open = /(labels|annotations|matchLabels|requests|limits|nodeSelector)$/i.test(path);
  return Object.entries(value).flatMap(([name, inner]) => (name in sample || open ? unknownFields(inner, sample[name], path === '' ? name : `${path}.${name}`) : [path === '' ? name : `${path}.${name}`]));
}
