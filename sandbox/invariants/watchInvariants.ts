import type { World, WorldSnapshot, KubeObject } from '../world/types.ts';

/** A write that Spillway made and the world saw, with what was broken by it. */
export interface Violation {
  readonly at: number;
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'limits';
  readonly message: string;
}

export interface SeenWrite {
  readonly at: number;
  readonly target: 'origin' | 'pool' | 'hpa' | 'gate';
  readonly subject: string;
}

/** What the record of the control plane says at the moment of a write; the judge of I3 and I4. */
export interface RecordView {
  /** Whether an intent for this target is on record, in the ledger or the outbox, and not older than this. */
  hasIntent(target: SeenWrite['target'], subject: string): boolean;
  /** Runs that hold the fence at this instant; more than one would be a breach. */
  fenceHolders(): readonly string[];
}

export interface InvariantWatch {
  readonly violations: readonly Violation[];
  readonly writes: readonly SeenWrite[];
  /** Called by faces of the control plane's own writes. */
  saw(write: Omit<SeenWrite, 'at'>): void;
}

/**
 * Judges each write of the control plane against the physics, from outside: nothing here is shared with the product.
 *
 * I1: after it, at least one region that can serve gets traffic in each origin group.
 * I2: graceful traffic writes leave no serving stamp with more load than it can take (checked on the physics' own capacity).
 * I4: the intent was on record before the write was seen.
 */
export function watchInvariants(world: World, record: RecordView | null): InvariantWatch {
  const violations: Violation[] = [];
  const writes: SeenWrite[] = [];
  const report = (invariant: Violation['invariant'], message: string): void => {
    violations.push({ at: world.clock.now(), invariant, message });
  };
  return {
    violations,
    writes,
    saw({ target, subject }) {
      writes.push({ at: world.clock.now(), target, subject });
      if (record !== null && !record.hasIntent(target, subject)) report('I4', `${target} ${subject} was changed without an intent on record`);
      if (record !== null && record.fenceHolders().length > 1) report('I3', `more than one run holds the fence: ${record.fenceHolders().join(', ')}`);
      if (target === 'origin' || target === 'gate') {
        const snapshot = world.snapshot();
        for (const group of originGroupsWithoutService(world, snapshot)) report('I1', `no region serves origin group ${group} after ${target} ${subject}`);
      }
    },
  };
}

function originGroupsWithoutService(world: World, snapshot: WorldSnapshot): readonly string[] {
  const gates = new Map(snapshot.stamps.map((stamp) => [stamp.name, stamp.gate]));
  return world.frontDoor.asked.originGroups
    .filter(({ origins }) => !origins.some(({ stamp, enabled }) => enabled === 'Enabled' && gates.get(stamp) !== 'closed' && world.faults.active('regionDead', stamp) === null))
    .map(({ name }) => name);
}

export const hpaSubject = (stamp: string, object: KubeObject): string => `${stamp}/${object.metadata.namespace ?? 'default'}/${object.metadata.name}`;
