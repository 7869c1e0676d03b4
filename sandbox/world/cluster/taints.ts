interface Taint {
  readonly key?: unknown;
  readonly effect?: unknown;
}

/**
 * Whom a node keeps off: new pods when it is cordoned or has a NoSchedule taint, those that are there as well with a NoExecute taint.
 * The workloads of a fleet tolerate none; the taint of a cordon comes and goes with the cordon.
 */
export function repelledBy(nodeSpec: object): 'nobody' | 'newPods' | 'everyone' {
  const taints: readonly Taint[] = 'taints' in nodeSpec && Array.isArray(nodeSpec.taints) ? nodeSpec.taints : [];
  const effects = new Set(taints.filter(({ key }) => key !== 'node.kubernetes.io/unschedulable').map(({ effect }) => effect));
  if (effects.has('NoExecute')) return 'everyone';
  const isCordoned = 'unschedulable' in nodeSpec && nodeSpec.unschedulable === true;
  return isCordoned || effects.has('NoSchedule') ? 'newPods' : 'nobody';
}
