import { checkPlan } from '../domain/check/checkPlan.ts';
import { renderPlan } from '../domain/render/renderPlan.ts';
import { planRun, shortfallText, withoutLateNodes } from '../domain/planning/index.ts';
import type { BlockedReason, Finding, Plan } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import type { PlanDigest, PlanStep, RunStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { earlierPlans, recordedPlan, rememberPlan } from './loadPlan.ts';
import { readAssessment } from './readAssessment.ts';
import { factsAtHand, withHeadroomAnew } from './readFacts.ts';
import { readFleetRuns } from './runIndex.ts';
import { recordStep } from './runLog.ts';

/** Reads the facts, plans, lints the plan, and puts it on record before anything of it is done. Repeated, it answers with the plan on record. */
export async function makePlan(ports: Ports, step: RunStep): Promise<PlanStep> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  const handBackRuns = await drainingRuns(ports, step);
  const recorded = await recordedPlan(ports, step);
  if (recorded !== null) return { kind: 'planned', digest: digestOf(recorded, handBackRuns) };

  const [atHand, assessment, earlier] = await Promise.all([factsAtHand(ports), readAssessment(ports), earlierPlans(ports, step)]);
  if (assessment === null) return { kind: 'blocked', why: 'no assessment of the fleet could be read' };
  const { request, revision } = step;
  const facts = await withHeadroomAnew(ports, atHand, new Set(earlier.flatMap(({ surges }) => surges.map(({ stamp }) => stamp))));
  const lateSince = ports.clock.now() - ports.fleet.policy.nodeReadyTimeoutMinutes * 60_000;
  const counted = withoutLateNodes(facts, earlier, lateSince);
  const result = planRun({ fleet: ports.fleet, facts: counted.facts, assessment, request, revision, previous: earlier.at(-1) ?? null });
  if (result.kind === 'blocked') {
    await recordStep(ports, step, 'planBlocked', { type: 'PlanBlocked', reasons: result.reasons });
    return { kind: 'blocked', why: result.reasons.map(({ message }) => message).join('; ') };
  }
  const plan: Plan = { ...result.plan, notes: [...counted.late.map(shortfallText), ...result.plan.notes] };
  const late = counted.late.map((shortfall): Finding => ({ severity: 'warning', invariant: 'I2', message: shortfallText(shortfall) }));
  const findings = [...late, ...result.findings, ...checkPlan(plan, { fleet: ports.fleet, facts, assessment })];
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    // Not as a plan of the run: a repeated step would find it on record and do it.
    const reasons = errors.map(({ invariant, message }): BlockedReason => ({ code: 'planRefused', invariant, message: `${invariant}: ${message}` }));
    await recordStep(ports, step, 'planRefused', { type: 'PlanBlocked', reasons });
    return { kind: 'blocked', why: reasons.map(({ message }) => message).join('; ') };
  }
  const made = await recordStep(ports, step, 'plan', { type: 'PlanMade', plan, findings, rendering: renderPlan(plan) });
  // Where this very step runs twice at a time, what is done is the plan on record.
  const onRecord = made.kind === 'different' && made.found.event.type === 'PlanMade' ? made.found.event.plan : plan;
  rememberPlan(ports, step, onRecord);
  return { kind: 'planned', digest: digestOf(onRecord, handBackRuns) };
}

/** The runs that drained the stamps which a failback gives their traffic: their surges are handed back at its end. */
async function drainingRuns(ports: Ports, { request }: RunStep): Promise<readonly string[]> {
  if (request.kind !== 'failback') return [];
  const { drained } = await readFleetRuns(ports);
  return [...new Set(drained.filter(({ stamp }) => request.stamps.includes(stamp)).map(({ runId }) => runId))];
}

function digestOf(plan: Plan, handBackRuns: readonly string[]): PlanDigest {
  return {
    revision: plan.revision,
    stamps: plan.stamps,
    surgeStamps: plan.surges.filter(({ pools, hpas }) => pools.length + hpas.length > 0).map(({ stamp }) => stamp),
    sheds: plan.sheds.length,
    gates: plan.gates.length,
    shifts: plan.shifts.length,
    handBackRuns,
    summary: `${plan.kind} (${plan.mode}, ${plan.reach}) of ${plan.stamps.join(', ')}`,
  };
}
