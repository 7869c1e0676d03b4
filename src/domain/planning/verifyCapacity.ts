import { freshStampFacts } from '../capacity/index.ts';
import type { FleetFacts, StampFacts, WorkloadFacts } from '../facts.ts';
import type { Fleet } from '../fleet.ts';
import type { ProvedStamp } from '../ledgerEvent.ts';
import { unknown } from '../reading.ts';
import type { ExpectedStamp, Plan, StampSurge } from '../plan.ts';
import { heldBy, holdLost } from './holdRoom.ts';

/** I2, before a graceful shift: the room is there now, in pods that answer, on nodes in more than one zone. */
export type CapacityProof =
  | { readonly kind: 'proved'; readonly stamps: readonly ProvedStamp[] }
  | { readonly kind: 'notYet'; readonly missing: readonly string[] }
  | { readonly kind: 'impossible'; readonly why: readonly string[] };

/** `impossible` = waiting cannot help: another owner has taken back the bounds that the plan rests on. */
export function verifyCapacity(plan: Plan, facts: FleetFacts, fleet: Fleet): CapacityProof {
  const gaining = plan.expected.stamps.filter(({ workloads }) => workloads.length > 0);
  const verdicts = gaining.map((expected) => verifyStamp(plan, expected, facts, fleet));
  const held = heldBy(plan);
  const why = [...verdicts.flatMap((verdict) => verdict.impossible), ...held.flatMap((hold) => holdLost(hold, workloadsRead(facts, hold.stamp)))];
  if (why.length > 0) return { kind: 'impossible', why };
  const missing = [...verdicts.flatMap((verdict) => verdict.missing), ...held.flatMap((hold) => notHeldYet(hold, facts))];
  if (missing.length > 0) return { kind: 'notYet', missing };
  return { kind: 'proved', stamps: verdicts.flatMap(({ proved }) => (proved === null ? [] : [proved])) };
}

const workloadsRead = (facts: FleetFacts, stamp: string): StampFacts['workloads'] => {
  const read = facts.stamps[stamp];
  return read === undefined ? unknown('nothing was read', facts.at) : freshStampFacts(read, facts.at).workloads;
};

/** A drill's stamp gives its users away only while what they come back to is there. */
function notHeldYet({ stamp, hpas }: StampSurge, facts: FleetFacts): string[] {
  const workloads = workloadsRead(facts, stamp);
  if (workloads.kind === 'unknown') return [`${stamp}: what runs there for its users' return is not known (${workloads.why})`];
  return hpas.flatMap(({ workload, replicasWanted }) => {
    const facts = workloads.value.find(({ name }) => name === workload);
    const ready = facts === undefined ? 0 : readyPods(facts);
    return ready < replicasWanted ? [`${stamp}: ${workload} has ${ready} of the ${replicasWanted} pods ready that its users come back to`] : [];
  });
}

interface StampVerdict {
  readonly missing: readonly string[];
  readonly impossible: readonly string[];
  readonly proved: ProvedStamp | null;
}

function verifyStamp(plan: Plan, expected: ExpectedStamp, facts: FleetFacts, fleet: Fleet): StampVerdict {
  const { stamp } = expected;
  const read = facts.stamps[stamp];
  if (read === undefined) return { missing: [`${stamp}: nothing was read`], impossible: [], proved: null };
  const fresh = freshStampFacts(read, facts.at);
  const missing: string[] = [];
  const impossible: string[] = [];
  if (fresh.workloads.kind === 'unknown') return { missing: [`${stamp}: workloads are not known (${fresh.workloads.why})`], impossible, proved: null };
  if (fresh.nodes.kind === 'unknown') return { missing: [`${stamp}: nodes are not known (${fresh.nodes.why})`], impossible, proved: null };
  missing.push(...missingNodes(plan, stamp, fresh), ...saturation(stamp, fresh, fleet));
  const zones = zonesOfNodes(plan, stamp, fresh, fleet);
  let utilisation = 0;
  for (const { workload: name, replicasNeeded, requestsPerSecondAfter } of expected.workloads) {
    const workload = fresh.workloads.value.find((one) => one.name === name);
    const rated = fleet.workloads.find((one) => one.name === name)?.requestsPerSecondPerReplica;
    if (workload === undefined || rated === undefined) {
      missing.push(`${stamp}: ${name} was not read`);
      continue;
    }
    impossible.push(...takenBack(stamp, workload, replicasNeeded));
    const ready = readyPods(workload);
    if (ready < replicasNeeded) missing.push(`${stamp}: ${name} has ${ready} of ${replicasNeeded} pods ready`);
    missing.push(...inOneZone(stamp, workload, Math.min(zones.wanted, replicasNeeded), zones.of));
    utilisation = Math.max(utilisation, ready > 0 ? requestsPerSecondAfter / (ready * rated) : requestsPerSecondAfter > 0 ? Infinity : 0);
  }
  if (utilisation > fleet.policy.utilisationCeiling) missing.push(`${stamp}: the load would be ${Math.round(utilisation * 100)} % of ready capacity, above the ceiling of ${Math.round(fleet.policy.utilisationCeiling * 100)} %`);
  if (zones.present < zones.wanted) missing.push(`${stamp}: ready nodes lie in ${zones.present} of ${zones.wanted} zones`);
  const capacity = utilisation > 0 ? expected.requestsPerSecondAfter / utilisation : expected.requestsPerSecondAfter;
  return { missing, impossible, proved: { stamp, requestsPerSecondAfter: expected.requestsPerSecondAfter, capacityRequestsPerSecond: capacity, utilisation, zones: zones.present } };
}

/** A pod counts once it is available and the Deployment has seen its newest generation. */
function readyPods({ generationObserved, readyReplicas, availableReplicas }: WorkloadFacts): number {
  return generationObserved === 'current' ? Math.min(readyReplicas, availableReplicas) : 0;
}

function missingNodes(plan: Plan, stamp: string, fresh: StampFacts): string[] {
  const pools = plan.surges.find((surge) => surge.stamp === stamp)?.pools ?? [];
  if (fresh.nodes.kind === 'unknown') return [];
  const nodes = fresh.nodes.value;
  return pools.flatMap(({ pool, nodesWanted }) => {
    const ready = nodes.filter((node) => node.pool === pool && node.ready === 'ready' && node.schedulable === 'schedulable').length;
    return ready < nodesWanted ? [`${stamp}: pool ${pool} has ${ready} of ${nodesWanted} nodes ready`] : [];
  });
}

/** A survivor that fails requests already, or lets them wait, is no place for more of them. */
function saturation(stamp: string, { load }: StampFacts, { signals }: Fleet): string[] {
  if (load.kind === 'unknown') return [];
  const { errorRate, latencyMs } = load.value;
  return [
    ...(errorRate > signals.errorRate.unhealthy ? [`${stamp}: ${Math.round(errorRate * 1000) / 10} % of its requests fail under the load it has`] : []),
    ...(latencyMs > signals.latencyMs.unhealthy ? [`${stamp}: its requests take ${Math.round(latencyMs)} ms under the load it has`] : []),
  ];
}

/** Bounds below what the plan needs, moved by a reconciler: it will do so again. */
function takenBack(stamp: string, { name, hpa }: WorkloadFacts, replicasNeeded: number): string[] {
  if (hpa === null || hpa.owner.kind !== 'reconciler' || hpa.owner.ignoresBounds === 'ignored' || hpa.maxReplicas >= replicasNeeded) return [];
  return [`${stamp}: ${hpa.owner.manager} holds the HPA of ${name} at ${hpa.maxReplicas} replicas, ${replicasNeeded} are needed`];
}

/** Pods that all sit in one zone are lost with it, however many nodes the others have. */
function inOneZone(stamp: string, { name, readyOnNodes }: WorkloadFacts, wanted: number, zoneOf: ReadonlyMap<string, string>): string[] {
  if (readyOnNodes === undefined) return [];
  const zones = new Set(readyOnNodes.flatMap((node) => zoneOf.get(node) ?? []));
  return zones.size < wanted ? [`${stamp}: ready pods of ${name} lie in ${zones.size} of ${wanted} zones`] : [];
}

/** Ready nodes must lie in as many zones as their pool spans, or as there are nodes. */
function zonesOfNodes(plan: Plan, stamp: string, fresh: StampFacts, fleet: Fleet): { readonly present: number; readonly wanted: number; readonly of: ReadonlyMap<string, string> } {
  if (fresh.pools.kind === 'unknown' || fresh.nodes.kind === 'unknown') return { present: 0, wanted: 0, of: new Map() };
  const expected = plan.expected.stamps.find((one) => one.stamp === stamp)?.workloads.map(({ workload }) => workload) ?? [];
  const pools = new Set(fleet.workloads.filter(({ name }) => expected.includes(name)).flatMap(({ pools: names }) => names));
  const ready = fresh.nodes.value.filter((node) => pools.has(node.pool) && node.ready === 'ready' && node.schedulable === 'schedulable');
  const present = new Set(ready.map(({ zone }) => zone)).size;
  const spanned = Math.max(1, ...fresh.pools.value.filter(({ name }) => pools.has(name)).map(({ zones }) => zones.length));
  return { present, wanted: Math.min(2, spanned, ready.length), of: new Map(fresh.nodes.value.map(({ name, zone }) => [name, zone])) };
}
