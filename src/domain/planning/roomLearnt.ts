import type { FleetContext } from './fleetContext.ts';
import type { FleetLoads } from './fleetLoads.ts';
import type { SizedStamp, StampModels } from './sizeStamps.ts';

/** What a stamp was found to have room for: the most that it took, and the least that it was short under. */
interface Learnt {
  readonly takes: number;
  readonly shortAt: number;
  /** Of `shortAt`, the part for which there is room. */
  readonly part: number;
}

/**
 * What sizings under other weights have shown, so that a stamp need not be sized again where more was enough, or less was
 * too much. An estimate: what is accepted in the end is sized in full. Load of several origin groups is not one number,
 * and quota that stamps share not one stamp's: these are sized each time.
 */
export class RoomLearnt {
  private readonly learnt = new Map<number, Learnt>();
  private readonly sizedEachTime: ReadonlySet<number>;

  constructor({ model }: FleetContext, models: StampModels) {
    const groups = new Map<number, number>();
    for (const group of model.groups) for (const index of new Set(group.origins.map(({ stampIndex }) => stampIndex))) groups.set(index, (groups.get(index) ?? 0) + 1);
    this.sizedEachTime = new Set([...groups.keys()].filter((index) => (groups.get(index) ?? 0) > 1 || models.sharesQuota(index)));
  }

  /** @returns the part of its load for which it has room, 1 for all; null where only sizing it can say. */
  partWithRoom(index: number, load: number): number | null {
    const known = this.learnt.get(index);
    if (known === undefined || this.sizedEachTime.has(index)) return null;
    if (load <= known.takes) return 1;
    return load >= known.shortAt ? known.part * (known.shortAt / load) : null;
  }

  learn(sized: readonly SizedStamp[], after: FleetLoads): void {
    for (const one of sized) {
      const load = after.planned[one.index] ?? 0;
      const known = this.learnt.get(one.index) ?? { takes: 0, shortAt: Infinity, part: 1 };
      if (one.sizing.shortfalls.length === 0) this.learnt.set(one.index, { ...known, takes: Math.max(known.takes, load) });
      else if (load < known.shortAt) this.learnt.set(one.index, { ...known, shortAt: load, part: partPlaced(one) });
    }
  }
}

/** Of the scarcest workload's pods those that may be, and have a place. */
export function partPlaced({ sizing: { workloads } }: SizedStamp): number {
  return Math.min(1, ...workloads.map(({ replicasNeeded, replicasReachable }) => (replicasNeeded === 0 ? 1 : replicasReachable / replicasNeeded)));
}
