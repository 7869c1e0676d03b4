import { suffixOf } from '../prng.ts';
import type { StampSpec } from '../types.ts';

/** As AKS names the machines of a scale set: aks-POOL-NUMBER-vmss and six digits in base 36. */
export function vmName(stamp: string, pool: string, ordinal: number): string {
  return `${scaleSetName(stamp, pool)}${ordinal.toString(36).padStart(6, '0')}`;
}

export function scaleSetName(stamp: string, pool: string): string {
  let number = 0;
  for (const character of `${stamp}/${pool}`) number = (number * 31 + character.charCodeAt(0)) % 90_000_000;
  return `aks-${pool}-${number + 10_000_000}-vmss`;
}

export function replicaSetName(of: { readonly spec: StampSpec; readonly seed: number }, workload: string): string {
  const deployment = of.spec.workloads.find((candidate) => candidate.name === workload)?.deployment ?? workload;
  return `${deployment}-${suffixOf(of.seed, `replica set ${of.spec.name}/${workload}`, 10)}`;
}

export function podName(of: { readonly spec: StampSpec; readonly seed: number }, workload: string, ordinal: number): string {
  return `${replicaSetName(of, workload)}-${suffixOf(of.seed, `pod ${of.spec.name}/${workload}/${ordinal}`, 5)}`;
}
