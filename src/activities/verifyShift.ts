import type { StampName } from '../domain/fleet.ts';
import { judgeSettings, judgeShares, judgeSharesAtLast, wantedShares, type ShiftVerdict } from '../domain/planning/index.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import type { ActivityInput, RunStep, ShiftStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { loadPlan } from './loadPlan.ts';
import { readAssessment } from './readAssessment.ts';
import { reassess } from './reassess.ts';
import { recordStep } from './runLog.ts';

/** Of the entry in a step's revision that says so. */
export const verifiedName = 'verified';

/** Whether the traffic has moved, on record as soon as it has, or once the time for it is over (I9). */
export async function verifyShift(ports: Ports, step: ActivityInput<'verifyShift'>): Promise<ShiftStep> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  const [plan, assessment] = await Promise.all([loadPlan(ports, step), readAssessment(ports)]);
  const [reassessed, verdict] = await Promise.all([reassess(ports, step, plan, assessment, null), look(ports, step, plan, ports.clock.now() < step.until ? judgeShares : judgeSharesAtLast)]);
  if (reassessed.kind !== 'holds') return reassessed;
  if (verdict.kind === 'verified') {
    await recordStep(ports, step, verifiedName, { type: 'ShiftVerified', by: verdict.by });
    return verdict;
  }
  if (ports.clock.now() < step.until) return verdict;
  await recordStep(ports, step, 'unverified', { type: 'ShiftUnverified', why: verdict.why });
  return { kind: 'unverified', why: verdict.why };
}

async function look(ports: Ports, step: RunStep, plan: Plan, judge: typeof judgeShares): Promise<ShiftVerdict> {
  const shares = await ports.traffic.readShares();
  if (shares.kind === 'unknown') return judgeSettings(plan, await ports.traffic.readTraffic(), shares.why);
  await recordStep(ports, step, `shares:${roundedShares(shares.value)}`, { type: 'SharesSeen', shares: shares.value, wanted: wantedShares(plan) });
  return judge(plan, shares.value);
}

/** Seen shares go on record when they have changed by a point. */
const roundedShares = (shares: Readonly<Record<StampName, number>>): string =>
  Object.entries(shares)
    .map(([stamp, share]) => `${stamp}=${Math.round(share * 100)}`)
    .toSorted()
    .join(',');
