import type { OrchestrationContext } from 'durable-functions';
import type { RunInput } from './failover.ts';
import { shiftAway } from './shiftAway.ts';
import { call, now, wait, type Steps } from './steps/call.ts';
import { conduct, giveWay, stopRun, undoAll, type Ending } from './steps/conduct.ts';
import type { RunStep } from '../activities/contracts.ts';
import { showStatus } from './steps/showStatus.ts';

const pollSeconds = 20;

/**
 * A failover on purpose: drain, hold, and put everything back.
 *
 *   shift away -> hold --time is up, abort--> traffic back -> room back
 *                 | threshold crossed, real failure--> traffic back; the room stays until it runs out
 *
 * One whose controller was lost is not gone on with: an exercise yields to what is real.
 */
export function* drill(ctx: OrchestrationContext): Steps<Ending> {
  const { request, limits } = ctx.df.getInput<RunInput>();
  return yield* conduct(ctx, request, function* (run) {
    if (run.firstRevision > 1) {
      const step: RunStep = { request: run.request, hold: run.hold, revision: run.firstRevision };
      return yield* undoAll(ctx, step, { outcome: 'aborted', why: 'the controller that ran the drill was lost' });
    }
    const { step, ending } = yield* shiftAway(ctx, run, limits);
    if (ending.outcome === 'frozen') return yield* undoAll(ctx, step, { outcome: 'aborted', why: ending.why });
    if (ending.outcome !== 'completed') return ending;
    return yield* hold(ctx, step, limits.drillHoldMinutes);
  });
}

function* hold(ctx: OrchestrationContext, step: RunStep, minutes: number): Steps<Ending> {
  yield* call(ctx, 'enterPhase', { ...step, phase: 'holding' });
  const until = now(ctx) + minutes * 60_000;
  showStatus(ctx, { phase: 'holding', until });
  while (now(ctx) < until) {
    const held = yield* call(ctx, 'holdDrill', step);
    if (held.kind === 'stopped') return yield* stopRun(ctx, step, held);
    if (held.kind === 'mustEnd') return yield* giveWay(ctx, step, held.why);
    yield* wait(ctx, pollSeconds);
  }
  return yield* undoAll(ctx, step, { outcome: 'completed', why: `held for ${minutes} minutes and put back` });
}
