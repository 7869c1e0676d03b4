import { z } from 'zod';
import type { StampName } from '../../../domain/fleet.ts';
import type { HttpDeps } from '../deps.ts';
import { idempotencyHeaders } from '../idempotency.ts';
import { dryRun, fleetBusy, openOperatorRun, operatorRequest } from '../openOperatorRun.ts';
import { problem, type Problem } from '../problem.ts';
import { findStamp, isProblem, regionParams } from '../regionParams.ts';
import { defineRoute, nothingGiven } from '../route.ts';
import { dryRunAnswer, runAccepted } from '../runAnswer.ts';

export const restoreRegion = defineRoute({
  name: 'restoreRegion',
  method: 'POST',
  path: 'regions/{region}/restore',
  access: 'Operator',
  summary: 'Give a drained region its traffic back',
  description: 'A failback: the region is checked, gets its traffic, and the room lent elsewhere is handed back. Never into a region that is not well (I10).',
  params: regionParams,
  query: nothingGiven,
  requestHeaders: idempotencyHeaders,
  body: {
    maxBytes: 16 * 1024,
    schema: z.strictObject({
      reason: z.string().trim().min(1).max(500).describe('Why; goes on record.'),
      dryRun: z.boolean().default(false).describe('Answer the plan, do nothing.'),
    }).meta({ id: 'RestoreRequest' }),
  },
  durable: 'client',
  answers: { 200: { description: 'The plan of a dry run.', schema: dryRunAnswer }, 202: { description: 'The run is opened; Location is its path.', schema: runAccepted } },
  problems: ['unknownRegion', 'notDrained', 'regionUnhealthy', 'fleetBusy', 'killSwitchOn', 'idempotencyKeyReused'],
  async handle(call) {
    const { deps, body } = call;
    const stamp = findStamp(deps, call.params.region);
    if (isProblem(stamp)) return stamp;
    const request = operatorRequest(call, { kind: 'failback', mode: 'graceful', stamp: stamp.name, reason: body.reason, expiresAt: null });
    if (body.dryRun) return (await mayRestore(deps, stamp.name, 'dryRun')) ?? dryRun(call, request);
    return openOperatorRun(call, request, ['restore', stamp.name, body], () => mayRestore(deps, stamp.name, 'forReal'));
  },
});

async function mayRestore(deps: HttpDeps, stamp: StampName, purpose: 'dryRun' | 'forReal'): Promise<Problem | null> {
  const [assessment, runs, { controls }] = await Promise.all([deps.view.readAssessment(), deps.view.readRuns(), deps.controls.readControls()]);
  if (purpose === 'forReal') {
    if (runs.activeRun !== null) return fleetBusy(runs.activeRun.runId, `${runs.activeRun.kind} of ${runs.activeRun.stamps.join(', ')}`);
    if (controls.killSwitch === 'on') return problem('killSwitchOn', `it was set by ${controls.setBy}`);
  }
  if (!runs.drained.some((one) => one.stamp === stamp)) return problem('notDrained', `${stamp} was not drained by Spillway, or has its traffic back`);
  const seen = assessment?.stamps.find((one) => one.stamp === stamp);
  return seen?.verdict === 'unhealthy' ? problem('regionUnhealthy', `${stamp} is unhealthy: ${seen.reason}`) : null;
}
