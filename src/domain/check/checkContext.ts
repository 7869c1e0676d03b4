import type { FleetAssessment } from '../assessment.ts';
import type { FleetFacts } from '../facts.ts';
import type { Fleet } from '../fleet.ts';

/** What a plan is held against. */
export interface CheckContext {
  readonly fleet: Fleet;
  readonly facts: FleetFacts;
  readonly assessment: FleetAssessment;
}
