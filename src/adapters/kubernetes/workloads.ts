import { ApiException, type V1Deployment, type V1Node, type V1Pod, type V1PodDisruptionBudget, type V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { Workload } from '../../domain/fleet.ts';
import type { WorkloadFacts } from '../../domain/facts.ts';
import { TransientError } from '../../ports/outcome.ts';
import type { Workloads } from '../../ports/workloads.ts';
import { readingOf, refusalOrThrow } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { applyHpaBounds } from './applyHpaBounds.ts';
import type { Cluster, Clusters } from './clusters.ts';
import { nodeFacts, nodeState, poolLabel } from './nodeFacts.ts';
import { budgetsPath, deploymentsPath, hpasPath, nodesPath, podsPath } from './paths.ts';
import type { Wire } from './reader.ts';
import { replicaFacts, selects, workloadFacts } from './workloadFacts.ts';

/** Pods that have ended hold no resources: the API server leaves them out of the answer. */
const livePods = 'status.phase!=Succeeded,status.phase!=Failed';

type Pods = readonly Wire<V1Pod>[];
type Budgets = readonly Wire<V1PodDisruptionBudget>[];

/** What runs in a stamp, through its Kubernetes API. */
export function kubernetesWorkloads(context: SdkContext, clusters: Clusters): Workloads {
  const now = (): number => context.clock.now();
  return {
    readNodes: (stamp) =>
      readingOf(`nodes of ${stamp.name}`, now, async () => {
        const cluster = await clusters.open(stamp.cluster);
        const [nodes, pods] = await Promise.all([cluster.reader.list<V1Node>(nodesPath), podsOf(cluster)]);
        return nodeFacts(nodes, pods);
      }),

    readNodeStates: (stamp, pools) =>
      readingOf(`nodes of ${stamp.name}`, now, async () => {
        const { reader } = await clusters.open(stamp.cluster);
        return (await reader.list<V1Node>(nodesPath, { labelSelector: `${poolLabel} in (${pools.join(',')})` })).map(nodeState);
      }),

    readWorkloads: (stamp, workloads) =>
      readingOf(`workloads of ${stamp.name}`, now, async () => {
        const cluster = await clusters.open(stamp.cluster);
        return Promise.all(workloads.map((workload) => readWorkload(cluster, workload, now())));
      }),

    readReplicas: (stamp, workloads) =>
      readingOf(`replicas of ${stamp.name}`, now, async () => {
        const cluster = await clusters.open(stamp.cluster);
        return Promise.all(workloads.map(async (workload) => ({ name: workload.name, ...replicaFacts(await readDeployment(cluster, workload)) })));
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

/** A namespace's list serves every workload in it; one that has none of this name is as one that could not be read. */
async function readDeployment({ reader }: Cluster, { namespace, deployment }: Workload): Promise<Wire<V1Deployment>> {
  const found = (await reader.list<V1Deployment>(deploymentsPath(namespace))).find(({ metadata }) => metadata?.name === deployment);
  if (found === undefined) throw new TransientError(`deployment ${namespace}/${deployment} is not there (404)`, null);
  return found;
}

/** Of all pods there are: nodes and workloads of a stamp are read side by side, and this largest of lists serves them all. */
const podsOf = ({ reader }: Cluster): Promise<Pods> => reader.list<V1Pod>(podsPath, { fieldSelector: livePods });

async function readWorkload(cluster: Cluster, workload: Workload, nowMs: number): Promise<WorkloadFacts> {
  const { namespace } = workload;
  const [deployment, hpas, budgets, everywhere, nodes] = await Promise.all([
    readDeployment(cluster, workload),
    cluster.reader.list<V2HorizontalPodAutoscaler>(hpasPath(namespace)),
    listBudgets(cluster, namespace),
    podsOf(cluster),
    cluster.reader.list<V1Node>(nodesPath),
  ]);
  const lostNodes = new Set(nodes.map(nodeState).flatMap(({ name, ready }) => (ready === 'ready' ? [] : [name])));
  const hpa = hpas.find(({ metadata }) => metadata?.name === workload.hpa) ?? null;
  const pods = everywhere.filter(({ metadata }) => metadata?.namespace === namespace && selects(deployment.spec?.selector, metadata.labels ?? {}));
  return workloadFacts(workload, { deployment, hpa, pods, lostNodes, budgets }, nowMs);
}

const listBudgets = async ({ reader }: Cluster, namespace: string): Promise<Budgets> =>
  (await orNull(reader.list<V1PodDisruptionBudget>(budgetsPath(namespace)))) ?? [];

/** 404 is an answer: there is none of it. */
async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return null;
    throw error;
  }
}
