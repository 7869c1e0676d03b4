import type { FleetFacts, StampFacts } from '../domain/facts.ts';
import type { Stamp, StampName } from '../domain/fleet.ts';
import { known, unknown } from '../domain/reading.ts';
import { workloadsOf } from '../domain/workloadsOf.ts';
import type { Ports } from '../ports/ports.ts';
import { learnFromRuns, learntDrains, withStartTimes } from './learntFromRuns.ts';

/** Shorter than the wait between two looks at the room, so that each look reads for itself. */
const atHandMs = 4_000;

/** What this process has read last and has changed nothing since. */
const atHand = new WeakMap<Ports, { readonly readAt: number; readonly facts: Promise<FleetFacts> }>();

/**
 * For the steps of a run that follow one another at once: a proof, the plan that comes of it, and the proof of that one stand on
 * one reading of the fleet, some seconds old at the most. Ages count to now.
 */
export async function factsAtHand(ports: Ports): Promise<FleetFacts> {
  const last = atHand.get(ports);
  // Of a clock that was set back no age can be told.
  if (last === undefined || Math.abs(ports.clock.now() - last.readAt) > atHandMs) return readFacts(ports);
  return { ...(await last.facts), at: ports.clock.now() };
}

/** A change was made or tried: what was read before it no longer tells how things are. */
export function forgetFacts(ports: Ports): void {
  atHand.delete(ports);
}

/** Everything a plan is computed from, read side by side; what could not be read is unknown in its place. */
export function readFacts(ports: Ports): Promise<FleetFacts> {
  const facts = readAll(ports);
  atHand.set(ports, { readAt: ports.clock.now(), facts });
  facts.catch(() => atHand.delete(ports));
  return facts;
}

async function readAll(ports: Ports): Promise<FleetFacts> {
  const at = ports.clock.now();
  const { fleet } = ports;
  const [traffic, demand, loads, stamps] = await Promise.all([
    ports.traffic.readTraffic(),
    ports.demand.readDemand(),
    ports.demand.readLoad(fleet.stamps),
    Promise.all(fleet.stamps.map((stamp) => readStamp(ports, stamp))),
    learnFromRuns(ports),
  ]);
  return {
    at,
    traffic,
    demand,
    drains: learntDrains(ports),
    stamps: Object.fromEntries(
      fleet.stamps.map((stamp, index) => {
        const facts = stamps[index];
        if (facts === undefined) throw new Error(`no facts read for ${stamp.name}`);
        return [stamp.name, { ...facts, pools: withStarts(ports, stamp, facts.pools), load: loads[stamp.name] ?? unknown('no load was read for this stamp', at) }];
      }),
    ),
  };
}

/** Younger than this, what is read of quotas and addresses counts what has come a moment ago. */
const headroomMaxAgeMs = 15_000;

/**
 * The same with quotas and addresses of these stamps read anew: a run's own nodes and pods have taken some since they were last read, and
 * what is kept of them would be counted on twice.
 */
export async function withHeadroomAnew(ports: Ports, facts: FleetFacts, stamps: ReadonlySet<StampName>): Promise<FleetFacts> {
  const anew = await Promise.all(
    ports.fleet.stamps.filter(({ name }) => stamps.has(name)).map(async (stamp) => {
      const [quota, network] = await Promise.all([ports.headroom.readQuota(stamp, headroomMaxAgeMs), ports.headroom.readNetwork(stamp, headroomMaxAgeMs)]);
      const before = facts.stamps[stamp.name];
      return before === undefined ? [] : [[stamp.name, { ...before, quota, network }] as const];
    }),
  );
  return { ...facts, stamps: { ...facts.stamps, ...Object.fromEntries(anew.flat()) } };
}

async function readStamp(ports: Ports, stamp: Stamp): Promise<Omit<StampFacts, 'load'>> {
  const readPools = ports.compute.readPools(stamp);
  const [pools, prices, workloads, nodes, quota, skus, network, gate] = await Promise.all([
    readPools,
    readPools.then((read) => (read.kind === 'known' ? ports.prices.readPrices(stamp.region, read.value.map(({ vmSize }) => vmSize)) : read)),
    ports.workloads.readWorkloads(stamp, workloadsOf(ports.fleet, stamp)),
    ports.workloads.readNodes(stamp),
    ports.headroom.readQuota(stamp),
    ports.headroom.readSkus(stamp),
    ports.headroom.readNetwork(stamp),
    stamp.gate === null ? null : ports.gate.readGate(stamp),
  ]);
  const gateState = gate === null ? {} : { gate: gate.kind === 'known' ? known(gate.value.state, gate.observedAt) : gate };
  return { pools, prices, workloads, nodes, quota, skus, network, ...gateState };
}

const withStarts = (ports: Ports, { name }: Stamp, pools: StampFacts['pools']): StampFacts['pools'] => (pools.kind === 'known' ? known(withStartTimes(ports, name, pools.value), pools.observedAt) : pools);
