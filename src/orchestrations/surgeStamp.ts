import type { OrchestrationContext } from 'durable-functions';
import type { ActivityInput, ApplyStep, SurgeStep } from '../activities/contracts.ts';
import { call, now, pollSeconds, wait, type Steps } from './steps/call.ts';

/** Input of the child: the step of its parent, the survivor, and how long nodes and pods may take. */
export interface SurgeStampInput extends Omit<ActivityInput<'verifySurge'>, 'what'> {
  readonly nodeReadyTimeoutMinutes: number;
  readonly podReadyTimeoutMinutes: number;
}

export type SurgeStampResult =
  | { readonly kind: 'ready' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'late'; readonly what: 'nodes' | 'pods'; readonly wanted: number; readonly ready: number }
  | { readonly kind: 'refused'; readonly refused: readonly string[] }
  | Extract<ApplyStep | SurgeStep, { kind: 'stopped' }>;

/**
 * Makes room in one survivor, as a child so that survivors go side by side:
 *
 *   pool bounds --> first new nodes ready --> HPA bounds --> all nodes ready --> pods ready
 *
 * HPA bounds rise with the nodes and not after the last of them: pods fill nodes as they come (ADR 0001). A refusal of some
 * pools goes on with the others: the parent plans anew with what is there. Late nodes or pods are the parent's to judge by
 * the proof (I2).
 */
export function* surgeStamp(ctx: OrchestrationContext): Steps<SurgeStampResult> {
  const input = ctx.df.getInput<SurgeStampInput>();
  const pools = yield* call(ctx, 'applyPart', { ...input, part: 'pools' });
  if (pools.kind === 'stopped') return pools;
  const firstNodes = yield* waitFor(ctx, input, 'nodes', input.nodeReadyTimeoutMinutes, 'first');
  if (firstNodes.kind === 'stopped' || firstNodes.kind === 'superseded') return firstNodes;
  const hpas = yield* call(ctx, 'applyPart', { ...input, part: 'hpas' });
  if (hpas.kind === 'stopped') return hpas;
  const refused = [...pools.refused, ...hpas.refused];
  if (refused.length > 0) return { kind: 'refused', refused };
  const nodes = firstNodes.kind === 'ready' ? yield* waitFor(ctx, input, 'nodes', input.nodeReadyTimeoutMinutes, 'all') : firstNodes;
  return nodes.kind === 'ready' ? yield* waitFor(ctx, input, 'pods', input.podReadyTimeoutMinutes, 'all') : nodes;
}

type Waited = Exclude<SurgeStampResult, { kind: 'refused' }>;

/** `first`: until more are ready than at the first look. */
function* waitFor(ctx: OrchestrationContext, input: SurgeStampInput, what: 'nodes' | 'pods', minutes: number, enough: 'first' | 'all'): Steps<Waited> {
  const from = now(ctx);
  const deadline = from + minutes * 60_000;
  let atFirst: number | null = null;
  for (;;) {
    const seen = yield* call(ctx, 'verifySurge', { ...input, what });
    if (seen.kind !== 'notYet') return seen;
    atFirst ??= seen.ready;
    if (enough === 'first' && seen.ready > atFirst) return { kind: 'ready' };
    ctx.df.setCustomStatus({ waitingFor: what, wanted: seen.wanted, ready: seen.ready });
    if (deadline <= now(ctx)) return { kind: 'late', what, wanted: seen.wanted, ready: seen.ready };
    yield* wait(ctx, pollSeconds(now(ctx) - from));
  }
}
