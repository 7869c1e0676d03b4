import { ceilCount, replicasNeeded } from '../capacity/index.ts';
import type { LoadFacts, StampFacts, WorkloadFacts } from '../facts.ts';
import type { Fleet, StampName, Workload } from '../fleet.ts';
import type { ChainedEntry, Write } from '../ledgerEvent.ts';
import { planUndo, type RestoreTo, type UndoPlan } from '../planUndo.ts';
import { isUndoEntry, trafficTargets, type PendingUndo } from '../undo.ts';
import type { Reading } from '../reading.ts';
import { heldBy } from './holdRoom.ts';
import type { WorkloadLoads } from './loadBefore.ts';

/** What says how much of a surge the load still needs. */
export type RoomInUse = Readonly<Record<StampName, Pick<StampFacts, 'workloads' | 'load'>>>;

/**
 * Room that goes back, what its stamp's workloads served while the bounds to go back to were in force, and, where the room was held for users
 * who have come back, since when, epoch milliseconds.
 */
export type LentRoom = PendingUndo & { readonly loadBefore: WorkloadLoads; readonly trafficBackAt: number | null };

/** Front Door may take 20 minutes to bring users back, and an HPA goes by what it saw in the 5 before: lowered sooner, a minimum lets their pods go. */
const settlesMs = 30 * 60_000;

/** When a drill gave the users back to a stamp that it had held room in, the last time; null where it has not, and for all other stamps. */
export function trafficBackAt(entries: readonly ChainedEntry[], stamp: StampName): number | null {
  const isHeld = entries.some(({ event }) => event.type === 'PlanMade' && heldBy(event.plan).some((hold) => hold.stamp === stamp));
  if (!isHeld) return null;
  return entries.findLast(({ id, event }) => event.type === 'WriteSucceeded' && isUndoEntry(id) && trafficTargets.includes(event.write.target) && event.write.stamp === stamp)?.at ?? null;
}

/**
 * The way back of surges, in the order of `pending` (newest first, so pods before nodes). Never below what the load needs: an HPA's
 * maximum stays as high as the present load calls for, below which the HPA comes down by itself, but by the planner's rule only as far as the original
 * maximum did not carry that load before the surge: its owner may run it closer to its limit than a plan would. As long as one
 * keeps it, the pools of that stamp keep theirs. A load that is not known keeps the surge. Room that was taken (sheds) goes back
 * in any case. `now`: epoch milliseconds; room of a stamp whose users have only just come back stays until they have settled.
 */
export function planHandBack(pending: readonly LentRoom[], found: ReadonlyMap<string, Write>, inUse: RoomInUse, fleet: Fleet, now: number): UndoPlan {
  const unsettled = new Set(pending.flatMap(({ stamp, trafficBackAt: at }) => (at !== null && now < at + settlesMs ? [stamp] : [])));
  const before = new Map(pending.map((undo) => [undo.key, undo.loadBefore]));
  const hpaOf: RestoreTo = ({ key, restore }, current) =>
    restore.target === 'hpa' && current.target === 'hpa' ? hpaBack({ restore, current, before: before.get(key) ?? {}, inUse: inUse[restore.stamp], fleet }) : restore;
  const busy = new Set(
    pending.flatMap((undo) => {
      const current = found.get(undo.key);
      if (undo.restore.target !== 'hpa' || current === undefined) return [];
      const target = hpaOf(undo, current);
      return 'keep' in target || (target.target === 'hpa' && target.set.maxReplicas > undo.restore.set.maxReplicas) ? [undo.stamp] : [];
    }),
  );
  return planUndo(pending, found, (undo, current) => {
    const { restore } = undo;
    if (unsettled.has(restore.stamp)) return { keep: 'held on purpose for its users, who have only just come back; goes back once they have settled and the surge has run out' };
    if (restore.target !== 'pool' || current.target !== 'pool' || !busy.has(restore.stamp)) return hpaOf(undo, current);
    return { ...restore, set: { minCount: restore.set.minCount, maxCount: Math.max(restore.set.maxCount, current.set.maxCount) } };
  });
}

type HpaWrite = Extract<Write, { target: 'hpa' }>;

interface HpaOnItsWay {
  readonly restore: HpaWrite;
  readonly current: HpaWrite;
  readonly before: WorkloadLoads;
  readonly inUse: RoomInUse[string] | undefined;
  readonly fleet: Fleet;
}

function hpaBack({ restore, current, before, inUse, fleet }: HpaOnItsWay): ReturnType<RestoreTo> {
  if (restore.set.maxReplicas >= current.set.maxReplicas) return restore;
  if (inUse === undefined || inUse.workloads.kind === 'unknown') return { keep: 'what runs there is not known, left as it is' };
  const facts = inUse.workloads.value.find(({ hpa }) => hpa?.namespace === restore.namespace && hpa.name === restore.hpa);
  const settings = fleet.workloads.find(({ name }) => name === facts?.name);
  if (facts === undefined || settings === undefined) return restore;
  const load = loadOf(facts, settings.trafficShare, inUse.load);
  if (load === null) return { keep: 'its load is not known, left as it is' };
  // By requests alone: the cpu of pods that have just lost their traffic says nothing about what is left.
  const byPlanner = replicasNeeded(settings, null, { now: null, after: load }, fleet.policy);
  const needed = Math.min(byPlanner, asBefore(settings, restore.set.maxReplicas, before[settings.name] ?? 0, load));
  return { ...restore, set: { minReplicas: restore.set.minReplicas, maxReplicas: Math.min(current.set.maxReplicas, Math.max(restore.set.maxReplicas, needed)) } };
}

/** Replicas in proportion to what the original maximum carried, of which no more is believed than its replicas are rated for. */
function asBefore({ requestsPerSecondPerReplica }: Workload, maxReplicas: number, requestsPerSecondBefore: number, load: number): number {
  const carried = Math.min(requestsPerSecondBefore, maxReplicas * requestsPerSecondPerReplica);
  return carried > 0 ? ceilCount((maxReplicas * load) / carried) : Number.POSITIVE_INFINITY;
}

function loadOf({ name }: WorkloadFacts, trafficShare: number, load: Reading<LoadFacts>): number | null {
  if (load.kind === 'unknown') return null;
  return load.value.byWorkload[name] ?? load.value.requestsPerSecond * trafficShare;
}
