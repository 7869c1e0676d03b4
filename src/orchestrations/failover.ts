import type { OrchestrationContext } from 'durable-functions';
import type { RunRequest } from '../domain/run.ts';
import { shiftAway, type RunLimits } from './shiftAway.ts';
import type { Steps } from './steps/call.ts';
import { conduct, type Ending } from './steps/conduct.ts';

/** Input of every run: the request and the limits that policy set when it was started. */
export interface RunInput {
  readonly request: RunRequest;
  readonly limits: RunLimits;
}

/** A failover, and a drain: traffic leaves the stamps of the request and stays away until a failback. */
export function* failover(ctx: OrchestrationContext): Steps<Ending> {
  const { request, limits } = ctx.df.getInput<RunInput>();
  return yield* conduct(ctx, request, function* (run) {
    const { step, ending } = yield* shiftAway(ctx, run, limits);
    return { ...ending, request: step.request };
  });
}
