import type { FleetAssessment } from '../domain/assessment.ts';
import { drillMustAbort, fleetExperience } from '../domain/decide/drill.ts';
import type { LoadFacts } from '../domain/facts.ts';
import type { StampName } from '../domain/fleet.ts';
import { measureDrain } from '../domain/planning/index.ts';
import type { Reading } from '../domain/reading.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { HoldStep, RunStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { loadPlan } from './loadPlan.ts';
import { readAssessment } from './readAssessment.ts';
import { recordStep, stepId } from './runLog.ts';
import { verifiedName } from './verifyShift.ts';

/** One look during a drill's hold: users must not suffer for an exercise, and a real failure ends it at once. */
export async function holdDrill(ports: Ports, step: RunStep): Promise<HoldStep> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  const drill = ports.fleet.drills.find(({ name }) => name === step.request.drill);
  if (drill === undefined) return { kind: 'mustEnd', why: `drill ${step.request.drill ?? ''} is no longer in the fleet file` };
  const [assessment, loads] = await Promise.all([readAssessment(ports), ports.demand.readLoad(ports.fleet.stamps)]);
  if (assessment === null) return { kind: 'mustEnd', why: 'the assessment of the fleet cannot be read' };
  const verdict = drillMustAbort(drill, { assessment, experience: fleetExperience(loads, step.request.stamps, ports.clock.now()) });
  if (verdict.kind === 'abort') return { kind: 'mustEnd', why: verdict.why };
  await recordWhereUsersWent(ports, step, assessment, loads);
  return { kind: 'holding' };
}

const measuredName = 'drainMeasured';

/**
 * Once, at the first look that can tell. A ledger that does not answer, or settings that cannot be read, leave it to the next
 * look: nothing of the drill hangs on it.
 */
async function recordWhereUsersWent(ports: Ports, step: RunStep, assessment: FleetAssessment, loads: Readonly<Record<StampName, Reading<LoadFacts>>>): Promise<void> {
  try {
    const plan = await loadPlan(ports, step);
    if (plan.served === undefined) return;
    const [verified, measured] = await Promise.all([verifiedName, measuredName].map((name) => ports.ledger.readEntry(step.request.runId, stepId(step, name))));
    if (verified?.event.type !== 'ShiftVerified' || verified.event.by !== 'shares' || measured !== null) return;
    const traffic = await ports.traffic.readTraffic();
    if (traffic.kind === 'unknown') return;
    const found = measureDrain(plan, { fleet: ports.fleet, traffic: traffic.value, loads, assessment }, verified.at);
    if (found.kind === 'measured') await recordStep(ports, step, measuredName, { type: 'DrainMeasured', stamp: found.stamp, groups: found.groups });
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
}
