import type { OrchestrationContext } from 'durable-functions';
import type { PlanDigest, PlanPart, RunStep, ShiftStep, Stopped } from '../../activities/contracts.ts';
import { askFor, notMade } from './askFor.ts';
import { call, now, wait, type Steps } from './call.ts';
import { showStatus } from './showStatus.ts';

/** Away from a stamp the gate goes first, the fast lever; back to it last, so that traffic returns when all else is set. */
export const leaving: readonly PlanPart[] = ['gates', 'shifts'];
export const returning: readonly PlanPart[] = ['shifts', 'gates'];

export type Moved = { readonly kind: 'moved'; readonly refused: readonly string[] } | Stopped;

export function* moveTraffic(ctx: OrchestrationContext, step: RunStep, digest: PlanDigest, order: readonly PlanPart[]): Steps<Moved> {
  const refused: string[] = [];
  for (const part of order) {
    if ((part === 'gates' ? digest.gates : digest.shifts) === 0) continue;
    const applied = yield* askFor(ctx, { ...step, part, stamp: null });
    if (applied.kind === 'stopped') return applied;
    refused.push(...notMade(applied));
  }
  return { kind: 'moved', refused };
}

/** Shares come from metrics, a minute at a time and minutes late: asking more often shows nothing sooner. */
const lookSeconds = 15;

/** Set and verify are separate verbs: a change that was accepted may land in 20 minutes or never. */
export function* verifyTraffic(ctx: OrchestrationContext, step: RunStep, minutes: number): Steps<Exclude<ShiftStep, { kind: 'notYet' }>> {
  const until = now(ctx) + minutes * 60_000;
  for (;;) {
    const verified = yield* call(ctx, 'verifyShift', { ...step, until });
    if (verified.kind !== 'notYet') return verified;
    showStatus(ctx, { phase: 'verifying', why: verified.why });
    yield* wait(ctx, lookSeconds);
  }
}
