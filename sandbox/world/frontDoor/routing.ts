/**
 * Which origins one edge sends its requests to, as Microsoft documents it ("Traffic routing methods to origin"):
 * enabled and healthy, then the best priority, then the latency window over the fastest, then the weights.
 * When every enabled origin is unhealthy all of them are taken as healthy and served in turn.
 */
export interface Candidate {
  readonly enabled: 'Enabled' | 'Disabled';
  readonly healthy: boolean;
  /** 1..5, lower first. */
  readonly priority: number;
  /** 1..1000. */
  readonly weight: number;
  /** Round trip that this edge measured by its probes, milliseconds. */
  readonly latencyMs: number;
}

/** @returns fractions 0..1 in the candidates' order; they add up to 1, or to 0 when nothing is enabled. */
export function shareRequests(candidates: readonly Candidate[], latencyWindowMs: number): number[] {
  const enabled = candidates.filter((candidate) => candidate.enabled === 'Enabled');
  if (enabled.length === 0) return candidates.map(() => 0);
  const healthy = enabled.filter((candidate) => candidate.healthy);
  if (healthy.length === 0) return candidates.map((candidate) => (candidate.enabled === 'Enabled' ? 1 / enabled.length : 0));
  const chosen = withinLatencyWindow(bestPriority(healthy), latencyWindowMs);
  const totalWeight = chosen.reduce((sum, candidate) => sum + candidate.weight, 0);
  return candidates.map((candidate) => (chosen.includes(candidate) ? candidate.weight / totalWeight : 0));
}

function bestPriority(candidates: readonly Candidate[]): readonly Candidate[] {
  const best = Math.min(...candidates.map((candidate) => candidate.priority));
  return candidates.filter((candidate) => candidate.priority === best);
}

/** A window of 0 ms leaves the fastest alone: weights then do nothing unless latencies tie. */
function withinLatencyWindow(candidates: readonly Candidate[], latencyWindowMs: number): readonly Candidate[] {
  const fastest = Math.min(...candidates.map((candidate) => candidate.latencyMs));
  return candidates.filter((candidate) => candidate.latencyMs <= fastest + latencyWindowMs);
}
