import { draw, streamOf } from '../prng.ts';
import type { OriginGroupSpec, PointOfPresenceSpec } from '../types.ts';
import { shareRequests } from './routing.ts';

/** Edges of one point of presence: each probes for itself, at its own phase, and gets changes at its own time. */
export const edgesPerPoint = 4;

/** One edge's view of one origin group. */
export interface EdgeState {
  readonly point: number;
  nextProbeAt: number;
  /** By origin name: the last samples, newest last. */
  samples: Record<string, (0 | 1)[]>;
  healthy: Record<string, boolean>;
  /** Fraction of this edge's requests by origin name. */
  shares: Record<string, number>;
}

/** Sessions last so long on average: with affinity the share of an origin that stays eligible moves no faster. */
const sessionSeconds = 1200;

export function freshEdge(group: OriginGroupSpec, point: number, index: number, seed: number, nowMs: number): EdgeState {
  const phase = draw(seed, streamOf(`probe phase ${group.name}/${point}/${index}`), 0);
  const full = (): (0 | 1)[] => Array.from({ length: group.sampleSize }, (): 0 | 1 => 1);
  return {
    point,
    nextProbeAt: nowMs + Math.round(phase * group.probeIntervalSeconds * 1000),
    samples: Object.fromEntries(group.origins.map((origin) => [origin.name, full()])),
    healthy: Object.fromEntries(group.origins.map((origin) => [origin.name, true])),
    shares: {},
  };
}

/** One probe's outcome. An origin is healthy while `successfulSamplesRequired` of the last `sampleSize` passed. Answers whether that changed. */
export function addSample(edge: EdgeState, group: OriginGroupSpec, origin: string, passed: boolean): boolean {
  const samples = edge.samples[origin] ?? [];
  edge.samples[origin] = samples;
  samples.push(passed ? 1 : 0);
  while (samples.length > group.sampleSize) samples.shift();
  const healthy = samples.reduce<number>((sum, sample) => sum + sample, 0) >= group.successfulSamplesRequired;
  const changed = (edge.healthy[origin] ?? false) !== healthy;
  edge.healthy[origin] = healthy;
  return changed;
}

/** Where this edge sends its requests under the configuration that it has. */
export function wantedShares(edge: EdgeState, group: OriginGroupSpec, point: PointOfPresenceSpec): Record<string, number> {
  const candidates = group.origins.map((origin) => ({
    enabled: origin.enabled,
    healthy: edge.healthy[origin.name] ?? false,
    priority: origin.priority,
    weight: origin.weight,
    latencyMs: point.latencyMsByStamp[origin.stamp] ?? Number.POSITIVE_INFINITY,
  }));
  const shares = shareRequests(candidates, group.latencyWindowMs);
  return Object.fromEntries(group.origins.map((origin, index) => [origin.name, shares[index] ?? 0]));
}

/** Sessions stay where they are while their origin is enabled and healthy; the others go where new ones go. */
export function keepSessions(edge: EdgeState, group: OriginGroupSpec, wanted: Readonly<Record<string, number>>, seconds: number): void {
  const stays = Math.exp(-seconds / sessionSeconds);
  let kept = 0;
  const next: Record<string, number> = {};
  for (const origin of group.origins) {
    const eligible = origin.enabled === 'Enabled' && (edge.healthy[origin.name] ?? false);
    const share = eligible ? (edge.shares[origin.name] ?? 0) * stays : 0;
    next[origin.name] = share;
    kept += share;
  }
  for (const origin of group.origins) next[origin.name] = (next[origin.name] ?? 0) + (1 - kept) * (wanted[origin.name] ?? 0);
  edge.shares = next;
}
