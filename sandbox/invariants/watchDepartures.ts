import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import { demandNoise } from '../world/demand.ts';
import { shareRequests } from '../world/frontDoor/routing.ts';
import type { FrontDoorConfig, SimulatedWorld, WorldSnapshot } from '../world/index.ts';
import type { SeenWrite } from './observeWrites.ts';
import { planBehind } from './planBehind.ts';

export interface DeparturesWatch {
  /** Called after each change of a gate or an origin, with the world as it is then and the stamps whose gates are closed. */
  after(write: SeenWrite, snapshot: WorldSnapshot, closed: ReadonlySet<string>): void;
  /** When I2 was broken, and in what words. */
  judge(entries: readonly ChainedEntry[]): readonly { readonly at: number; readonly message: string }[];
}

interface Overload {
  readonly write: SeenWrite;
  readonly stamp: string;
  readonly workload: string;
  readonly message: string;
}

interface Routing {
  readonly config: FrontDoorConfig;
  readonly closed: ReadonlySet<string>;
}

/**
 * A plan is reckoned from a minute of demand that is some minutes old when the traffic moves. In this world the two may differ by so much, up from its least and
 * down from its most; a plan that is wrong by more has not been unlucky. Well within what the ceiling leaves free.
 */
export const tolerance = 2 * demandNoise;

/** Requests per second; less more is no gain. */
const leastGain = 1;

/**
 * I2 on the way out, on the physics' own load and pods: what each workload of a stamp that gains by a change of a graceful run will have to serve once
 * every edge routes by it. Not judged: a stamp that was out and gets its own traffic back, as `watchReturns` does that; a workload that the plan lets go
 * without; a change that no graceful run made, which moved only what probes had moved before, or for which nobody has made room.
 * @param ceiling share 0..1 of its ready capacity that a stamp may be planned for.
 */
export function watchDepartures(world: SimulatedWorld, ceiling: number): DeparturesWatch {
  const overloads: Overload[] = [];
  let before: Routing = { config: world.frontDoor.asked, closed: new Set(world.snapshot().stamps.flatMap(({ name, gate }) => (gate === 'closed' ? [name] : []))) };
  return {
    after(write, snapshot, closed) {
      const now: Routing = { config: world.frontDoor.asked, closed };
      const [was, is] = [loadsBy(world, before), loadsBy(world, now)];
      before = now;
      for (const { name: stamp, workloads } of snapshot.stamps) {
        const ready = new Map(workloads.map((workload) => [workload.name, workload.ready]));
        for (const { name: workload, originGroup, trafficShare, requestsPerSecondPerPod } of world.stamps.get(stamp)?.spec.workloads ?? []) {
          const key = `${stamp}/${originGroup}`;
          const [had, load] = [(was.get(key) ?? 0) * trafficShare, (is.get(key) ?? 0) * trafficShare];
          const capacity = (ready.get(workload) ?? 0) * requestsPerSecondPerPod;
          if (had === 0 || load < had + leastGain * trafficShare || load <= capacity * ceiling * (1 + tolerance)) continue;
          const message = `${workload} in ${stamp} is to serve ${Math.round(load)} requests/s after ${write.target} ${write.subject}, and its ready pods carry ${Math.round(capacity)}, of which ${Math.round(ceiling * 100)} % may be used`;
          overloads.push({ write, stamp, workload, message });
        }
      }
    },
    judge: (entries) =>
      overloads.flatMap(({ write, stamp, workload, message }) => {
        const plan = planBehind(write, entries);
        if (plan?.mode !== 'graceful' || plan.sheds.some((shed) => shed.stamp === stamp && shed.workload === workload)) return [];
        return [{ at: write.at, message }];
      }),
  };
}

/** Requests per second by stamp and origin group, with the demand of now, once every edge has these settings and its probes have met these gates. */
function loadsBy(world: SimulatedWorld, { config, closed }: Routing): ReadonlyMap<string, number> {
  const at = world.clock.now();
  const loads = new Map<string, number>();
  for (const { name: group, origins, latencyWindowMs } of config.originGroups) {
    world.spec.pointsOfPresence.forEach((point, index) => {
      const demand = world.demandAt(index, group, at);
      const candidates = origins.map(({ stamp, enabled, priority, weight }) => ({
        enabled,
        priority,
        weight,
        healthy: !closed.has(stamp) && world.faults.active('regionDead', stamp) === null,
        latencyMs: point.latencyMsByStamp[stamp] ?? Number.POSITIVE_INFINITY,
      }));
      const shares = shareRequests(candidates, latencyWindowMs);
      origins.forEach(({ stamp }, order) => {
        const key = `${stamp}/${group}`;
        loads.set(key, (loads.get(key) ?? 0) + demand * (shares[order] ?? 0));
      });
    });
  }
  return loads;
}
