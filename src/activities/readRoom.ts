import type { RoomFacts, StampRoomFacts } from '../domain/facts.ts';
import type { Stamp, StampName } from '../domain/fleet.ts';
import { unknown } from '../domain/reading.ts';
import type { Ports } from '../ports/ports.ts';
import { stampNamed } from './applyWrite.ts';

/** What the proof of room rests on, of these stamps alone: it is asked for every few seconds, and reads no pod and no quota. */
export async function readRoom(ports: Ports, names: readonly StampName[]): Promise<RoomFacts> {
  const at = ports.clock.now();
  const stamps = names.map((name) => stampNamed(ports.fleet, name));
  const [loads, rooms] = await Promise.all([ports.demand.readLoad(stamps), Promise.all(stamps.map((stamp) => readStamp(ports, stamp)))]);
  return {
    at,
    stamps: Object.fromEntries(rooms.map(([name, room]) => [name, { ...room, load: loads[name] ?? unknown('no load was read for this stamp', at) }])),
  };
}

async function readStamp(ports: Ports, stamp: Stamp): Promise<readonly [StampName, Omit<StampRoomFacts, 'load'>]> {
  const runsHere = ports.fleet.workloads.filter(({ stamps }) => stamps === null || stamps.includes(stamp.name));
  const poolNames = [...new Set([...stamp.cluster.pools.map(({ name }) => name), ...runsHere.flatMap(({ pools }) => pools)])];
  const [pools, workloads, nodes] = await Promise.all([
    ports.compute.readPools(stamp),
    ports.workloads.readWorkloadStates(stamp, runsHere),
    ports.workloads.readNodeStates(stamp, poolNames),
  ]);
  return [stamp.name, { pools, workloads, nodes }];
}
