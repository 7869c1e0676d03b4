import type { OrchestrationContext } from 'durable-functions';
import type { ActivityInput, ApplyStep } from '../../activities/contracts.ts';
import { call, wait, type Steps } from './call.ts';

/** Waits between attempts, in seconds: what does not answer for so long is taken for a part of the outage. */
const waitsSeconds: readonly number[] = [5, 10, 20];

/** Asks for one part of a plan, and again for what gave no answer. What still gives none is left in the answer: the run goes on without it. */
export function* askFor(ctx: OrchestrationContext, input: ActivityInput<'applyPart'>): Steps<ApplyStep> {
  let answer = yield* call(ctx, 'applyPart', input);
  for (const seconds of waitsSeconds) {
    if (answer.kind === 'stopped' || answer.unanswered.length === 0) return answer;
    yield* wait(ctx, seconds);
    answer = yield* call(ctx, 'applyPart', input);
  }
  return answer;
}

/** What was not made, for whatever reason. */
export const notMade = ({ refused, unanswered }: Extract<ApplyStep, { kind: 'applied' }>): readonly string[] => [...refused, ...unanswered];
