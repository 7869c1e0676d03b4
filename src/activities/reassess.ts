import type { FleetAssessment } from '../domain/assessment.ts';
import { drillYieldsTo } from '../domain/decide/drill.ts';
import { hasFailed } from '../domain/decide/decideFailover.ts';
import type { Plan } from '../domain/plan.ts';
import type { RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunStep, Stopped } from './contracts.ts';
import { TransientError } from '../ports/outcome.ts';
import { readFleetRuns } from './runIndex.ts';

export type Reassessed = { readonly kind: 'holds' } | Stopped | { readonly kind: 'superseded'; readonly why: string; readonly request: RunRequest };

/**
 * Whether the plan still stands on facts: a region that fails in the middle joins a failover, ends a drill, and a survivor that
 * traffic was planned for must not have failed. An assessment that cannot be read changes nothing.
 */
export async function reassess(ports: Ports, step: RunStep, plan: Plan, assessment: FleetAssessment | null): Promise<Reassessed> {
  if (assessment === null || assessment.observerSuspect) return { kind: 'holds' };
  const { request } = step;
  const failed = assessment.stamps.filter(hasFailed).map(({ stamp }) => stamp);
  if (request.kind === 'failback') {
    const worse = plan.stamps.filter((stamp) => failed.includes(stamp));
    return worse.length === 0 ? { kind: 'holds' } : { kind: 'superseded', why: `${worse.join(', ')} failed again`, request };
  }
  if (request.kind === 'drill') {
    const failing = drillYieldsTo(request.stamps, assessment);
    return failing.length === 0 ? { kind: 'holds' } : { kind: 'stopped', reason: 'yielded', detail: `${failing.join(', ')} failing: the drill yields` };
  }
  const others = failed.filter((stamp) => !request.stamps.includes(stamp));
  if (others.length === 0) return { kind: 'holds' };
  const drained = await drainedStamps(ports);
  const joined = others.filter((stamp) => !drained.includes(stamp));
  // More regions than policy lets automation take out at once: what was begun is finished, and a person is told by the watch.
  if (joined.length === 0 || request.stamps.length + joined.length > ports.fleet.policy.maxRegionsFailing) return { kind: 'holds' };
  return { kind: 'superseded', why: `${joined.join(', ')} failed in the middle of the run`, request: { ...request, kind: 'failover', stamps: [...request.stamps, ...joined] } };
}

/** A store that does not answer stops no run in progress (I9). */
async function drainedStamps(ports: Ports): Promise<readonly string[]> {
  try {
    return (await readFleetRuns(ports)).drained.map(({ stamp }) => stamp);
  } catch (error) {
    if (error instanceof TransientError) return [];
    throw error;
  }
}
