import type { RunKind } from '../../domain/plan.ts';
import { renderPlanResult } from '../../domain/render/renderPlan.ts';
import type { RunRequest } from '../../domain/run.ts';
import { fixRequest } from './idempotency.ts';
import { isoInstants } from './isoInstants.ts';
import { problem, type Problem } from './problem.ts';
import { answer, type Answer, type Call } from './route.ts';
import { runPath } from './runAnswer.ts';

export interface OperatorRun {
  readonly kind: Extract<RunKind, 'drain' | 'failback'>;
  readonly mode: RunRequest['mode'];
  readonly stamp: string;
  readonly reason: string;
  readonly expiresAt: number | null;
}

/** Seconds after which a first look at the run is worth it. */
const retryAfterSeconds = 5;

/** A run that a person asks for, on record under the name in the token. */
export function operatorRequest({ deps, caller }: Pick<Call<unknown, unknown, unknown>, 'deps' | 'caller'>, run: OperatorRun): RunRequest {
  const now = deps.clock.now();
  const second = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return {
    runId: `${deps.controlRegion}-${second}Z-${run.kind}-${run.stamp}-${deps.randomId().slice(0, 8)}`,
    kind: run.kind,
    mode: run.mode,
    stamps: [run.stamp],
    trigger: { by: 'operator', subject: caller.subject, name: caller.name },
    reason: run.reason,
    requestedAt: now,
    expiresAt: run.expiresAt,
    controlRegion: deps.controlRegion,
    drill: null,
    scope: 'full',
  };
}

/** The plan as it would be made now; nothing is written, nothing starts. */
export async function dryRun({ deps }: Pick<Call<unknown, unknown, unknown>, 'deps'>, request: RunRequest): Promise<Answer> {
  const result = await deps.planDryRun(request);
  return answer(200, { ...(isoInstants(result) as object), rendering: renderPlanResult(result) }); // a copy of an object is one
}

/** Opens the run; under an Idempotency-Key, `asked` identifies the request. `check` is left out where the run exists already. */
export async function openOperatorRun(
  call: Pick<Call<unknown, unknown, unknown>, 'deps' | 'caller' | 'headers' | 'starter'>,
  proposed: RunRequest,
  asked: unknown,
  check: () => Promise<Problem | null>,
): Promise<Answer | Problem> {
  const key = call.headers.get('idempotency-key');
  if (key === null) {
    return (await check()) ?? open(call, proposed);
  }
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) {
    return problem('invalidRequest', 'Idempotency-Key: 1 to 128 printable characters without spaces', { errors: [{ field: 'header.Idempotency-Key', message: '1 to 128 printable characters without spaces' }] });
  }
  const fixed = await fixRequest(call.deps.state, { key, subject: call.caller.subject, asked }, proposed);
  if (fixed.kind === 'reused') return problem('idempotencyKeyReused', 'use a new key for another request', { errors: [{ field: 'header.Idempotency-Key', message: 'came with another request before' }] });
  const opened = fixed.kind === 'repeated' ? await isOpened(call, fixed.request.runId) : false;
  if (opened) return open(call, fixed.request);
  const { expiresAt } = fixed.request;
  if (expiresAt !== null && expiresAt <= call.deps.clock.now()) {
    return problem('idempotencyKeyReused', 'the drain that was first asked for under this key would have run out by now: use a new key', { errors: [{ field: 'header.Idempotency-Key', message: 'came with a request that has run out' }] });
  }
  return (await check()) ?? open(call, fixed.request);
}

const isOpened = async ({ deps }: Pick<Call<unknown, unknown, unknown>, 'deps'>, runId: string): Promise<boolean> => (await deps.ledger.readRun(runId)).length > 0;

async function open({ starter }: Pick<Call<unknown, unknown, unknown>, 'starter'>, request: RunRequest): Promise<Answer | Problem> {
  const opened = await starter().openRun(request);
  if (opened.kind === 'busy') return fleetBusy(opened.runId, opened.what);
  const self = runPath(opened.runId);
  return answer(202, { runId: opened.runId, status: 'accepted', self }, { Location: self, 'Retry-After': String(retryAfterSeconds) });
}

export const fleetBusy = (runId: string, what: string): Problem =>
  problem('fleetBusy', `${what} is active; abort it or wait for its end`, { more: { runId, run: runPath(runId) }, headers: { 'Retry-After': '30' } });
