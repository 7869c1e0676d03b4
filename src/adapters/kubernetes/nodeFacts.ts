import type { V1Node, V1Pod } from '@kubernetes/client-node';
import type { NodeFacts, NodeState, Resources } from '../../domain/facts.ts';
import { podRequests } from './podRequests.ts';
import { addResources, noResources, parseQuantity, toResources } from './quantities.ts';
import type { Wire } from './reader.ts';

interface Placed {
  readonly requested: Resources;
  readonly pods: number;
  readonly daemonsets: Resources;
  readonly daemonsetPods: number;
}

const nothingPlaced: Placed = { requested: noResources, pods: 0, daemonsets: noResources, daemonsetPods: 0 };

/** Nodes with what their pods ask for. Pods that have ended or have no node yet take nothing. */
export function nodeFacts(nodes: readonly Wire<V1Node>[], pods: readonly Wire<V1Pod>[]): readonly NodeFacts[] {
  const placed = new Map<string, Placed>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName;
    if (pod.spec === undefined || node === undefined || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    placed.set(node, place(placed.get(node) ?? nothingPlaced, pod, podRequests(pod.spec)));
  }
  return nodes.map((node) => oneNode(node, placed.get(node.metadata?.name ?? '') ?? nothingPlaced));
}

function place(before: Placed, pod: Wire<V1Pod>, asked: Resources): Placed {
  const fromDaemonset = pod.metadata?.ownerReferences?.some((owner) => owner.kind === 'DaemonSet') === true;
  return {
    requested: addResources(before.requested, asked),
    pods: before.pods + 1,
    daemonsets: fromDaemonset ? addResources(before.daemonsets, asked) : before.daemonsets,
    daemonsetPods: before.daemonsetPods + (fromDaemonset ? 1 : 0),
  };
}

/** AKS puts its pool on every node. */
export const poolLabel = 'kubernetes.azure.com/agentpool';

/** A node without a look at its pods. */
export function nodeState(node: Wire<V1Node>): NodeState {
  const labels = node.metadata?.labels ?? {};
  return {
    name: node.metadata?.name ?? '',
    pool: labels[poolLabel] ?? labels['agentpool'] ?? '',
    ready: node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true ? 'ready' : 'notReady',
    schedulable: node.spec?.unschedulable === true || isLeaving(node) ? 'cordoned' : 'schedulable',
  };
}

/** A node that was Ready, lost it and got it back says nothing of how long a new one takes. */
const mostRegistrationSeconds = 30 * 60;

/** The Node object appears when the kubelet registers: what the machine took before that, the cluster does not see. */
function registrationToReadySeconds({ metadata, status }: Wire<V1Node>): number | null {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready' && condition.status === 'True')?.lastTransitionTime;
  if (ready === undefined || metadata?.creationTimestamp === undefined) return null;
  const seconds = (Date.parse(ready) - Date.parse(metadata.creationTimestamp)) / 1000;
  return seconds >= 0 && seconds <= mostRegistrationSeconds ? seconds : null;
}

function oneNode(node: Wire<V1Node>, placed: Placed): NodeFacts {
  return {
    ...nodeState(node),
    zone: zoneNumber(node.metadata?.labels?.['topology.kubernetes.io/zone'] ?? ''),
    allocatable: toResources(node.status?.allocatable, 'down'),
    registrationToReadySeconds: registrationToReadySeconds(node),
    allocatablePods: parseQuantity(node.status?.allocatable?.['pods'] ?? '0'),
    daemonsets: placed.daemonsets,
    daemonsetPods: placed.daemonsetPods,
    requested: placed.requested,
    pods: placed.pods,
  };
}

/** The autoscaler taints a node before it removes it: nothing new will be placed there. */
const isLeaving = (node: Wire<V1Node>): boolean => node.spec?.taints?.some((taint) => taint.key === 'ToBeDeletedByClusterAutoscaler') === true;

/** AKS labels zones as eastus2-1 and nodes without one as 0; pools call the same zones 1, 2, 3. */
const zoneNumber = (label: string): string => /-(\d+)$/.exec(label)?.[1] ?? label;
