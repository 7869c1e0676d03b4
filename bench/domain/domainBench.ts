import { certifyFleet } from '../../src/domain/certificate/index.ts';
import { checkPlan } from '../../src/domain/check/checkPlan.ts';
import { planRun } from '../../src/domain/planning/index.ts';
import { simulateLoss } from '../../src/domain/simulate/index.ts';
import { syntheticFleet, type FleetSize, type SyntheticFleet } from './syntheticFleet.ts';

/** Figures of the planner, the certificate and the simulation, under the keys that `npm run bench` reports; milliseconds unless the key says seconds. */
export interface DomainFigures {
  readonly 'plan.stamps10.p99Ms': number;
  readonly 'plan.stamps50.p99Ms': number;
  readonly 'plan.stamps1000.p99Ms': number;
  readonly 'certificate.singles50.ms': number;
  readonly 'certificate.pairs50.seconds': number;
  readonly 'simulate.stamps50.p99Ms': number;
  /** How the median cost of one plan grows, each size alone. */
  readonly growth: readonly GrowthPoint[];
}

export interface GrowthPoint extends FleetSize {
  readonly planMedianMs: number;
}

/** The largest real fleet: an origin group holds 50 origins. */
const largest: FleetSize = { stamps: 50, workloads: 40, pools: 4, userGroupsPerOriginGroup: 200 };

/** `now` answers milliseconds of a monotonic clock. */
export function benchDomain(now: () => number): DomainFigures {
  const fifty = syntheticFleet(largest);
  return {
    'plan.stamps10.p99Ms': p99(timesOf(now, 200, planOf(syntheticFleet({ ...largest, stamps: 10 })))),
    'plan.stamps50.p99Ms': p99(timesOf(now, 300, planOf(fifty))),
    'plan.stamps1000.p99Ms': p99(timesOf(now, 100, planOf(syntheticFleet({ ...largest, stamps: 1000 })))),
    'certificate.singles50.ms': median(timesOf(now, 10, () => certifyFleet({ ...fifty, losses: 'singles' }))),
    'certificate.pairs50.seconds': median(timesOf(now, 1, () => certifyFleet({ ...fifty, losses: 'pairs' }))) / 1000,
    'simulate.stamps50.p99Ms': p99(timesOf(now, 200, () => simulateLoss({ ...fifty, lose: fifty.request.stamps, demandFactor: 1.3 }))),
    growth: growthSizes.map((size) => ({ ...size, planMedianMs: median(timesOf(now, 30, planOf(syntheticFleet(size)))) })),
  };
}

const growthSizes: readonly FleetSize[] = [
  ...[10, 50, 100, 200, 400, 700, 1000].map((stamps) => ({ ...largest, stamps })),
  ...[5, 10, 20, 80].map((workloads) => ({ ...largest, workloads })),
  ...[1, 2, 8].map((pools) => ({ ...largest, pools })),
];

/** A full plan with all checks. A plan that is refused would measure nothing. */
function planOf({ fleet, facts, assessment, request }: SyntheticFleet): () => void {
  return () => {
    const result = planRun({ fleet, facts, assessment, request, revision: 1 });
    if (result.kind === 'blocked') throw new Error(`the benchmark's plan is blocked: ${result.reasons.map(({ message }) => message.slice(0, 300)).join('; ')}`);
    checkPlan(result.plan, { fleet, facts, assessment });
  };
}

function timesOf(now: () => number, rounds: number, run: () => void): number[] {
  for (let warmUp = 0; warmUp < Math.min(20, rounds); warmUp += 1) run();
  return Array.from({ length: rounds }, () => {
    const start = now();
    run();
    return now() - start;
  });
}

const sorted = (times: readonly number[]): number[] => times.toSorted((a, b) => a - b);
const median = (times: readonly number[]): number => sorted(times)[Math.floor(times.length / 2)] ?? Number.NaN;
const p99 = (times: readonly number[]): number => sorted(times)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
