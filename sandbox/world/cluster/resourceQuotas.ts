import type { KubeObject, WorkloadSpec } from '../types.ts';
import { quantityOf } from './quantity.ts';

/** Pods of one workload, there already or about to be. */
export interface CountedPods {
  readonly workload: WorkloadSpec;
  readonly count: number;
}

/** What one pod takes of a resource that a quota names, in cores, bytes or pods; `unset` where it says nothing of it; null where no pod counts. */
function askedOf({ cpuMillicores, memoryMiB }: WorkloadSpec, resource: string): number | 'unset' | null {
  switch (resource) {
    case 'pods':
    case 'count/pods':
      return 1;
    case 'cpu':
    case 'requests.cpu':
      return cpuMillicores / 1000;
    case 'memory':
    case 'requests.memory':
    case 'limits.memory':
      return memoryMiB * 2 ** 20;
    case 'limits.cpu':
    case 'requests.ephemeral-storage':
    case 'limits.ephemeral-storage':
      return 'unset';
    default:
      return null;
  }
}

/**
 * The API server's ResourceQuota admission of one more pod ("Resource Quotas" of the Kubernetes documentation): a quota on a compute
 * resource wants every pod to say how much of it, and no sum may go above its limit.
 * @param pods of the namespace.
 * @returns why the pod is refused; null = it may be made.
 */
export function refusalOfPod(workload: WorkloadSpec, quotas: readonly KubeObject[], pods: readonly CountedPods[]): string | null {
  for (const quota of quotas) {
    if (!counts(quota)) continue;
    const asked = Object.entries(hardOf(quota)).map(([resource, hard]) => ({ resource, hard, one: askedOf(workload, resource), used: usedOf(resource, pods) }));
    const unset = asked.filter(({ one }) => one === 'unset').map(({ resource }) => resource);
    if (unset.length > 0) return `failed quota: ${quota.metadata.name}: must specify ${unset.map((resource) => `${resource} for: ${workload.deployment}`).join('; ')}`;
    const over = asked.filter(({ one, used, hard }) => typeof one === 'number' && used + one > quantityOf(hard) + rounding);
    if (over.length === 0) continue;
    const list = (text: (entry: (typeof over)[number]) => string): string => over.map((entry) => `${entry.resource}=${text(entry)}`).join(',');
    return `exceeded quota: ${quota.metadata.name}, requested: ${list(({ resource, one }) => textOf(resource, Number(one)))}, used: ${list(({ resource, used }) => textOf(resource, used))}, limited: ${list(({ hard }) => hard)}`;
  }
  return null;
}

/** Sums of millicores are not whole in cores. */
const rounding = 1e-9;

/** The quota controller's status. */
export function quotaStatus(quota: KubeObject, pods: readonly CountedPods[]): { readonly hard: Readonly<Record<string, string>>; readonly used: Readonly<Record<string, string>> } {
  const hard = hardOf(quota);
  return { hard, used: Object.fromEntries(Object.keys(hard).map((resource) => [resource, textOf(resource, counts(quota) ? usedOf(resource, pods) : 0)])) };
}

const usedOf = (resource: string, pods: readonly CountedPods[]): number =>
  pods.reduce((sum, { workload, count }) => {
    const one = askedOf(workload, resource);
    return typeof one === 'number' ? sum + one * count : sum;
  }, 0);

function textOf(resource: string, value: number): string {
  if (resource.endsWith('cpu')) return Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
  return resource.endsWith('memory') && value > 0 ? `${Math.round(value / 2 ** 20)}Mi` : String(value);
}

/** The workloads' pods ask for resources and run on: they are neither BestEffort nor Terminating. */
function counts(quota: KubeObject): boolean {
  const scopes = specOf(quota)['scopes'];
  return !Array.isArray(scopes) || !scopes.some((scope) => scope === 'BestEffort' || scope === 'Terminating');
}

function hardOf(quota: KubeObject): Readonly<Record<string, string>> {
  const { hard } = specOf(quota);
  return typeof hard === 'object' && hard !== null ? Object.fromEntries(Object.entries(hard).map(([resource, limit]) => [resource, String(limit)])) : {};
}

function specOf(object: KubeObject): Readonly<Record<string, unknown>> {
  const { spec } = object;
  return typeof spec === 'object' && spec !== null ? { ...spec } : {};
}
