import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import type { Resources } from '../../domain/facts.ts';
import { addResources, maxResources, noResources, toResources } from './quantities.ts';
import type { Wire } from './reader.ts';

/** A pod's spec as it was parsed once; most are met again at the next look. */
const reckoned = new WeakMap<Wire<V1PodSpec>, Resources>();

/**
 * What the scheduler reserves for a pod: the larger of its running containers with their sidecars, and of each init
 * container with the sidecars started before it, plus the runtime's overhead
 * (Kubernetes, "Pod overhead" and "Resource sharing within containers").
 */
export function podRequests(spec: Wire<V1PodSpec>): Resources {
  const before = reckoned.get(spec);
  if (before !== undefined) return before;
  const requests = podSum(spec, requestsOf, spec.resources?.requests);
  reckoned.set(spec, requests);
  return requests;
}

/** The same sum over limits; a container without one adds nothing. */
export const podLimits = (spec: Wire<V1PodSpec>): Resources => podSum(spec, (container) => toResources(container.resources?.limits, 'up'), spec.resources?.limits);

const reckonedWith: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** Names of what else its containers ask for: devices such as nvidia.com/gpu, huge pages. */
export const otherRequests = (spec: Wire<V1PodSpec>): readonly string[] =>
  [...new Set([...(spec.initContainers ?? []), ...spec.containers].flatMap(({ resources }) => Object.keys({ ...resources?.limits, ...resources?.requests }).filter((name) => !reckonedWith.has(name))))].toSorted();

/** `ofPod`: what the pod itself names, which counts where it is more than its containers add up to. */
function podSum(spec: Wire<V1PodSpec>, amountOf: (container: Wire<V1Container>) => Resources, ofPod: Readonly<Record<string, string>> | undefined): Resources {
  let sidecars = noResources;
  let initPeak = noResources;
  for (const container of spec.initContainers ?? []) {
    const asked = amountOf(container);
    if (container.restartPolicy === 'Always') {
      sidecars = addResources(sidecars, asked);
      initPeak = maxResources(initPeak, sidecars);
    } else {
      initPeak = maxResources(initPeak, addResources(sidecars, asked));
    }
  }
  const running = spec.containers.reduce((sum, container) => addResources(sum, amountOf(container)), sidecars);
  return addResources(maxResources(maxResources(running, initPeak), toResources(ofPod, 'up')), toResources(spec.overhead, 'up'));
}

/** A resource with a limit and no request is requested at its limit. */
function requestsOf(container: Wire<V1Container>): Resources {
  return toResources({ ...container.resources?.limits, ...container.resources?.requests }, 'up');
}
