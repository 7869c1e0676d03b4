import type { FleetAssessment } from '../domain/assessment.ts';
import type { LoadFacts } from '../domain/facts.ts';
import type { StampName } from '../domain/fleet.ts';
import { measureDrain } from '../domain/planning/index.ts';
import type { Plan } from '../domain/plan.ts';
import type { Reading } from '../domain/reading.ts';
import type { RunRequest } from '../domain/run.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunStep } from './contracts.ts';
import { readAgain } from './learntFromRuns.ts';
import { loadPlan } from './loadPlan.ts';
import { readAssessment } from './readAssessment.ts';
import { readRunIndex, type RunState } from './runIndex.ts';
import { recordOfRun, stepId } from './runLog.ts';
import { verifiedName } from './verifyShift.ts';

/** What one look saw. */
interface Seen {
  readonly assessment: FleetAssessment;
  readonly loads: Readonly<Record<StampName, Reading<LoadFacts>>>;
}

interface SettledRun {
  readonly request: RunRequest;
  readonly epoch: number;
  readonly plan: Plan;
  /** When its shift was seen, epoch milliseconds. */
  readonly settledAt: number;
}

/** Of the one entry in a run. */
const measuredId = 'drainMeasured';
/** After a drain has closed: later, users are not those of before. */
const lookedForMs = 30 * 60_000;

/**
 * During a drill's hold, once, at the first look that can tell. A ledger that does not answer, or settings that cannot be read, leave
 * it to the next look: nothing of the drill hangs on it.
 */
export async function measureDrill(ports: Ports, step: RunStep, seen: Seen): Promise<void> {
  try {
    const plan = await loadPlan(ports, step);
    if (plan.served === undefined) return;
    const [verified, measured] = await Promise.all([stepId(step, verifiedName), measuredId].map((id) => ports.ledger.readEntry(step.request.runId, id)));
    if (verified?.event.type !== 'ShiftVerified' || verified.event.by !== 'shares' || measured !== null) return;
    await measureRun(ports, { request: step.request, epoch: step.hold.epoch, plan, settledAt: verified.at }, seen);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
}

/** Every minute, of a drain that stands alone in a fleet without an open run: it closes before its metrics have settled. */
export async function measureDrains(ports: Ports, runs: readonly RunState[]): Promise<void> {
  if (runs.some(({ closedAt }) => closedAt === null)) return;
  const drains = runs.filter(({ request, closedAt }) => request.kind === 'drain' && closedAt !== null && ports.clock.now() <= closedAt + lookedForMs);
  if (drains.length === 0) return;
  const { regions } = await readRunIndex(ports);
  const [region, ...others] = Object.values(regions).filter(({ state }) => state === 'drained');
  const request = drains.find((run) => run.request.runId === region?.runId)?.request;
  if (request === undefined || others.length > 0) return;
  const events = (await ports.ledger.readRun(request.runId)).map(({ at, event }) => ({ at, event }));
  const plan = events.flatMap(({ event }) => (event.type === 'PlanMade' ? [event.plan] : [])).at(-1);
  const settledAt = events.flatMap(({ at, event }) => (event.type === 'ShiftVerified' && event.by === 'shares' ? [at] : [])).at(-1);
  if (plan?.served === undefined || settledAt === undefined || events.some(({ event }) => event.type === 'DrainMeasured')) return;
  const [assessment, loads] = await Promise.all([readAssessment(ports), ports.demand.readLoad(ports.fleet.stamps)]);
  if (assessment !== null) await measureRun(ports, { request, epoch: 0, plan, settledAt }, { assessment, loads });
}

async function measureRun(ports: Ports, { request, epoch, plan, settledAt }: SettledRun, seen: Seen): Promise<void> {
  const traffic = await ports.traffic.readTraffic();
  if (traffic.kind === 'unknown') return;
  const found = measureDrain(plan, { fleet: ports.fleet, traffic: traffic.value, ...seen }, settledAt);
  if (found.kind === 'notYet') return;
  await recordOfRun(ports, request, measuredId, epoch, { type: 'DrainMeasured', stamp: found.stamp, groups: found.groups });
  readAgain(ports, request.runId);
}
