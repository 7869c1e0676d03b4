import type { OrchestrationContext } from 'durable-functions';
import type { ProofStep, RunStep } from '../../activities/contracts.ts';
import { call, now, pollSeconds, wait, type Steps } from './call.ts';
import { showStatus } from './showStatus.ts';

/**
 * Asks until the room is proved, or the deadline passes (I2). A run on suspicion alone waits, with the room made, until the
 * failure is confirmed or has cleared.
 */
export function* proveRoom(ctx: OrchestrationContext, step: RunStep, minutes: number): Steps<Exclude<ProofStep, { kind: 'awaitingConfirmation' }>> {
  const from = now(ctx);
  let deadline = from + minutes * 60_000;
  for (;;) {
    const proof = yield* call(ctx, 'proveCapacity', step);
    showStatus(ctx, { phase: 'proving', proof: proof.kind });
    if (proof.kind === 'awaitingConfirmation') deadline = now(ctx) + minutes * 60_000;
    else if (proof.kind !== 'notYet' || deadline <= now(ctx)) return proof;
    yield* wait(ctx, pollSeconds(now(ctx) - from));
  }
}
