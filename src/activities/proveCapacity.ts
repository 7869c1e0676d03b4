import { confirmedRequest, judgeSuspicion } from '../domain/decide/judgeSuspicion.ts';
import { verifyCapacity } from '../domain/planning/index.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import { stampNamed } from './applyWrite.ts';
import type { ProofStep, RunStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { loadPlan } from './loadPlan.ts';
import { readAssessment } from './readAssessment.ts';
import { factsAtHand } from './readFacts.ts';
import { reassess } from './reassess.ts';
import { recordStep } from './runLog.ts';

/**
 * The proof before traffic moves (I2): the room of the plan is there and ready, every pre-shift check passes, and each
 * survivor answers through its own gateway. Pods that say ready are not enough.
 */
export async function proveCapacity(ports: Ports, step: RunStep): Promise<ProofStep> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  const [plan, assessment, facts] = await Promise.all([loadPlan(ports, step), readAssessment(ports), factsAtHand(ports)]);
  const reassessed = await reassess(ports, step, plan, assessment, facts);
  if (reassessed.kind !== 'holds') return reassessed;
  const suspicion = judgeSuspicion(step.request, assessment);
  if (suspicion === 'cleared') return { kind: 'cleared' };
  // The plan for the confirmed failure keeps this room, and may use weights or move a part where it does not come: that plan is what is proved.
  if (suspicion === 'confirmed' && step.request.scope !== 'full') return { kind: 'superseded', why: 'the failure is confirmed', request: confirmedRequest(step.request, assessment) };
  const capacity = verifyCapacity(plan, facts, ports.fleet);
  if (capacity.kind === 'impossible') return notProved(ports, step, 'impossible', capacity.why);
  if (capacity.kind === 'notYet') return { kind: 'notYet', why: capacity.missing };
  const failures = await failedChecks(ports, plan);
  if (failures.length > 0) return notProved(ports, step, 'notYet', failures);
  await recordStep(ports, step, 'proved', { type: 'CapacityProved', stamps: capacity.stamps });
  return suspicion === 'open' ? { kind: 'awaitingConfirmation' } : { kind: 'proved' };
}

async function failedChecks(ports: Ports, plan: Plan): Promise<readonly string[]> {
  const { fleet, checks } = ports;
  const receiving = plan.expected.stamps.filter(({ stamp, requestsPerSecondAfter, requestsPerSecondNow }) => requestsPerSecondAfter > requestsPerSecondNow && stampNamed(fleet, stamp).gateway.privateUrl !== null);
  const results = await Promise.all([
    ...fleet.preShiftChecks.map(async (check) => ({ name: check.name, result: await checks.runCheck(check) })),
    ...receiving.map(async ({ stamp }) => ({ name: `gateway of ${stamp}`, result: await checks.proveThroughGateway(stampNamed(fleet, stamp)) })),
  ]);
  return results.filter(({ result }) => result.kind !== 'passed').map(({ name, result }) => `${name}: ${result.detail}`);
}

async function notProved(ports: Ports, step: RunStep, kind: 'impossible' | 'notYet', why: readonly string[]): Promise<ProofStep> {
  await recordStep(ports, step, `notProved:${ports.clock.now()}`, { type: 'CapacityNotProved', why });
  return { kind, why };
}
