import type { Assessment } from '../assessment.ts';
import type { FleetLoads, FleetContext, Room, StampModels } from '../planning/whatIf.ts';

/** Something that the answer stands on and that is not known. */
export interface UnknownNeed {
  /** Such as `westus3.quota`, `traffic`, `centralus.web.cpuUtilisation`. */
  readonly input: string;
  readonly why: string;
}

export interface LossInQuestion {
  readonly context: FleetContext;
  readonly models: StampModels;
  readonly lost: ReadonlySet<number>;
  readonly before: FleetLoads;
  readonly room: Room;
}

/**
 * All that is not known of the stamps that would serve users, the demand, and Front Door's settings (I6): one of them is
 * enough for the loss not to be certified, whether the arithmetic came to need it or not. Stamps that would serve nobody
 * are not stood on (which ones nobody knows without demand), and the load of one that serves nobody now is no gap.
 */
export function unknownInputs({ context, models, lost, before, room }: LossInQuestion): UnknownNeed[] {
  const found: UnknownNeed[] = [...context.unknown];
  const { stampNames } = context;
  stampNames.forEach((name, index) => {
    const servesNow = (before.expected[index] ?? 0) > 0 && !context.out.has(index);
    if (lost.has(index)) {
      const load = context.stampFacts[index]?.load;
      if (servesNow && load?.kind === 'unknown') found.push({ input: `${name}.load`, why: load.why });
      if (servesNow && load?.kind === 'known' && load.value.forecastUnknown !== undefined) found.push({ input: `${name}.forecast`, why: load.value.forecastUnknown });
    }
    if (lost.has(index) || (context.demandKnown === 'known' && !((room.after.planned[index] ?? 0) > 0))) {
      found.push(...quotaOnItsWay(context, room, index));
      return;
    }
    for (const one of models.of(index).unknown) {
      if (servesNow || one.input !== `${name}.load`) found.push(one);
    }
    const why = healthUnknown(context, context.assessments.get(name));
    if (why !== null) found.push({ input: `${name}.health`, why });
  });
  const named = new Set(found.map(({ input }) => input));
  for (const { stamp, constraint, subject, fix } of room.shortfalls) {
    const input = `${stamp}.${subject}`;
    if (constraint !== 'inputUnknown' || named.has(input)) continue;
    named.add(input);
    found.push({ input, why: fix });
  }
  return found;
}

/** Of a stamp that serves nobody: its nodes on their way take of a quota that one which must grow draws on. */
function quotaOnItsWay({ fleet, stampFacts }: FleetContext, { sized }: Room, index: number): UnknownNeed[] {
  const stamp = fleet.stamps[index];
  const pools = stampFacts[index]?.pools;
  if (stamp === undefined || pools?.kind !== 'unknown') return [];
  const grows = sized.find(({ model, sizing }) => model.stamp.region === stamp.region && sizing.pools.some(({ newNodes, refusedNodes }) => newNodes + refusedNodes > 0));
  return grows === undefined ? [] : [{ input: `${stamp.name}.pools`, why: `${pools.why}; its nodes on their way take of what ${grows.model.stamp.name} may still add in ${stamp.region}` }];
}

function healthUnknown({ at, fleet }: FleetContext, assessment: Assessment | undefined): string | null {
  if (assessment === undefined) return 'it has not been assessed';
  const ageMs = at - assessment.at;
  if (ageMs > fleet.signals.staleAfterSeconds * 1000) return `last assessed ${Math.round(ageMs / 1000)} s ago, limit ${fleet.signals.staleAfterSeconds} s`;
  return assessment.verdict === 'unknown' ? assessment.reason : null;
}
