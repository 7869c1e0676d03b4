import { z } from 'zod';
import { groupWithoutSurvivor } from '../../../domain/decide/groupWithoutSurvivor.ts';
import type { StampName } from '../../../domain/fleet.ts';
import type { HttpDeps } from '../deps.ts';
import { idempotencyHeaders } from '../idempotency.ts';
import { dryRun, fleetBusy, openOperatorRun, operatorRequest } from '../openOperatorRun.ts';
import { problem, type Problem } from '../problem.ts';
import { findStamp, isProblem, regionParams } from '../regionParams.ts';
import { defineRoute, nothingGiven } from '../route.ts';
import { dryRunAnswer, runAccepted } from '../runAnswer.ts';

const longestDrainMinutes = 30 * 24 * 60;

export const drainRegion = defineRoute({
  name: 'drainRegion',
  method: 'POST',
  path: 'regions/{region}/drain',
  access: 'Operator',
  summary: 'Drain a region',
  description: 'Makes room in the other regions, proves it, then moves the traffic (graceful), or moves at once and makes room beside it (ungraceful). The answer tells where to follow the run. With dryRun the plan is answered and nothing is done.',
  params: regionParams,
  query: nothingGiven,
  requestHeaders: idempotencyHeaders,
  body: {
    maxBytes: 16 * 1024,
    schema: z.strictObject({
      reason: z.string().trim().min(1).max(500).describe('Why; goes on record.'),
      mode: z.enum(['graceful', 'ungraceful']).default('graceful').describe('graceful: room first, then traffic. ungraceful: at once.'),
      expiresInMinutes: z.int().min(1).max(longestDrainMinutes).optional().describe('The drain ends by itself after this long. Left out: policy.drainExpiryMinutes.'),
      expiresAt: z.iso.datetime({ offset: true }).optional().describe('The same as an instant; one of the two.'),
      dryRun: z.boolean().default(false).describe('Answer the plan, do nothing.'),
    }).refine((body) => body.expiresAt === undefined || body.expiresInMinutes === undefined, { path: ['expiresAt'], error: 'give expiresAt or expiresInMinutes, not both' }).meta({ id: 'DrainRequest' }),
  },
  durable: 'client',
  answers: { 200: { description: 'The plan of a dry run.', schema: dryRunAnswer }, 202: { description: 'The run is opened; Location is its path.', schema: runAccepted } },
  problems: ['unknownRegion', 'alreadyDrained', 'lastHealthyRegion', 'fleetBusy', 'killSwitchOn', 'notAssessed', 'idempotencyKeyReused'],
  async handle(call) {
    const { deps, body } = call;
    const stamp = findStamp(deps, call.params.region);
    if (isProblem(stamp)) return stamp;
    const now = deps.clock.now();
    const expiresAt = expiryOf(body, now);
    if (expiresAt !== null && (expiresAt <= now || expiresAt > now + longestDrainMinutes * 60_000)) {
      return problem('invalidRequest', 'expiresAt: within the next 30 days', { errors: [{ field: 'expiresAt', message: 'within the next 30 days' }] });
    }
    const request = operatorRequest(call, { kind: 'drain', mode: body.mode, stamp: stamp.name, reason: body.reason, expiresAt });
    if (body.dryRun) return (await mayDrain(deps, stamp.name, 'dryRun')) ?? dryRun(call, request);
    return openOperatorRun(call, request, ['drain', stamp.name, body], () => mayDrain(deps, stamp.name, 'forReal'));
  },
});

function expiryOf({ expiresAt, expiresInMinutes }: { expiresAt?: string | undefined; expiresInMinutes?: number | undefined }, now: number): number | null {
  if (expiresAt !== undefined) return Date.parse(expiresAt);
  return expiresInMinutes === undefined ? null : now + expiresInMinutes * 60_000;
}

/** What can be told at once; the run itself checks all of it again, with fresh facts, before each write. A dry run needs no leave. */
async function mayDrain(deps: HttpDeps, stamp: StampName, purpose: 'dryRun' | 'forReal'): Promise<Problem | null> {
  const [assessment, runs, { controls }] = await Promise.all([deps.view.readAssessment(), deps.view.readRuns(), deps.controls.readControls()]);
  const before = runs.drained.find((one) => one.stamp === stamp);
  if (before !== undefined) return problem('alreadyDrained', `${stamp} was drained by run ${before.runId} at ${new Date(before.since).toISOString()}`, { more: { runId: before.runId } });
  if (purpose === 'forReal') {
    if (runs.activeRun !== null) return fleetBusy(runs.activeRun.runId, `${runs.activeRun.kind} of ${runs.activeRun.stamps.join(', ')}`);
    if (controls.killSwitch === 'on') return problem('killSwitchOn', `it was set by ${controls.setBy}`);
  }
  if (assessment === null) return problem('notAssessed', 'the first look at the fleet is still to come', { headers: { 'Retry-After': '30' } });
  const stranded = groupWithoutSurvivor({ fleet: deps.fleet, assessment, drained: runs.drained }, [stamp]);
  return stranded === null ? null : problem('lastHealthyRegion', `origin group ${stranded} would have no other region that is known to be healthy`, { more: { originGroup: stranded } });
}
