/**
 * How requests queue before a workload's pods: one queue of `pods` servers, each serving `perPod` requests per second.
 *
 * Waiting time by Sakasegawa's approximation of the M/M/c queue, Wq = rho^(sqrt(2(c+1)) - 1) / (c (1 - rho)) x S
 * (H. Sakasegawa, "An approximation formula Lq = alpha rho^beta / (1 - rho)", Annals of the Institute of Statistical
 * Mathematics 29, 1977). The queue is bounded: nobody waits longer than `queueSeconds`; what would have to is answered
 * with 503 at once, so that above saturation the failed fraction is 1 - 1/rho.
 */
export interface QueueAnswer {
  /** 0..1 of the requests. */
  readonly errorRate: number;
  /** Of those that were served, milliseconds in the stamp. */
  readonly latencyMs: number;
  /** Offered over what can be served; above 1 = saturated; Infinity without pods. */
  readonly utilisation: number;
}

export const queueSeconds = 5;
/** What a request takes while nobody waits. */
export const serviceMs = 40;

export function queue(requestsPerSecond: number, pods: number, perPod: number): QueueAnswer {
  if (requestsPerSecond <= 0) return { errorRate: 0, latencyMs: serviceMs, utilisation: 0 };
  if (pods <= 0) return { errorRate: 1, latencyMs: serviceMs, utilisation: Number.POSITIVE_INFINITY };
  const utilisation = requestsPerSecond / (pods * perPod);
  const longest = queueSeconds * 1000;
  if (utilisation >= 1) return { errorRate: 1 - 1 / utilisation, latencyMs: serviceMs + longest, utilisation };
  const waitMs = (utilisation ** (Math.sqrt(2 * (pods + 1)) - 1) / (pods * (1 - utilisation))) * serviceMs;
  return { errorRate: 0, latencyMs: serviceMs + Math.min(waitMs, longest), utilisation };
}
