import type { WorkloadFacts } from '../facts.ts';
import type { WorkloadModel } from './stampModel.ts';

const zoneKey = 'topology.kubernetes.io/zone';
const hostKey = 'kubernetes.io/hostname';

/** `maxSkew` of a DoNotSchedule spread over zones; null without one. */
export const skewOverZones = (facts: WorkloadFacts | null): number | null => skewOver(facts, zoneKey);
export const skewOverNodes = (facts: WorkloadFacts | null): number | null => skewOver(facts, hostKey);

function skewOver(facts: WorkloadFacts | null, key: string): number | null {
  if (facts === null) return null;
  for (const { topologyKey, whenUnsatisfiable, maxSkew } of facts.topologySpread) if (topologyKey === key && whenUnsatisfiable === 'DoNotSchedule') return maxSkew;
  return null;
}

/** One where a required anti-affinity keeps its pods apart over nodes. */
export const podsOnNode = (facts: WorkloadFacts | null): WorkloadModel['onNode'] => (facts?.apartOver?.includes(hostKey) === true ? 'one' : 'many');

/** Topology keys of rules on where its pods may be that the packing does not know. */
export function rulesUnknown(facts: WorkloadFacts): readonly string[] {
  const spreads = facts.topologySpread.filter(({ whenUnsatisfiable, topologyKey }) => whenUnsatisfiable === 'DoNotSchedule' && topologyKey !== zoneKey && topologyKey !== hostKey).map(({ topologyKey }) => topologyKey);
  return [...spreads, ...(facts.apartOver ?? []).filter((key) => key !== hostKey)];
}
