import { ApiException, PatchStrategy, setHeaderOptions, type V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { ReplicaBounds } from '../../domain/plan.ts';
import type { WriteOutcome } from '../../ports/outcome.ts';
import type { HpaRef } from '../../ports/workloads.ts';
import type { Cluster } from './clusters.ts';
import { fieldManager, handOverHint, hpaOwner, reconcilerNamed } from './hpaOwner.ts';
import { hpaPath } from './paths.ts';

/** Between our read and our forced write somebody may have changed the object; that often and the caller hears of it. */
const maxRounds = 3;

/**
 * Server-side apply of the two bounds and nothing else. First without force, so that a conflict names the owners; one-shot
 * owners are then overruled at exactly the version that was judged, reconcilers are not: they would revert it.
 */
export async function applyHpaBounds(cluster: Cluster, hpa: HpaRef, set: ReplicaBounds, what: string): Promise<WriteOutcome> {
  if (set.minReplicas > set.maxReplicas) return { kind: 'refused', reaction: 'refused', why: `${what}: minReplicas ${set.minReplicas} is above maxReplicas ${set.maxReplicas}` };
  for (let round = 1; ; round += 1) {
    const current = await cluster.reader.get<V2HorizontalPodAutoscaler>(hpaPath(hpa.namespace, hpa.name));
    const owner = hpaOwner(current.metadata ?? {});
    if (owner.kind === 'reconciler' && owner.ignoresBounds === 'reverted') {
      return ownedByOther(`${what} is kept by ${owner.manager} (${owner.how}), which would revert the bounds: ${handOverHint(owner)}`);
    }
    if ((current.spec?.minReplicas ?? 1) === set.minReplicas && current.spec?.maxReplicas === set.maxReplicas) return { kind: 'accepted' };
    const first = await apply(cluster, hpa, set, null);
    if (first.kind === 'applied') return { kind: 'accepted' };
    const reconciler = first.managers.map(reconcilerNamed).find((found) => found !== null);
    if (reconciler !== undefined && owner.kind !== 'reconciler') {
      return ownedByOther(`${what}: ${reconciler.manager} (${reconciler.how}) owns the bounds: ${handOverHint(reconciler)}`);
    }
    const forced = await apply(cluster, hpa, set, current.metadata?.resourceVersion ?? null);
    if (forced.kind === 'applied') return { kind: 'accepted' };
    if (round >= maxRounds) return { kind: 'refused', reaction: 'conflict', why: `${what} changed while it was being written, ${round} times` };
  }
}

type Applied = { readonly kind: 'applied' } | { readonly kind: 'conflict'; readonly managers: readonly string[] };

/** `forceAt` null = without force; else the resourceVersion at which ownership was judged. */
async function apply(cluster: Cluster, hpa: HpaRef, set: ReplicaBounds, forceAt: string | null): Promise<Applied> {
  const body = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: hpa.name, namespace: hpa.namespace, ...(forceAt === null ? {} : { resourceVersion: forceAt }) },
    spec: { minReplicas: set.minReplicas, maxReplicas: set.maxReplicas },
  };
  try {
    await patch(cluster, hpa, body, forceAt === null ? {} : { force: true });
    return { kind: 'applied' };
  } catch (error) {
    if (error instanceof ApiException && error.code === 409) return { kind: 'conflict', managers: conflictingManagers(error.body) };
    throw error;
  }
}

function patch(cluster: Cluster, hpa: HpaRef, body: object, force: { readonly force?: true }): Promise<V2HorizontalPodAutoscaler> {
  return cluster.autoscaling.patchNamespacedHorizontalPodAutoscaler(
    { ...hpa, body, fieldManager, ...force },
    setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
  );
}

/** A conflict's Status is text; each cause reads `conflict with "kubectl-client-side-apply" using autoscaling/v2`. */
function conflictingManagers(body: unknown): readonly string[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return [...new Set([...text.matchAll(/conflicts? with \\?"([^"\\]+)\\?"/g)].flatMap((match) => match[1] ?? []))];
}

const ownedByOther = (why: string): WriteOutcome => ({ kind: 'refused', reaction: 'ownedByOther', why });
