import { certifyFleet } from '../../src/domain/certificate/index.ts';
import { checkPlan } from '../../src/domain/check/checkPlan.ts';
import { planRun } from '../../src/domain/planning/index.ts';
import { simulateLoss } from '../../src/domain/simulate/index.ts';
import { byCountry, drained, shortOfQuota } from './hardFleets.ts';
import { syntheticFleet, type FleetSize, type SyntheticFleet } from './syntheticFleet.ts';
import { reference, timed, type Clocks, type Timing } from './timing.ts';

/** Figures of the planner, the certificate and the simulation, under the keys that `npm run bench` reports; milliseconds unless the key says seconds. */
export interface DomainFigures {
  readonly 'plan.stamps10.p99Ms': number;
  readonly 'plan.stamps50.p99Ms': number;
  readonly 'plan.stamps1000.p99Ms': number;
  readonly 'certificate.singles50.ms': number;
  readonly 'certificate.pairs50.seconds': number;
  readonly 'simulate.stamps50.p99Ms': number;
  /** The same, and harder cases, in full. `firstMs`: the very first plan of the process, before anything is compiled. */
  readonly detail: Readonly<Record<string, Timing | { readonly firstMs: number }>>;
  /** A plan's processor time in units of the reference computation: to compare machines and versions. */
  readonly 'plan.stamps50.perReference': number;
  /** How the cost of one plan grows, each size alone. */
  readonly growth: readonly GrowthPoint[];
}

export interface GrowthPoint extends FleetSize {
  readonly planMedianMs: number;
  /** Processor time: other work on the machine does not lengthen it. */
  readonly planCpuMs: number;
}

/** The largest real fleet: an origin group holds 50 origins. */
export const largest: FleetSize = { stamps: 50, workloads: 40, pools: 4, userGroupsPerOriginGroup: 200 };

export function benchDomain(clocks: Clocks): DomainFigures {
  const fifty = syntheticFleet(largest);
  const first = clocks.now();
  planOf(fifty)();
  const firstMs = clocks.now() - first;
  const plan10 = timed(clocks, 200, planOf(syntheticFleet({ ...largest, stamps: 10 })));
  const plan50 = timed(clocks, 400, planOf(fifty));
  const referenceTime = timed(clocks, 400, reference);
  const plan1000 = timed(clocks, 100, planOf(syntheticFleet({ ...largest, stamps: 1000 })));
  const singles = timed(clocks, 20, () => certifyFleet({ ...fifty, losses: 'singles' }));
  const pairs = timed(clocks, 1, () => certifyFleet({ ...fifty, losses: 'pairs' }));
  const simulate = timed(clocks, 200, simulationOf(fifty));
  return {
    'plan.stamps10.p99Ms': plan10.p99Ms,
    'plan.stamps50.p99Ms': plan50.p99Ms,
    'plan.stamps1000.p99Ms': plan1000.p99Ms,
    'certificate.singles50.ms': singles.medianMs,
    'certificate.pairs50.seconds': pairs.medianMs / 1000,
    'simulate.stamps50.p99Ms': simulate.p99Ms,
    'plan.stamps50.perReference': plan50.cpuMs / referenceTime.cpuMs,
    detail: {
      'reference': referenceTime,
      'plan.stamps50.first': { firstMs },
      'plan.stamps10': plan10,
      'plan.stamps50': plan50,
      'plan.stamps50.byCountry': timed(clocks, 100, planOf(byCountry(fifty))),
      'plan.stamps50.shortOfQuota': timed(clocks, 50, planOf(shortOfQuota(fifty))),
      'plan.stamps50.drained': timed(clocks, 100, planOf(drained(fifty))),
      'plan.stamps1000': plan1000,
      'certificate.singles50': singles,
      'certificate.singles50.byCountry': timed(clocks, 10, () => certifyFleet({ ...byCountry(fifty), losses: 'singles' })),
      'certificate.singles50.shortOfQuota': timed(clocks, 10, () => certifyFleet({ ...shortOfQuota(fifty), losses: 'singles' })),
      'certificate.singles50.drained': timed(clocks, 10, () => certifyFleet({ ...drained(fifty), losses: 'singles' })),
      'certificate.pairs50': pairs,
      'certificate.pairs50.drained': timed(clocks, 1, () => certifyFleet({ ...drained(fifty), losses: 'pairs' })),
      'simulate.stamps50': simulate,
      'simulate.stamps50.byCountry': timed(clocks, 100, simulationOf(byCountry(fifty))),
      'simulate.stamps50.drained': timed(clocks, 100, simulationOf(drained(fifty))),
      'simulate.stamps50.shortOfQuota': timed(clocks, 50, simulationOf(shortOfQuota(fifty))),
    },
    growth: growthSizes.map((size) => ({ ...size, ...growthOf(clocks, size) })),
  };
}

const growthSizes: readonly FleetSize[] = [
  ...[10, 50, 100, 200, 400, 700, 1000].map((stamps) => ({ ...largest, stamps })),
  ...[5, 10, 20, 80, 160].map((workloads) => ({ ...largest, workloads })),
  ...[1, 2, 8, 16].map((pools) => ({ ...largest, pools })),
];

/** Whose users a lost stamp has is chance, and decides how many stamps must be sized: the mean of several fleets. */
const seeds = [1, 2, 3, 4, 5];

function growthOf(clocks: Clocks, size: FleetSize): Pick<GrowthPoint, 'planMedianMs' | 'planCpuMs'> {
  const timings = seeds.map((seed) => timed(clocks, 20, planOf(syntheticFleet(size, seed))));
  const mean = (value: (timing: Timing) => number): number => timings.reduce((sum, timing) => sum + value(timing), 0) / timings.length;
  return { planMedianMs: mean(({ medianMs }) => medianMs), planCpuMs: mean(({ cpuMs }) => cpuMs) };
}

/** A full plan with all checks. A plan that is refused would measure something else. */
function planOf({ fleet, facts, assessment, request }: SyntheticFleet): () => void {
  return () => {
    const result = planRun({ fleet, facts, assessment, request, revision: 1 });
    if (result.kind === 'blocked') throw new Error(`the benchmark's plan is blocked: ${result.reasons.map(({ message }) => message.slice(0, 300)).join('; ')}`);
    checkPlan(result.plan, { fleet, facts, assessment });
  };
}

const simulationOf = (one: SyntheticFleet) => (): void => void simulateLoss({ ...one, lose: one.request.stamps, demandFactor: 1.3 });
