import type { Plan } from '../domain/plan.ts';
import type { StampName } from '../domain/fleet.ts';
import { sameSetting } from '../domain/undo.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunStep, ShiftStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { loadPlan } from './loadPlan.ts';
import { readAssessment } from './readAssessment.ts';
import { reassess } from './reassess.ts';
import { recordStep } from './runLog.ts';

/** Observed share within this of the plan counts as moved: 2 points of the fleet's requests. */
const shareTolerance = 0.02;

/**
 * Whether the traffic has moved. Users' requests decide; metrics lag by minutes, so settings read back count only where
 * no share can be observed.
 */
export async function verifyShift(ports: Ports, step: RunStep): Promise<ShiftStep> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  const [plan, assessment, shares] = await Promise.all([loadPlan(ports, step), readAssessment(ports), ports.traffic.readShares()]);
  const reassessed = await reassess(ports, step, plan, assessment, null);
  if (reassessed.kind !== 'holds') return reassessed;
  if (shares.kind === 'unknown') return verifyBySettings(ports, step, plan, shares.why);
  const wanted: Record<StampName, number> = Object.fromEntries(plan.expected.stamps.map(({ stamp, shareAfter }) => [stamp, shareAfter]));
  await recordStep(ports, step, `shares:${roundedShares(shares.value)}`, { type: 'SharesSeen', shares: shares.value, wanted });
  const off = movedStamps(plan).filter((stamp) => Math.abs((shares.value[stamp] ?? 0) - (wanted[stamp] ?? 0)) > shareTolerance);
  if (off.length === 0) {
    await recordStep(ports, step, 'verified', { type: 'ShiftVerified', by: 'shares' });
    return { kind: 'verified', by: 'shares' };
  }
  return { kind: 'notYet', why: off.map((stamp) => `${stamp} serves ${percent(shares.value[stamp])}, planned ${percent(wanted[stamp])}`).join('; ') };
}

/** How survivors split what left is the users' and Front Door's doing; what must hold is the share of the stamps that were moved. */
const movedStamps = (plan: Plan): readonly StampName[] => plan.stamps;

async function verifyBySettings(ports: Ports, step: RunStep, plan: Plan, why: string): Promise<ShiftStep> {
  const traffic = await ports.traffic.readTraffic();
  if (traffic.kind === 'unknown') return { kind: 'notYet', why: `${why}; ${traffic.why}` };
  const landed = plan.shifts.every(({ stamp, originGroup, origin, after }) => {
    const found = traffic.value.originGroups.find(({ name }) => name === originGroup)?.origins.find((candidate) => candidate.origin === origin);
    const wanted = { target: 'origin' as const, stamp, originGroup, origin, set: after };
    return found !== undefined && sameSetting({ ...wanted, set: { weight: found.weight, enabled: found.enabled } }, wanted);
  });
  if (!landed) return { kind: 'notYet', why };
  await recordStep(ports, step, 'verified', { type: 'ShiftVerified', by: 'settings' });
  return { kind: 'verified', by: 'settings' };
}

/** Seen shares go on record when they have changed by a point. */
const roundedShares = (shares: Readonly<Record<StampName, number>>): string =>
  Object.entries(shares)
    .map(([stamp, share]) => `${stamp}=${Math.round(share * 100)}`)
    .toSorted()
    .join(',');

const percent = (share: number | undefined): string => `${((share ?? 0) * 100).toFixed(1)} %`;
