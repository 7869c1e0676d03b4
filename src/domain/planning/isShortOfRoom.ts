import type { Plan } from '../plan.ts';

/**
 * Whether a plan makes less room than it says is needed: one that moves no traffic, or whose traffic has moved already, may.
 * Waiting does not prove such a plan; another one, which may change weights or move a part, can help.
 */
export function isShortOfRoom({ expected, surges }: Plan): boolean {
  return expected.stamps.some(({ stamp, workloads }) => {
    const hpas = surges.find((surge) => surge.stamp === stamp)?.hpas ?? [];
    return workloads.some(({ workload, replicasNow, replicasNeeded }) => replicasNeeded > Math.max(replicasNow, hpas.find((hpa) => hpa.workload === workload)?.replicasWanted ?? 0));
  });
}
