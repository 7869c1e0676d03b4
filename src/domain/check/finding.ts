import type { FleetAssessment, Verdict } from '../assessment.ts';
import type { StampName } from '../fleet.ts';
import type { Finding } from '../plan.ts';

export const error = (invariant: Finding['invariant'], message: string): Finding => ({ severity: 'error', invariant, message });

export const warning = (invariant: Finding['invariant'], message: string): Finding => ({ severity: 'warning', invariant, message });

export const verdictOf = (assessment: FleetAssessment, stamp: StampName): Verdict =>
  assessment.stamps.find((one) => one.stamp === stamp)?.verdict ?? 'unknown';
