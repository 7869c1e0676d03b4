import type { Assessment, FleetAssessment } from '../assessment.ts';
import type { StampName } from '../fleet.ts';

export const assessmentOf = (assessment: FleetAssessment, stamp: StampName): Assessment | null => assessment.stamps.find((one) => one.stamp === stamp) ?? null;
