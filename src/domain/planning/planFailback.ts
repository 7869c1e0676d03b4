import type { Assessment, Verdict } from '../assessment.ts';
import type { BlockedReason, Finding, PlanResult } from '../plan.ts';
import { blocked } from './blocked.ts';
import { noDrainShares } from './drainShares.ts';
import { expectedOutcome } from './expected.ts';
import { findRoomAsSet } from './findRoom.ts';
import { loadsBefore } from './fleetLoads.ts';
import { inertWeightNotes, shortfallText, shortOfRoom, sourceNotes } from './planNotes.ts';
import type { PlanContext } from './planContext.ts';
import { gatesTo, shiftsTo } from './planShifts.ts';
import { planSurges } from './planSurges.ts';
import { stateWith, stateWithout } from './routingStates.ts';
import { buildStampModels } from './sizeStamps.ts';

/**
 * Giving drained stamps their traffic back: first the room in them, since they have scaled down meanwhile, then gates and
 * origins. Survivors keep their weights and their surges; `planHandBack` gives the surges back once the fleet is stable.
 */
export function planFailback(context: PlanContext): PlanResult {
  const { request, revision } = context.input;
  if (context.trafficKnown === 'assumed') return blocked([{ code: 'factsUnknown', inputs: ['traffic'], message: 'Front Door\'s settings cannot be read: what would have to be restored is not known' }]);
  const target = stateWith(context, context.asked);
  const shifts = shiftsTo(context, target).filter(({ stamp }) => request.stamps.includes(stamp));
  const gates = gatesTo(context, 'open');
  const refusals = [...notDrained(context, shifts.length + gates.length), ...worseTargets(context)];
  if (refusals.length > 0) return blocked(refusals);
  const before = loadsBefore(context, stateWithout(context, context.asked));
  const room = findRoomAsSet({ context, models: buildStampModels(context), before, over: before, drains: noDrainShares, weights: 'stay', sheds: 'asPolicySays', unfit: new Set() }, target);
  if (request.mode === 'graceful' && room.shortfalls.length > 0) return blocked([shortOfRoom(room.shortfalls)]);
  return {
    kind: 'planned',
    plan: {
      kind: request.kind,
      mode: request.mode,
      revision,
      at: context.at,
      stamps: request.stamps,
      reach: 'full',
      surges: planSurges(room.sized, context.policy),
      sheds: [],
      gates,
      shifts,
      expected: expectedOutcome(context, before, room.after, room.sized),
      notes: [...context.notes, ...sourceNotes(context), ...inertWeightNotes(context), ...room.shortfalls.map(shortfallText)],
    },
    findings: room.shortfalls.map((shortfall): Finding => ({ severity: 'warning', invariant: 'I2', message: shortfallText(shortfall) })),
  };
}

function notDrained({ input }: PlanContext, changes: number): BlockedReason[] {
  if (changes > 0 || (input.previous !== undefined && input.previous !== null)) return [];
  return input.request.stamps.map((stamp) => ({ code: 'notDrained', stamp, message: `${stamp} is in service: its origins are enabled at their normal weight` }));
}

const rank: Readonly<Record<Verdict, number>> = { healthy: 0, degraded: 1, unknown: 2, unhealthy: 3 };

/** I10: the target must be known, and no worse than the best of those that serve now. */
function worseTargets({ input, assessments, stampNames, asked, model }: PlanContext): BlockedReason[] {
  const serving = new Set(model.groups.flatMap((group) => group.origins.filter(({ facts, stampIndex }) => facts.enabled === 'Enabled' && !asked.has(stampIndex)).map(({ stampIndex }) => stampIndex)));
  const best = Math.min(rank.unhealthy, ...[...serving].map((index) => rank[assessments.get(stampNames[index] ?? '')?.verdict ?? 'unknown']));
  return input.request.stamps.flatMap((stamp): BlockedReason[] => {
    const verdict = verdictWhileDrained(assessments.get(stamp));
    if (verdict !== 'unknown' && rank[verdict] <= best) return [];
    return [{ code: 'targetWorse', stamp, message: `${stamp} is ${verdict}; traffic never moves into a region that is worse or not known` }];
  });
}

/** With no traffic, Front Door's own figures say nothing about a drained stamp: the other signals, if one is from outside. */
function verdictWhileDrained(assessment: Assessment | undefined): Verdict {
  if (assessment === undefined) return 'unknown';
  if (assessment.verdict !== 'unknown' && assessment.verdict !== 'degraded') return assessment.verdict;
  const telling = assessment.signals.filter(({ source, verdict }) => !source.startsWith('frontDoor') && verdict !== 'unknown');
  const seenFromOutside = telling.some(({ vantage }) => vantage === 'outside');
  return seenFromOutside && telling.length > 1 && telling.every(({ verdict }) => verdict === 'healthy') ? 'healthy' : assessment.verdict;
}
