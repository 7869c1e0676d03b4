import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { HpaOwner } from '../../domain/facts.ts';
import type { Wire } from './reader.ts';

export const fieldManager = 'spillway';

type Reconciler = Extract<HpaOwner, { kind: 'reconciler' }>;

/**
 * Who owns minReplicas and maxReplicas of an HPA, from owner references, labels, annotations and managedFields.
 *
 * A reconciler counts as ignoring the bounds when it manages the object but does not own these two fields, or when its own
 * annotation says that it leaves an existing object alone. KEDA never ignores them: it writes them at every reconcile.
 */
export function hpaOwner(metadata: Wire<V1ObjectMeta>): HpaOwner {
  const managers = boundsManagers(metadata);
  const byReference = ownerReference(metadata);
  if (byReference !== null) return byReference;
  const reconcilers = managers.flatMap((manager) => reconcilerNamed(manager) ?? []);
  const [owning] = reconcilers;
  if (owning !== undefined) return leavesObjectAlone(metadata) ? { ...owning, ignoresBounds: 'ignored' } : owning;
  const managing = managedBy(metadata);
  if (managing !== null) return { ...managing, ignoresBounds: 'ignored' };
  if (managers.length > 0 && managers.every((manager) => manager === fieldManager)) return { kind: 'spillway' };
  return { kind: 'oneShot', managers: managers.filter((manager) => manager !== fieldManager) };
}

/** Names of the field managers that own either bound. */
export function boundsManagers(metadata: Wire<V1ObjectMeta>): readonly string[] {
  const owning = (metadata.managedFields ?? []).filter((entry) => entry.subresource === undefined && ownsBounds(entry.fieldsV1));
  return [...new Set(owning.map((entry) => entry.manager ?? 'unknown'))];
}

function ownsBounds(fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null || !('f:spec' in fields)) return false;
  const spec = fields['f:spec'];
  return typeof spec === 'object' && spec !== null && ('f:minReplicas' in spec || 'f:maxReplicas' in spec);
}

function ownerReference(metadata: Wire<V1ObjectMeta>): Reconciler | null {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller === true) ?? metadata.ownerReferences?.[0];
  if (owner === undefined) return null;
  const keda = owner.apiVersion.startsWith('keda.sh/');
  return { kind: 'reconciler', manager: `${owner.kind}/${owner.name}`, how: keda ? 'keda' : 'controller', ignoresBounds: 'reverted' };
}

const named: readonly { readonly pattern: RegExp; readonly how: Reconciler['how'] }[] = [
  { pattern: /^keda/, how: 'keda' },
  { pattern: /^kustomize-controller/, how: 'flux' },
  { pattern: /^helm-controller/, how: 'helmController' },
  { pattern: /^argocd/, how: 'argocd' },
  // Whatever calls itself a controller or an operator will be back.
  { pattern: /-(controller|operator)(-manager)?$/, how: 'controller' },
];

/** Null for one-shot writers (kubectl, the helm CLI, terraform, a browser): they write once and do not come back. */
export function reconcilerNamed(manager: string): Reconciler | null {
  const found = named.find((candidate) => candidate.pattern.test(manager));
  return found === undefined ? null : { kind: 'reconciler', manager, how: found.how, ignoresBounds: 'reverted' };
}

/** A reconciler that marks what it manages, whether or not it owns these fields. */
function managedBy(metadata: Wire<V1ObjectMeta>): Reconciler | null {
  const marks = { ...metadata.labels, ...metadata.annotations };
  const mark = (key: string, how: Reconciler['how']): Reconciler | null =>
    marks[key] === undefined ? null : { kind: 'reconciler', manager: `${key}=${marks[key]}`, how, ignoresBounds: 'reverted' };
  return (
    mark('kustomize.toolkit.fluxcd.io/name', 'flux') ??
    mark('helm.toolkit.fluxcd.io/name', 'helmController') ??
    mark('argocd.argoproj.io/tracking-id', 'argocd') ??
    mark('argocd.argoproj.io/instance', 'argocd')
  );
}

/** Flux's own ways to be told off an object that exists already. */
function leavesObjectAlone(metadata: Wire<V1ObjectMeta>): boolean {
  const annotations = metadata.annotations ?? {};
  return (
    ['IfNotPresent', 'Ignore'].includes(annotations['kustomize.toolkit.fluxcd.io/ssa'] ?? '') || annotations['kustomize.toolkit.fluxcd.io/reconcile'] === 'disabled'
  );
}

/** What a person must do before Spillway may write. */
export function handOverHint(owner: Reconciler): string {
  switch (owner.how) {
    case 'keda':
      return 'scale it at its ScaledObject (minReplicaCount, maxReplicaCount), or let the HPA stand without KEDA';
    case 'flux':
      return 'leave minReplicas and maxReplicas out of the source, or annotate the HPA kustomize.toolkit.fluxcd.io/ssa: IfNotPresent';
    case 'helmController':
      return 'leave minReplicas and maxReplicas out of the chart\'s HPA, or take the HPA out of the release';
    case 'argocd':
      return 'ignoreDifferences on /spec/minReplicas and /spec/maxReplicas with RespectIgnoreDifferences=true';
    case 'controller':
      return `let ${owner.manager} give up minReplicas and maxReplicas`;
  }
}
