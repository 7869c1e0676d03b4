import type { Fleet, Stamp } from '../domain/fleet.ts';
import type { Write } from '../domain/ledgerEvent.ts';
import type { WriteOutcome } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';

/** Makes one change through the port of its target. `undo` names the value that must still be there for a pool. */
export function applyWrite(ports: Ports, write: Write, undo: Write, runId: string): Promise<WriteOutcome> {
  const stamp = stampNamed(ports.fleet, write.stamp);
  switch (write.target) {
    case 'pool': {
      if (undo.target !== 'pool') throw new Error(`undo of a pool write is a ${undo.target} write`);
      return ports.compute.applyPoolBounds(stamp, write.pool, write.set, undo.set);
    }
    case 'hpa':
      return ports.workloads.applyHpaBounds(stamp, { namespace: write.namespace, name: write.hpa }, write.set);
    case 'origin':
      return ports.traffic.applyOrigin(stamp, originNamed(stamp, write.originGroup, write.origin), write.set);
    case 'gate':
      return ports.gate.applyGate(stamp, write.set, write.expiresAt, runId);
  }
}

export function stampNamed(fleet: Fleet, name: string): Stamp {
  const stamp = fleet.stamps.find((candidate) => candidate.name === name);
  if (stamp === undefined) throw new Error(`stamp ${name} is not in the fleet file`);
  return stamp;
}

export function originNamed(stamp: Stamp, originGroup: string, origin: string): Stamp['origins'][number] {
  const found = stamp.origins.find((candidate) => candidate.originGroup === originGroup && candidate.origin === origin);
  if (found === undefined) throw new Error(`stamp ${stamp.name} has no origin ${originGroup}/${origin}`);
  return found;
}
