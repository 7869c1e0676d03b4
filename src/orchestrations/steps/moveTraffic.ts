import type { OrchestrationContext } from 'durable-functions';
import type { PlanDigest, PlanPart, RunStep, Stopped } from '../../activities/contracts.ts';
import type { AwaitShiftInput, AwaitShiftResult } from '../awaitShift.ts';
import { orchestrationNames } from '../names.ts';
import { askFor, notMade } from './askFor.ts';
import { now, type Steps } from './call.ts';
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

export function* verifyTraffic(ctx: OrchestrationContext, step: RunStep, minutes: number): Steps<AwaitShiftResult> {
  showStatus(ctx, { phase: 'verifying', revision: step.revision });
  const input: AwaitShiftInput = { ...step, until: now(ctx) + minutes * 60_000 };
  return (yield ctx.df.callSubOrchestrator(orchestrationNames.awaitShift, input)) as AwaitShiftResult; // its last generation's answer
}
