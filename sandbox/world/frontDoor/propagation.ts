import { drawBetween, streamOf } from '../prng.ts';
import type { FrontDoorConfig } from '../types.ts';

/**
 * How a configuration travels. Front Door rolls out one at a time; what is asked meanwhile waits and goes out together
 * in the next roll-out: one change takes up to the published time, back-to-back ones up to twice that.
 */
export interface PropagationState {
  /** Of the configuration last asked for. */
  askedRevision: number;
  /** Configurations that some edge still has, by revision. */
  revisions: Record<number, FrontDoorConfig>;
  /** The revision that each edge has. */
  edgeRevisions: number[];
  rollOut: { readonly revision: number; readonly startedAt: number; readonly arrivals: number[] } | null;
}

export function freshPropagation(config: FrontDoorConfig, edges: number): PropagationState {
  return { askedRevision: 0, revisions: { 0: config }, edgeRevisions: Array.from({ length: edges }, () => 0), rollOut: null };
}

/** Notes a new configuration; it starts at once when nothing is on its way. */
export function ask(state: PropagationState, config: FrontDoorConfig, nowMs: number, seed: number, seconds: readonly [number, number]): void {
  state.askedRevision++;
  state.revisions[state.askedRevision] = config;
  if (state.rollOut === null) startRollOut(state, nowMs, seed, seconds);
}

/** Delivers what has arrived. Answers the edges that have another configuration than before. */
export function deliver(state: PropagationState, nowMs: number, seed: number, seconds: readonly [number, number]): readonly number[] {
  const { rollOut } = state;
  if (rollOut === null) return [];
  const reached: number[] = [];
  let missing = 0;
  rollOut.arrivals.forEach((arrivesAt, edge) => {
    if (state.edgeRevisions[edge] === rollOut.revision) return;
    if (arrivesAt > nowMs) {
      missing++;
      return;
    }
    state.edgeRevisions[edge] = rollOut.revision;
    reached.push(edge);
  });
  if (missing === 0) {
    state.rollOut = null;
    state.revisions = Object.fromEntries(Object.entries(state.revisions).filter(([revision]) => Number(revision) >= rollOut.revision));
    if (state.askedRevision > rollOut.revision) startRollOut(state, nowMs, seed, seconds);
  }
  return reached;
}

function startRollOut(state: PropagationState, nowMs: number, seed: number, seconds: readonly [number, number]): void {
  const revision = state.askedRevision;
  const stream = streamOf(`roll-out ${revision}`);
  const arrivals = state.edgeRevisions.map((_, edge) => nowMs + Math.round(1000 * drawBetween(seed, stream, edge, seconds)));
  state.rollOut = { revision, startedAt: nowMs, arrivals };
}
