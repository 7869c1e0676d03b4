import type { OrchestrationContext } from 'durable-functions';
import type { ActivityInput, ApplyStep, SurgeStep } from '../activities/contracts.ts';
import type { AwaitRoomInput, AwaitRoomResult } from './awaitRoom.ts';
import { orchestrationNames } from './names.ts';
import { askFor, notMade } from './steps/askFor.ts';
import type { Steps } from './steps/call.ts';

/** Input of the child: the step of its parent, the survivor, and how long nodes and pods may take. */
export interface SurgeStampInput extends Omit<ActivityInput<'verifySurge'>, 'what'> {
  readonly nodeReadyTimeoutMinutes: number;
  readonly podReadyTimeoutMinutes: number;
}

/** `nodes`: as in `ApplyStep`, of the pools. */
export type SurgeStampResult = AwaitRoomResult | { readonly kind: 'refused'; readonly refused: readonly string[]; readonly nodes: 'mayCome' | 'none' } | Extract<ApplyStep | SurgeStep, { kind: 'stopped' }>;

/**
 * Makes room in one survivor, as a child so that survivors go side by side:
 *
 *   pool bounds --> first new nodes ready --> HPA bounds --> all nodes ready --> pods ready
 *
 * HPA bounds rise with the nodes and not after the last of them: pods fill nodes as they come (ADR 0001). A refusal of some
 * pools goes on with the others, and one of all waits for no node: the parent plans anew with what is there, also where the cluster does not answer. Late nodes or pods are the parent's to judge by
 * the proof (I2).
 */
export function* surgeStamp(ctx: OrchestrationContext): Steps<SurgeStampResult> {
  const { nodeReadyTimeoutMinutes, podReadyTimeoutMinutes, ...step } = ctx.df.getInput<SurgeStampInput>();
  const pools = yield* askFor(ctx, { ...step, part: 'pools' });
  if (pools.kind === 'stopped') return pools;
  // No node of it will come: the parent plans without it the sooner.
  if (pools.unanswered.length > 0) return { kind: 'refused', refused: notMade(pools), nodes: 'mayCome' };
  // Refused to the last pool, as one that is busy with somebody else's operation is: pods at once, and then the parent's next plan.
  const firstNodes: AwaitRoomResult = pools.nodes === 'none' ? { kind: 'ready' } : yield* awaited(ctx, { ...step, what: 'nodes', minutes: nodeReadyTimeoutMinutes, enough: 'first', since: null });
  if (firstNodes.kind === 'stopped' || firstNodes.kind === 'superseded') return firstNodes;
  const hpas = yield* askFor(ctx, { ...step, part: 'hpas' });
  if (hpas.kind === 'stopped') return hpas;
  const refused = [...pools.refused, ...notMade(hpas)];
  if (refused.length > 0) return { kind: 'refused', refused, nodes: pools.nodes };
  const nodes = firstNodes.kind === 'ready' ? yield* awaited(ctx, { ...step, what: 'nodes', minutes: nodeReadyTimeoutMinutes, enough: 'all', since: null }) : firstNodes;
  return nodes.kind === 'ready' ? yield* awaited(ctx, { ...step, what: 'pods', minutes: podReadyTimeoutMinutes, enough: 'all', since: null }) : nodes;
}

function* awaited(ctx: OrchestrationContext, input: AwaitRoomInput): Steps<AwaitRoomResult> {
  return (yield ctx.df.callSubOrchestrator(orchestrationNames.awaitRoom, input)) as AwaitRoomResult; // its last generation's answer
}
