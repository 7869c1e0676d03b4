import type { PoolFacts, TrafficFacts, WorkloadFacts } from '../domain/facts.ts';
import type { Write } from '../domain/ledgerEvent.ts';
import { originalSetting, pendingUndo, roomTargets, sameSetting, trafficTargets, type PendingUndo } from '../domain/undo.ts';
import type { PlannedWrite } from '../domain/planWrites.ts';
import type { Reading } from '../domain/reading.ts';
import type { Ports } from '../ports/ports.ts';
import { stampNamed } from './applyWrite.ts';
import type { ActivityInput, UndoStep } from './contracts.ts';
import { guardedWrites } from './guardedWrites.ts';
import { assessmentOf, readAssessment } from './readAssessment.ts';
import { readRunIndex } from './runIndex.ts';
import { recordStep } from './runLog.ts';

/**
 * Puts back what a run changed, newest first: only what still has the value that the run gave it (I12), and no traffic into
 * a region that is unhealthy (I10). Repeating it is harmless: what is back already is no longer pending.
 */
export async function undoWrites(ports: Ports, step: ActivityInput<'undoWrites'>): Promise<UndoStep> {
  const entries = await ports.ledger.readRun(step.ofRun);
  const found = pendingUndo(entries, step.what === 'traffic' ? trafficTargets : roomTargets);
  const pending = step.what === 'room' && found.length > 0 ? await backToTheOriginal(ports, step.ofRun, found) : found;
  if (step.what === 'traffic') {
    const worse = await worseStamp(ports, pending);
    if (worse !== null) return { kind: 'heldBack', why: `${worse} is unhealthy: no traffic is moved back into it (I10)` };
  }
  const read = settingsReader(ports);
  const kept: string[] = [];
  const planned: PlannedWrite[] = [];
  // Ids of entries hold no slash: Cosmos DB takes none, and what lies in the store must be what was hashed.
  for (const undo of pending) {
    const current = await read(undo.restore);
    if (current === null) kept.push(`${undo.key}: could not be read, left as it is`);
    else if (sameSetting(current, undo.restore)) continue;
    else if (undo.ours.some((ours) => sameSetting(ours, current))) planned.push({ key: undo.key.replaceAll('/', ':'), write: undo.restore, undo: current });
    else kept.push(`${undo.key}: changed by another owner meanwhile, left as it is (I12)`);
  }
  const applied = await guardedWrites(ports, step, planned, ports.clock.now(), { kind: 'undo', ofRun: step.ofRun });
  if (applied.kind === 'stopped') return applied;
  if (step.what === 'room') {
    for (const stamp of new Set(pending.map((undo) => undo.stamp))) {
      await recordStep(ports, step, `handedBack:${stamp}`, { type: 'SurgeHandedBack', stamp, kept: kept.filter((line) => line.includes(`/${stamp}/`)) });
    }
  }
  return { kind: 'undone', kept: [...kept, ...applied.refused] };
}

/** An earlier run may have left room that this one found: what was there before both is what is restored, or the room would stay for good. */
async function backToTheOriginal(ports: Ports, ofRun: string, pending: readonly PendingUndo[]): Promise<readonly PendingUndo[]> {
  const { runs } = await readRunIndex(ports);
  const others = runs.filter(({ request, closedAt }) => request.runId !== ofRun && closedAt !== null);
  const lent = (await Promise.all(others.map(async ({ request }) => pendingUndo(await ports.ledger.readRun(request.runId), roomTargets)))).flat();
  return pending.map((undo) => ({ ...undo, restore: originalSetting(undo.restore, lent) }));
}

async function worseStamp(ports: Ports, pending: readonly PendingUndo[]): Promise<string | null> {
  const assessment = await readAssessment(ports);
  const returning = pending.filter(({ restore }) => bringsTraffic(restore));
  return returning.find(({ stamp }) => assessmentOf(assessment, stamp)?.verdict === 'unhealthy')?.stamp ?? null;
}

const bringsTraffic = (write: Write): boolean =>
  (write.target === 'gate' && write.set === 'open') || (write.target === 'origin' && write.set.enabled === 'Enabled');

/** Reads what a write's target has now, each source once for all targets of a stamp. Null = unreadable or gone. */
function settingsReader(ports: Ports): (write: Write) => Promise<Write | null> {
  const pools = new Map<string, Promise<Reading<readonly PoolFacts[]>>>();
  const workloads = new Map<string, Promise<Reading<readonly WorkloadFacts[]>>>();
  let traffic: Promise<Reading<TrafficFacts>> | null = null;
  return async (write) => {
    const stamp = stampNamed(ports.fleet, write.stamp);
    switch (write.target) {
      case 'pool': {
        const read = await once(pools, stamp.name, () => ports.compute.readPools(stamp));
        const pool = read.kind === 'known' ? read.value.find(({ name }) => name === write.pool) : undefined;
        return pool === undefined ? null : { ...write, set: { minCount: pool.minCount, maxCount: pool.maxCount } };
      }
      case 'hpa': {
        const read = await once(workloads, stamp.name, () => ports.workloads.readWorkloads(stamp, ports.fleet.workloads));
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
}

function once<T>(cache: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const cached = cache.get(key) ?? read();
  cache.set(key, cached);
  return cached;
}
