import { checkPlan } from '../domain/check/checkPlan.ts';
import { askAgainAt, openShifts, type OpenShift } from '../domain/ledgerView/openShifts.ts';
import type { OriginSetting, Plan } from '../domain/plan.ts';
import type { PlannedWrite } from '../domain/planWrites.ts';
import type { ChainedEntry } from '../domain/ledgerEvent.ts';
import { sameSetting } from '../domain/undo.ts';
import type { FenceHold, RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunStep } from './contracts.ts';
import { guardedWrites } from './guardedWrites.ts';
import { readAssessment } from './readAssessment.ts';
import { readFacts } from './readFacts.ts';
import { drainStands, projectRun, type RunState } from './runIndex.ts';
import { recordOfRun, recordStep } from './runLog.ts';

/** Out for so long, a person is told, once. */
const overdueMs = 60 * 60_000;

/**
 * A drain that a gate carries, while Front Door did not take the change that makes it last: asked for again, ever less often,
 * for as long as the drain stands. Nothing new is decided: it is the run's own plan, looked at once more against the facts of
 * now, under the fence, with intent and outcome on record (I1, I3, I4, I9). Front Door is read first, so that what was made
 * after all is not written twice, and what another owner changed is left alone (I12).
 */
export async function askAgain(ports: Ports, run: RunState): Promise<void> {
  const { request } = run;
  const entries = await ports.ledger.readRun(request.runId);
  const open = openShifts(entries);
  if (open.length === 0 || !(await drainStands(ports, request.runId))) {
    await projectRun(ports, { ...run, openShifts: 'none' });
    return;
  }
  await tellIfOverdue(ports, request, open);
  if (dueOf(entries, ports.clock.now()).length === 0) return;
  const acquired = await ports.fence.acquire(request.runId);
  if (acquired.kind === 'busy') return;
  try {
    await ask(ports, request, acquired.hold);
  } finally {
    await ports.fence.release(acquired.hold);
  }
}

const dueOf = (entries: readonly ChainedEntry[], now: number): readonly OpenShift[] => openShifts(entries).filter((shift) => askAgainAt(shift) <= now);

/** Under the fence the record is read once more: the other control-plane region may have been here a moment ago. */
async function ask(ports: Ports, request: RunRequest, hold: FenceHold): Promise<void> {
  const step: RunStep = { request, hold, revision: 0 };
  const entries = await ports.ledger.readRun(request.runId);
  const facts = await readFacts(ports);
  if (facts.traffic.kind === 'unknown') return;
  const groups = facts.traffic.value.originGroups;
  const planned: PlannedWrite[] = [];
  for (const { write, undo } of dueOf(entries, ports.clock.now())) {
    const found = groups.find(({ name }) => name === write.originGroup)?.origins.find(({ origin }) => origin === write.origin);
    const key = `origin:${write.originGroup}:${write.origin}`;
    const now: OriginSetting | null = found === undefined ? null : { weight: found.weight, enabled: found.enabled };
    if (now !== null && sameSetting({ ...write, set: now }, write)) await recordStep(ports, step, `${key}:found`, { type: 'WriteSucceeded', write, alreadyThere: 'found' });
    else if (now !== null && sameSetting({ ...write, set: now }, undo)) planned.push({ key, write, undo });
    else await recordStep(ports, step, `${key}:left`, { type: 'WriteRefused', write, why: 'changed by another owner meanwhile, left as it is (I12)', reaction: 'ownedByOther' });
  }
  const assessment = await readAssessment(ports);
  const plan = planOf(entries, planned);
  if (plan === null || assessment === null) return;
  const errors = checkPlan(plan, { fleet: ports.fleet, facts, assessment }).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const why = `not asked for now: ${errors.map(({ invariant, message }) => `${invariant}: ${message}`).join('; ')}`;
    for (const { key, write } of planned) await recordStep(ports, step, `${key}:heldBack`, { type: 'WriteRefused', write, why, reaction: 'retryLater' });
    return;
  }
  await guardedWrites(ports, step, planned, request.expiresAt ?? ports.clock.now() + ports.fleet.policy.drainExpiryMinutes * 60_000);
}

/** What is left of the run's plan: the changes that are asked for again, and nothing else. */
function planOf(entries: readonly ChainedEntry[], planned: readonly PlannedWrite[]): Plan | null {
  const made = entries.flatMap(({ event }) => (event.type === 'PlanMade' && event.plan.shifts.length > 0 ? [event.plan] : [])).at(-1);
  if (made === undefined || planned.length === 0) return null;
  const isAsked = (originGroup: string, origin: string): boolean => planned.some(({ write }) => write.target === 'origin' && write.originGroup === originGroup && write.origin === origin);
  return { ...made, surges: [], sheds: [], gates: [], shifts: made.shifts.filter(({ originGroup, origin }) => isAsked(originGroup, origin)) };
}

async function tellIfOverdue(ports: Ports, request: RunRequest, open: readonly OpenShift[]): Promise<void> {
  const since = Math.min(...open.map(({ firstAskedAt }) => firstAskedAt));
  if (ports.clock.now() - since < overdueMs) return;
  const origins = open.map(({ write }) => `${write.originGroup}/${write.origin}`);
  const recorded = await recordOfRun(ports, request, 'shiftOverdue', 0, { type: 'ShiftOverdue', origins, since });
  if (recorded.kind === 'exists' || recorded.kind === 'different') return;
  await ports.notify.notify({
    kind: 'shiftOverdue',
    runId: request.runId,
    title: `Front Door has not taken a change for an hour: ${origins.join(', ')}`,
    text: `The gate of ${request.stamps.join(', ')} keeps the traffic away until it runs out. Spillway asks again by itself while the drain stands.`,
    until: null,
  });
}
