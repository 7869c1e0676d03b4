import { ApiException, type V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { Workload } from '../../domain/fleet.ts';
import type { WorkloadFacts } from '../../domain/facts.ts';
import type { Workloads } from '../../ports/workloads.ts';
import { readingOf, refusalOrThrow } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { applyHpaBounds } from './applyHpaBounds.ts';
import type { Cluster, Clusters } from './clusters.ts';
import { listAll } from './listAll.ts';
import { nodeFacts } from './nodeFacts.ts';
import { workloadFacts } from './workloadFacts.ts';

/** Pods that have ended hold no resources: the API server leaves them out of the answer. */
const livePods = 'status.phase!=Succeeded,status.phase!=Failed';

/** What runs in a stamp, through its Kubernetes API. */
export function kubernetesWorkloads(context: SdkContext, clusters: Clusters): Workloads {
  const now = (): number => context.clock.now();
  return {
    readNodes: (stamp) =>
      readingOf(`nodes of ${stamp.name}`, now, async () => {
        const cluster = await clusters.open(stamp.cluster);
        const [nodes, pods] = await Promise.all([
          listAll((limit, token) => cluster.core.listNode({ limit, ...continued(token) })),
          listAll((limit, token) => cluster.core.listPodForAllNamespaces({ limit, fieldSelector: livePods, ...continued(token) })),
        ]);
        return nodeFacts(nodes, pods);
      }),

    readWorkloads: (stamp, workloads) =>
      readingOf(`workloads of ${stamp.name}`, now, async () => {
        const cluster = await clusters.open(stamp.cluster);
        const budgets = new Map<string, Promise<readonly V1PodDisruptionBudget[]>>();
        const budgetsIn = (namespace: string): Promise<readonly V1PodDisruptionBudget[]> => {
          const asked = budgets.get(namespace) ?? listBudgets(cluster, namespace);
          budgets.set(namespace, asked);
          return asked;
        };
        return Promise.all(workloads.map((workload) => readWorkload(cluster, workload, budgetsIn)));
      }),

    async applyHpaBounds(stamp, hpa, set) {
      const what = `HPA ${stamp.name}/${hpa.namespace}/${hpa.name}`;
      try {
        return await applyHpaBounds(await clusters.open(stamp.cluster), hpa, set, what);
      } catch (error) {
        return refusalOrThrow(error, what, now());
      }
    },
  };
}

async function readWorkload(cluster: Cluster, workload: Workload, budgetsIn: (namespace: string) => Promise<readonly V1PodDisruptionBudget[]>): Promise<WorkloadFacts> {
  const { namespace } = workload;
  const [deployment, hpa, budgets] = await Promise.all([
    cluster.apps.readNamespacedDeployment({ namespace, name: workload.deployment }),
    orNull(cluster.autoscaling.readNamespacedHorizontalPodAutoscaler({ namespace, name: workload.hpa })),
    budgetsIn(namespace),
  ]);
  const labelSelector = Object.entries(deployment.spec?.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(',');
  const pods = await listAll((limit, token) => cluster.core.listNamespacedPod({ namespace, labelSelector, limit, fieldSelector: livePods, ...continued(token) }));
  return workloadFacts(workload, { deployment, hpa, pods, budgets });
}

const listBudgets = async (cluster: Cluster, namespace: string): Promise<readonly V1PodDisruptionBudget[]> =>
  (await orNull(listAll((limit, token) => cluster.policy.listNamespacedPodDisruptionBudget({ namespace, limit, ...continued(token) })))) ?? [];

/** 404 is an answer: there is none of it. */
async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return null;
    throw error;
  }
}

const continued = (token: string | undefined): { _continue?: string } => (token === undefined ? {} : { _continue: token });
