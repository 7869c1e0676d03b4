import type { Assessment, Verdict } from '../assessment.ts';
import type { BlockedReason, PlanResult } from '../plan.ts';
import { blocked } from './blocked.ts';
import { expectedOutcome } from './expected.ts';
import { gainingStamps, loadsUnder, sizeStamps, stampModels } from './fleetLoads.ts';
import { shortOfRoom } from './planDeparture.ts';
import { assessmentOf, type PlanContext } from './planContext.ts';
import { gatesTo, shiftsBack } from './planShifts.ts';
import { planSurges } from './planSurges.ts';
import { stateAsSet, stateWithAsked } from './routingStates.ts';

/** Giving drained stamps their traffic back: first the room in them, since they have scaled down meanwhile, then gates and origins. */
export function planFailback(context: PlanContext): PlanResult {
  const { input } = context;
  const shifts = shiftsBack(context);
  const gates = gatesTo(context, 'open');
  const refusals = [...notDrained(context, shifts.length + gates.length), ...worseTargets(context)];
  if (refusals.length > 0) return blocked(refusals);
  const before = loadsUnder(context, stateAsSet(context));
  const after = loadsUnder(context, stateWithAsked(context));
  const sized = sizeStamps(context, stampModels(context), gainingStamps(before, after), before, after);
  const shortfalls = sized.flatMap(({ sizing }) => sizing.shortfalls);
  if (input.request.mode === 'graceful' && shortfalls.length > 0) return blocked([shortOfRoom(shortfalls)]);
  return {
    kind: 'planned',
    plan: {
      kind: input.request.kind,
      mode: input.request.mode,
      revision: input.revision,
      at: context.at,
      stamps: input.request.stamps,
      reach: 'full',
      surges: planSurges(sized),
      sheds: [],
      gates,
      shifts,
      expected: expectedOutcome(context, before, after, sized),
      notes: context.notes,
    },
    findings: [],
  };
}

function notDrained({ input }: PlanContext, changes: number): BlockedReason[] {
  if (changes > 0 || (input.previous !== undefined && input.previous !== null)) return [];
  return input.request.stamps.map((stamp) => ({ code: 'notDrained', stamp, message: `${stamp} is in service: its origins are enabled at their normal weight` }));
}

const rank: Readonly<Record<Verdict, number>> = { healthy: 0, degraded: 1, unknown: 2, unhealthy: 3 };

/** I10: the target must be known, and no worse than the best of those that serve now. */
function worseTargets(context: PlanContext): BlockedReason[] {
  const { input, stampNames, asked, model } = context;
  const serving = new Set(model.groups.flatMap((group) => group.origins.filter(({ facts, stampIndex }) => facts.enabled === 'Enabled' && !asked.has(stampIndex)).map(({ stampIndex }) => stampIndex)));
  const best = Math.min(rank.unhealthy, ...[...serving].map((index) => rank[assessmentOf(input.assessment, stampNames[index] ?? '')?.verdict ?? 'unknown']));
  return input.request.stamps.flatMap((stamp): BlockedReason[] => {
    const verdict = verdictWhileDrained(assessmentOf(input.assessment, stamp));
    if (verdict !== 'unknown' && rank[verdict] <= best) return [];
    return [{ code: 'targetWorse', stamp, message: `${stamp} is ${verdict}; traffic never moves into a region that is worse or not known` }];
  });
}

/** With no traffic, Front Door's own figures say nothing about a drained stamp: the other signals, if one is from outside. */
function verdictWhileDrained(assessment: Assessment | null): Verdict {
  if (assessment === null) return 'unknown';
  if (assessment.verdict === 'healthy') return 'healthy';
  const telling = assessment.signals.filter(({ source, verdict }) => !source.startsWith('frontDoor') && verdict !== 'unknown');
  const seenFromOutside = telling.some(({ vantage }) => vantage === 'outside');
  return seenFromOutside && telling.length > 1 && telling.every(({ verdict }) => verdict === 'healthy') ? 'healthy' : assessment.verdict;
}
