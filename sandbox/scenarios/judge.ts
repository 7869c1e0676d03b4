import type { Expectation, ExpectedRun, RunOutcome } from './schema.ts';

/** What really happened, as whoever ran the scenario saw it. */
export interface Happened {
  /** In the order in which they were opened. `outcome` null: still going when time was up. */
  readonly runs: readonly { readonly kind: string; readonly mode: string; readonly regions: readonly string[]; readonly outcome: RunOutcome | null }[];
  /** Changes in the outside world: Front Door, node pools, HPAs, gates. */
  readonly writes: number;
  /** Those of them that move traffic: gates and origins. */
  readonly trafficWrites: number;
  /** From faultAt; null = never. */
  readonly settledSeconds: number | null;
  /** Stamps whose origins are all disabled in Front Door's settings. */
  readonly disabledAtFrontDoor: readonly string[];
  /** From the death of the acting controller; null = nobody died, or nobody took over. */
  readonly takenOverSeconds: number | null;
  /** Pools and HPAs whose bounds are not what they were at the start. */
  readonly roomLent: readonly string[];
  /** What the run was short of; what binds first comes first. */
  readonly shortOf: readonly string[];
  /** What each certificate named as binding. */
  readonly certificates: readonly string[];
  readonly failedRequests: { readonly with: number; readonly without: number };
}

/** @returns what is not as the scenario says it must end; empty = as it should. */
export function judge(expectation: Expectation, happened: Happened): readonly string[] {
  return [
    ...judgeRuns(expectation, happened),
    ...(expectation.nothing === true && happened.writes > 0 ? [`${happened.writes} writes were made where nothing was to be done`] : []),
    ...(expectation.trafficStays === true && happened.trafficWrites > 0 ? [`${happened.trafficWrites} gates or origins were changed where traffic was to stay`] : []),
    ...(expectation.roomIsBack === true && happened.roomLent.length > 0 ? [`room was to be handed back, and is not: ${happened.roomLent.join('; ')}`] : []),
    ...judgeBinding(expectation.binds, happened),
    ...judgeSettled(expectation.settledWithinSeconds, happened.settledSeconds),
    ...expectation.disabledAtFrontDoor.filter((stamp) => !happened.disabledAtFrontDoor.includes(stamp)).map((stamp) => `${stamp} is enabled at Front Door, and was to be disabled in the end`),
    ...judgeTakeover(expectation.takenOverWithinSeconds, happened.takenOverSeconds),
    ...(expectation.fewerFailedRequestsThanWithout === true && happened.failedRequests.with >= happened.failedRequests.without
      ? [`${happened.failedRequests.with} requests failed, and ${happened.failedRequests.without} without Spillway`]
      : []),
  ];
}

/** The expected runs are found in order; any other must have an outcome that is tolerated. */
function judgeRuns({ runs, tolerate }: Expectation, happened: Happened): readonly string[] {
  const missing = [...runs];
  const problems: string[] = [];
  for (const run of happened.runs) {
    const next = missing[0];
    if (next !== undefined && matches(next, run)) {
      missing.shift();
    } else if (run.outcome === null || !tolerate.includes(run.outcome)) {
      problems.push(`a ${run.mode} ${run.kind} of ${run.regions.join(', ')} ended as ${run.outcome ?? 'not at all'}, and ${next === undefined ? 'no further run was expected' : `a ${describe(next)} was expected`}`);
    }
  }
  return [...problems, ...missing.map((run) => `there was no ${describe(run)}`)];
}

function matches(expected: ExpectedRun, run: Happened['runs'][number]): boolean {
  const outcomes = typeof expected.outcome === 'string' ? [expected.outcome] : expected.outcome;
  return expected.kind === run.kind && (expected.mode === undefined || expected.mode === run.mode) && run.regions.includes(expected.region) && run.outcome !== null && outcomes.includes(run.outcome);
}

function describe(run: ExpectedRun): string {
  const outcome = typeof run.outcome === 'string' ? run.outcome : run.outcome.join(' or ');
  return `${run.mode === undefined ? '' : `${run.mode} `}${run.kind} of ${run.region} that ends ${outcome}`;
}

function judgeBinding(binds: Expectation['binds'], { shortOf, certificates }: Happened): readonly string[] {
  if (binds === undefined) return [];
  const { stamp, constraint, by } = binds;
  if (by === 'certificate') return certificates.some((line) => line.includes(`, ${stamp} lacks `) && line.includes(` (${constraint}): `)) ? [] : [`no certificate named ${constraint} of ${stamp}; there were: ${certificates.join(' | ') || 'none'}`];
  const [first = 'nothing'] = shortOf;
  return first.startsWith(`${stamp}: ${constraint} (`) ? [] : [`what binds first was to be ${constraint} of ${stamp}, and is ${first}`];
}

function judgeSettled(within: number | undefined, seconds: number | null): readonly string[] {
  if (within === undefined) return [];
  if (seconds === null) return [`traffic never settled, and ${within} s were allowed`];
  return seconds <= within ? [] : [`traffic settled after ${Math.round(seconds)} s, and ${within} s were allowed`];
}

function judgeTakeover(within: number | undefined, seconds: number | null): readonly string[] {
  if (within === undefined) return [];
  if (seconds === null) return [`the run was not taken over, and ${within} s were allowed`];
  return seconds <= within ? [] : [`the run was taken over after ${Math.round(seconds)} s, and ${within} s were allowed`];
}
