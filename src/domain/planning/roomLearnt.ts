import type { FleetContext } from './fleetContext.ts';
import type { FleetLoads } from './fleetLoads.ts';
import { sheddingNothing, type ShedChoice, type ShortUnder, type SizedStamp, type StampModels } from './sizeStamps.ts';

/**
 * What sizings have shown, so that a stamp need not be sized again where more was enough, or less was too much. An estimate: a plan
 * sizes in full what it accepts. Where nothing is shed, all what-ifs on the same models share it. Load of several origin groups is not
 * one number, and quota that stamps share not one stamp's: these are sized each time.
 */
export class RoomLearnt {
  /** By position of the stamp: the most that it took. */
  private readonly takes: Map<number, number>;
  /** By position of the stamp. */
  private readonly short: Map<number, ShortUnder>;
  private readonly sizedEachTime: ReadonlySet<number>;

  constructor({ model }: FleetContext, models: StampModels, shed: ShedChoice) {
    this.takes = shed === sheddingNothing ? models.takes : new Map<number, number>();
    this.short = shed === sheddingNothing ? models.short : new Map<number, ShortUnder>();
    const groups = new Map<number, number>();
    for (const group of model.groups) for (const index of new Set(group.origins.map(({ stampIndex }) => stampIndex))) groups.set(index, (groups.get(index) ?? 0) + 1);
    this.sizedEachTime = new Set([...groups.keys()].filter((index) => (groups.get(index) ?? 0) > 1 || models.sharesQuota(index)));
  }

  /** @returns the part of its load for which it has room, 1 for all; null where only sizing it can say. */
  partWithRoom(index: number, load: number): number | null {
    if (this.sizedEachTime.has(index)) return null;
    if (load <= (this.takes.get(index) ?? 0)) return 1;
    const short = this.short.get(index);
    return short !== undefined && load >= short.load ? short.part * (short.load / load) : null;
  }

  learn(sized: readonly SizedStamp[], after: FleetLoads): void {
    for (const one of sized) {
      const load = after.planned[one.index] ?? 0;
      if (one.sizing.shortfalls.length === 0) this.takes.set(one.index, Math.max(this.takes.get(one.index) ?? 0, load));
      else if (load < (this.short.get(one.index)?.load ?? Infinity)) this.short.set(one.index, { load, part: partPlaced(one) });
    }
  }
}

/** What is short without missing a pod is asked for a little less all the same. */
const mostOfShort = 0.96;

/**
 * Of the scarcest workload's pods those that have a place; of a stamp that is short, never all. What bounds, quotas and spreads hold back
 * counts by the root of the part that they let be: as large a step as for pods without a place would overshoot, and leave others short.
 */
export function partPlaced({ sizing }: SizedStamp): number {
  const { workloads, packing } = sizing;
  const placed = leastPart(workloads.map(({ replicasNeeded, unplaced }) => [replicasNeeded - unplaced, replicasNeeded]));
  if (placed < 1 && packing.closedZoneNodes.every((nodes) => nodes === 0)) return Math.min(mostOfShort, placed);
  const { replicas } = sizing.reachable();
  return Math.min(mostOfShort, placed, Math.sqrt(leastPart(workloads.map(({ replicasNeeded }, position) => [replicas[position] ?? 0, replicasNeeded]))));
}

const leastPart = (parts: readonly (readonly [part: number, of: number])[]): number => parts.reduce((least, [part, of]) => (of === 0 ? least : Math.min(least, Math.max(0, part) / of)), 1);
