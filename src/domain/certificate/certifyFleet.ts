import type { FleetAssessment } from '../assessment.ts';
import type { FleetFacts } from '../facts.ts';
import type { Fleet, StampName } from '../fleet.ts';
import type { Shortfall } from '../plan.ts';
import { buildFleetContext, buildStampModels, demandSource, drainSources, loadsBefore, stateWith, type DrainUse } from '../planning/whatIf.ts';
import { assessLoss } from './assessLoss.ts';
import type { UnknownNeed } from './unknownInputs.ts';

export interface CertifyInput {
  readonly fleet: Fleet;
  readonly facts: FleetFacts;
  readonly assessment: FleetAssessment;
  /** `pairs`: every two stamps as well. */
  readonly losses: 'singles' | 'pairs';
}

/** The answer to "would the fleet survive losing this now?", for every single loss, and for every pair when asked. */
export interface Certificate {
  /** Epoch milliseconds of the facts. */
  readonly at: number;
  readonly losses: readonly CertifiedLoss[];
  /** Which source says where users are, and of each stamp that was drained before whether that tells where its users go. */
  readonly standsOn: readonly { readonly input: string; readonly source: string }[];
}

export interface CertifiedLoss {
  readonly lose: readonly StampName[];
  readonly survives: 'yes' | 'no' | 'unknown';
  /** What binds first; null when nothing does. */
  readonly binding: Shortfall | null;
  /** Seconds until the room is there; null when it never is, or that is not known. */
  readonly readyInSeconds: number | null;
  readonly unknown: readonly UnknownNeed[];
}

/** Singles in fleet order, then pairs in fleet order. What is not known is not certified. */
export function certifyFleet({ fleet, facts, assessment, losses }: CertifyInput): Certificate {
  const context = buildFleetContext(fleet, facts, assessment);
  const models = buildStampModels(context);
  const asSet = loadsBefore(context, stateWith(context, new Set()));
  const drained: DrainUse[] = [];
  const certified = lossesOf(fleet.stamps.length, losses).map((lost): CertifiedLoss => {
    const { lost: lose, survives, binding, drains, readyInSeconds, unknown } = assessLoss(context, models, new Set(lost), asSet);
    if (lost.length === 1) drained.push(...drains);
    return { lose, survives, binding, readyInSeconds, unknown };
  });
  return { at: facts.at, standsOn: [{ input: 'demand', source: demandSource(context) }, ...drainSources(context, drained)], losses: certified };
}

function lossesOf(stamps: number, losses: CertifyInput['losses']): number[][] {
  const singles = Array.from({ length: stamps }, (_, index) => [index]);
  if (losses === 'singles') return singles;
  return [...singles, ...singles.flatMap(([first = 0]) => Array.from({ length: stamps - first - 1 }, (_, offset) => [first, first + offset + 1]))];
}
