import type { OrchestrationContext } from 'durable-functions';
import type { ApplyStep, PlanDigest, RunStep, Stopped } from '../../activities/contracts.ts';
import { orchestrationNames } from '../names.ts';
import type { SurgeStampInput, SurgeStampResult } from '../surgeStamp.ts';
import { askFor, notMade } from './askFor.ts';
import { callTask, type Steps } from './call.ts';

export interface RoomTimeouts {
  readonly nodeReadyTimeoutMinutes: number;
  readonly podReadyTimeoutMinutes: number;
}

/** `short`: something was refused or is late; the proof decides whether it matters. `forNothing`: a survivor's pools were all refused, so that no time was
 * given to what may keep them busy. */
export type Room = { readonly kind: 'made' } | { readonly kind: 'short'; readonly why: string; readonly waited: 'forRoom' | 'forNothing' } | Stopped;

/** Graceful: all survivors side by side, each in its own order, waiting until what was asked for is there. */
export function* makeRoom(ctx: OrchestrationContext, step: RunStep, digest: PlanDigest, timeouts: RoomTimeouts): Steps<Room> {
  if (digest.sheds > 0) {
    const shed = yield* askFor(ctx, { ...step, part: 'sheds', stamp: null });
    if (shed.kind === 'stopped') return shed;
  }
  if (digest.surgeStamps.length === 0) return { kind: 'made' };
  const children = digest.surgeStamps.map((stamp) => {
    const input: SurgeStampInput = { ...step, stamp, ...timeouts };
    return ctx.df.callSubOrchestrator(orchestrationNames.surgeStamp, input);
  });
  return summarise((yield ctx.df.Task.all(children)) as readonly SurgeStampResult[]);
}

/** Ungraceful: the traffic has moved already, so every survivor is asked at once and nothing is waited for. */
export function* makeRoomAtOnce(ctx: OrchestrationContext, step: RunStep, digest: PlanDigest): Steps<Room> {
  const sheds = digest.sheds === 0 ? [] : [callTask(ctx, 'applyPart', { ...step, part: 'sheds', stamp: null })];
  const surges = digest.surgeStamps.flatMap((stamp) => (['pools', 'hpas'] as const).map((part) => callTask(ctx, 'applyPart', { ...step, part, stamp })));
  const asked = [...sheds, ...surges];
  if (asked.length === 0) return { kind: 'made' };
  const answers = (yield ctx.df.Task.all(asked)) as readonly ApplyStep[];
  const stopped = answers.find((answer) => answer.kind === 'stopped');
  if (stopped !== undefined) return stopped;
  const refused = answers.flatMap((answer) => (answer.kind === 'applied' ? notMade(answer) : []));
  return refused.length === 0 ? { kind: 'made' } : { kind: 'short', why: refused.join('; '), waited: 'forRoom' };
}

function summarise(results: readonly SurgeStampResult[]): Room {
  const stopped = results.find((result) => result.kind === 'stopped');
  if (stopped !== undefined) return stopped;
  const short = results.flatMap((result) => {
    if (result.kind === 'refused') return result.refused;
    if (result.kind === 'superseded') return ['the facts changed'];
    return result.kind === 'late' ? [`${result.ready} of ${result.wanted} ${result.what} ready in time`] : [];
  });
  return short.length === 0 ? { kind: 'made' } : { kind: 'short', why: short.join('; '), waited: results.some((result) => result.kind === 'refused' && result.nodes === 'none') ? 'forNothing' : 'forRoom' };
}
