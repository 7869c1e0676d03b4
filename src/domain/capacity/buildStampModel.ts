import type { Resources, StampFacts, WorkloadFacts } from '../facts.ts';
import type { Stamp, Workload } from '../fleet.ts';
import { buildLimits } from './growthLimits.ts';
import { mostRoom } from './mostRoom.ts';
import { largestFirst, tierFirst } from './packingOrder.ts';
import { podsOnNode, skewOverNodes, skewOverZones } from './placementRules.ts';
import { buildPoolModels, type PoolModel } from './poolModel.ts';
import { servingAtMost } from './replicaLimits.ts';
import type { StampModel, UnknownInput, WorkloadModel } from './stampModel.ts';

export function buildStampModel(stamp: Stamp, workloads: readonly Workload[], facts: StampFacts): StampModel {
  const pools = buildPoolModels(stamp, workloads, facts);
  const factsOf = factsByName(facts);
  const poolsOf = poolChoices(pools);
  const models = workloads.map((workload) => workloadModel(workload, factsOf.get(workload.name) ?? null, poolsOf));
  const limits = buildLimits(stamp, pools, facts);
  const bySize = largestFirst(models, pools);
  return {
    stamp,
    workloads: models,
    pools,
    largestFirst: bySize,
    tierFirst: tierFirst(bySize, models),
    smallestPod: smallestPod(models),
    limits,
    mostRoom: mostRoom(pools, limits),
    nodes: facts.nodes.kind,
    network: facts.network,
    unknown: [...unknownInputs(stamp, facts), ...unsaid(stamp, pools, facts), ...models.flatMap((model) => unknownOfWorkload(stamp, model, facts))],
  };
}

function smallestPod(workloads: readonly WorkloadModel[]): Resources | null {
  const least = { cpuMillicores: Infinity, memoryMiB: Infinity, ephemeralStorageMiB: Infinity };
  for (const { request, hostSkew, onNode } of workloads) {
    if (hostSkew !== null || onNode === 'one') return null;
    least.cpuMillicores = Math.min(least.cpuMillicores, request.cpuMillicores);
    least.memoryMiB = Math.min(least.memoryMiB, request.memoryMiB);
    least.ephemeralStorageMiB = Math.min(least.ephemeralStorageMiB, request.ephemeralStorageMiB);
  }
  return least;
}

const inputs = ['pools', 'workloads', 'nodes', 'quota', 'skus', 'network', 'load', 'gate'] as const;

function unknownInputs(stamp: Stamp, facts: StampFacts): UnknownInput[] {
  return inputs.flatMap((input) => {
    const reading = facts[input];
    return reading?.kind === 'unknown' ? [{ input: `${stamp.name}.${input}`, why: reading.why }] : [];
  });
}

/** What readings that are there leave open. */
function unsaid(stamp: Stamp, pools: readonly PoolModel[], { network, load }: StampFacts): UnknownInput[] {
  const reservations = pools.filter(({ facts: { capacityReservationGroupId: group, reservedNodesFree: free } }) => group !== null && (free === null || free === undefined));
  const plugin = network.kind === 'known' && network.value.plugin === 'unknown' ? [{ input: `${stamp.name}.networkPlugin`, why: 'how many addresses a node takes under its network plugin is not known' }] : [];
  const forecast = load.kind === 'known' && load.value.forecastUnknown !== undefined ? [{ input: `${stamp.name}.forecast`, why: load.value.forecastUnknown }] : [];
  return [...forecast, ...plugin, ...reservations.map(({ facts: { name } }) => ({ input: `${stamp.name}.${name}.capacityReservation`, why: 'the machines left in its capacity reservation group could not be read' }))];
}

/** A workload that the answer left out, one whose pods ask for nothing, and a metric that its HPA lacks and that the worst case stands in for. */
function unknownOfWorkload(stamp: Stamp, { workload, facts }: WorkloadModel, { workloads }: StampFacts): UnknownInput[] {
  if (workloads.kind === 'unknown') return [];
  if (facts === null) return [{ input: `${stamp.name}.${workload.name}`, why: `${workload.namespace}/${workload.deployment} was not in the answer` }];
  const { hpa, podRequests } = facts;
  const weightless = podRequests.cpuMillicores > 0 ? [] : [{ input: `${stamp.name}.${workload.name}.podRequests`, why: 'its pods ask for no cpu: how many of them a node carries is not known' }];
  if (hpa === null || hpa.targetCpuUtilisationPercent === null || hpa.currentCpuUtilisationPercent !== null) return weightless;
  return [...weightless, { input: `${stamp.name}.${workload.name}.cpuUtilisation`, why: 'the HPA reports none: taken as 100 %' }];
}

function factsByName({ workloads }: StampFacts): ReadonlyMap<string, WorkloadFacts> {
  const byName = new Map<string, WorkloadFacts>();
  if (workloads.kind === 'known') for (const one of workloads.value) byName.set(one.name, one);
  return byName;
}

const noRequest: Resources = { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0 };

function workloadModel(workload: Workload, facts: WorkloadFacts | null, poolsOf: (names: readonly string[]) => PoolChoice): WorkloadModel {
  const { positions, mayUse, zones } = poolsOf(workload.pools);
  const zoneSkew = skewOverZones(facts);
  const failing = facts?.failingReplicas ?? 0;
  return {
    workload,
    facts,
    request: facts?.podRequests ?? noRequest,
    bound: facts === null ? 0 : Math.max(0, (facts.scheduledReplicas ?? Math.min(facts.readyReplicas, facts.requestedReplicas)) - failing),
    failing,
    mayServe: servingAtMost({ workload, facts, failing }),
    pools: positions,
    mayUse,
    zoneSkew,
    hostSkew: skewOverNodes(facts),
    onNode: podsOnNode(facts),
    spreadZones: zoneSkew === null ? [] : zones,
  };
}

interface PoolChoice {
  /** Positions in `StampModel.pools`. */
  readonly positions: readonly number[];
  readonly mayUse: Uint8Array;
  readonly zones: readonly string[];
}

/** Worked out once for all workloads that may use the same pools: of these choices there are few. */
function poolChoices(pools: readonly PoolModel[]): (names: readonly string[]) => PoolChoice {
  const known: (PoolChoice & { readonly names: readonly string[] })[] = [];
  return (names) => {
    for (const choice of known) if (sameNames(choice.names, names)) return choice;
    const positions = pools.flatMap(({ facts }, position) => (names.includes(facts.name) ? [position] : []));
    const mayUse = Uint8Array.from(pools, (_, position) => (positions.includes(position) ? 1 : 0));
    const choice = { names, positions, mayUse, zones: zonesOf(positions.flatMap((position) => pools[position] ?? [])) };
    known.push(choice);
    return choice;
  };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function zonesOf(pools: readonly PoolModel[]): string[] {
  const zones = pools.flatMap((pool) => pool.zones.filter((zone, at) => zone !== '' && ((pool.nodesByZone[at] ?? 0) > 0 || pool.facts.zones.includes(zone))));
  return [...new Set(zones)].toSorted();
}
