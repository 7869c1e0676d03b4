import type { PoolFacts, TrafficFacts, WorkloadFacts } from '../domain/facts.ts';
import type { Stamp, StampName } from '../domain/fleet.ts';
import type { ChainedEntry, Write } from '../domain/ledgerEvent.ts';
import { planHandBack, whyNoReturn, type RoomInUse } from '../domain/planning/index.ts';
import { comingBack, planUndo, worseTarget, type KeptSetting } from '../domain/planUndo.ts';
import { unknown, type Reading } from '../domain/reading.ts';
import { pendingUndo, trafficTargets, type PendingUndo } from '../domain/undo.ts';
import { workloadsOf } from '../domain/workloadsOf.ts';
import type { Ports } from '../ports/ports.ts';
import { stampNamed } from './applyWrite.ts';
import type { ActivityInput, UndoStep } from './contracts.ts';
import { guardedWrites } from './guardedWrites.ts';
import { pendingRoom } from './pendingRoom.ts';
import { readAssessment } from './readAssessment.ts';
import { recordStep } from './runLog.ts';

/**
 * Puts back what a run changed, newest first, as the domain plans it: no traffic into a region that is unhealthy (I10) or has scaled down since
 * its users left (I2), nothing that somebody else has changed (I12), no room below what the load needs. Repeating it is harmless: what is back already is no longer pending.
 */
export async function undoWrites(ports: Ports, step: ActivityInput<'undoWrites'>): Promise<UndoStep> {
  const room = step.what === 'room' ? await pendingRoom(ports, step.ofRun, step.request.runId) : [];
  const entries = step.what === 'traffic' ? await ports.ledger.readRun(step.ofRun) : [];
  const pending = step.what === 'room' ? room : pendingUndo(entries, trafficTargets);
  if (step.what === 'traffic') {
    const worse = worseTarget(pending, await readAssessment(ports));
    if (worse !== null) return { kind: 'heldBack', why: `${worse} is unhealthy: no traffic is moved back into it (I10)` };
  }
  const { found, inUse } = await readTargets(ports, pending);
  if (step.what === 'traffic') {
    const why = await shortOfReturn(ports, entries, comingBack(pending, found));
    if (why !== null) return { kind: 'heldBack', why };
  }
  const { writes, kept } = step.what === 'traffic' ? planUndo(pending, found) : planHandBack(room, found, inUse, ports.fleet, ports.clock.now());
  const applied = await guardedWrites(ports, step, writes, ports.clock.now(), { kind: 'undo', ofRun: step.ofRun });
  if (applied.kind === 'stopped') return applied;
  const refusedAt = (stamp: string): readonly string[] => applied.refused.filter((text) => writes.some(({ key, write }) => write.stamp === stamp && text.startsWith(`${key}: `)));
  if (step.what === 'room') {
    for (const stamp of new Set(pending.map((undo) => undo.stamp))) {
      await recordStep(ports, step, `handedBack:${stamp}`, { type: 'SurgeHandedBack', stamp, kept: [...kept.filter((one) => one.stamp === stamp).map(keptText), ...refusedAt(stamp)] });
    }
  }
  return { kind: 'undone', kept: [...kept.map(keptText), ...applied.refused] };
}

/** I2: why a stamp cannot have its users back, null where all can; a failback makes the room first. */
async function shortOfReturn(ports: Ports, entries: readonly ChainedEntry[], stamps: readonly StampName[]): Promise<string | null> {
  const whys = await Promise.all(
    stamps.map(async (name) => {
      const stamp = stampNamed(ports.fleet, name);
      return whyNoReturn(entries, name, await ports.workloads.readWorkloads(stamp, workloadsOf(ports.fleet, stamp)), ports.fleet);
    }),
  );
  const short = whys.filter((why) => why !== null);
  return short.length === 0 ? null : `${short.join('; ')}: traffic stays away (I2), and a failback makes the room before it moves it`;
}

const keptText = ({ key, why }: KeptSetting): string => `${key}: ${why}`;

interface Targets {
  /** By key; without those that cannot be read or are gone. */
  readonly found: ReadonlyMap<string, Write>;
  readonly inUse: RoomInUse;
}

/** What the targets of pending undos have now, each source read once; and of stamps with HPAs among them, what is running for which load. */
async function readTargets(ports: Ports, pending: readonly PendingUndo[]): Promise<Targets> {
  const read = settingsReader(ports);
  const found = new Map<string, Write>();
  for (const { key, restore } of pending) {
    const current = await read.setting(restore);
    if (current !== null) found.set(key, current);
  }
  const stamps = [...new Set(pending.flatMap(({ stamp, restore }) => (restore.target === 'hpa' ? [stamp] : [])))].map((name) => stampNamed(ports.fleet, name));
  const loads = stamps.length === 0 ? {} : await ports.demand.readLoad(stamps);
  const inUse: Record<string, RoomInUse[string]> = {};
  for (const stamp of stamps) inUse[stamp.name] = { workloads: await read.workloads(stamp), load: loads[stamp.name] ?? unknown('no load was read for this stamp', ports.clock.now()) };
  return { found, inUse };
}

interface SettingsReader {
  /** Null = unreadable or gone. */
  setting(write: Write): Promise<Write | null>;
  workloads(stamp: Stamp): Promise<Reading<readonly WorkloadFacts[]>>;
}

function settingsReader(ports: Ports): SettingsReader {
  const pools = new Map<string, Promise<Reading<readonly PoolFacts[]>>>();
  const workloads = new Map<string, Promise<Reading<readonly WorkloadFacts[]>>>();
  let traffic: Promise<Reading<TrafficFacts>> | null = null;
  const readWorkloads = (stamp: Stamp): Promise<Reading<readonly WorkloadFacts[]>> => once(workloads, stamp.name, () => ports.workloads.readWorkloads(stamp, workloadsOf(ports.fleet, stamp)));
  const setting = async (write: Write): Promise<Write | null> => {
    const stamp = stampNamed(ports.fleet, write.stamp);
    switch (write.target) {
      case 'pool': {
        const read = await once(pools, stamp.name, () => ports.compute.readPools(stamp));
        const pool = read.kind === 'known' ? read.value.find(({ name }) => name === write.pool) : undefined;
        return pool === undefined ? null : { ...write, set: { minCount: pool.minCount, maxCount: pool.maxCount } };
      }
      case 'hpa': {
        const read = await readWorkloads(stamp);
        const hpa = read.kind === 'known' ? read.value.find((workload) => workload.hpa?.namespace === write.namespace && workload.hpa.name === write.hpa)?.hpa : undefined;
        return hpa ? { ...write, set: { minReplicas: hpa.minReplicas, maxReplicas: hpa.maxReplicas } } : null;
      }
      case 'origin': {
        traffic ??= ports.traffic.readTraffic();
        const read = await traffic;
        const group = read.kind === 'known' ? read.value.originGroups.find(({ name }) => name === write.originGroup) : undefined;
        const origin = group?.origins.find((candidate) => candidate.origin === write.origin);
        return origin === undefined ? null : { ...write, set: { weight: origin.weight, enabled: origin.enabled } };
      }
      case 'gate': {
        const read = await ports.gate.readGate(stamp);
        return read.kind === 'known' ? { ...write, set: read.value.state } : null;
      }
    }
  };
  return { setting, workloads: readWorkloads };
}

function once<T>(cache: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const cached = cache.get(key) ?? read();
  cache.set(key, cached);
  return cached;
}
