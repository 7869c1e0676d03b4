import type { OriginFacts, OriginGroupFacts } from '../../domain/facts.ts';
import type { Fleet, Stamp, StampOrigin } from '../../domain/fleet.ts';

/** The service's own values where a property was never set: both APIs answer null or leave it out. */
export const serviceDefaults = { weight: 1000, priority: 1, sampleSize: 4, successfulSamplesRequired: 3, probeIntervalSeconds: 30, latencyWindowMs: 0 } as const;

/** Probes that are switched off never drain an origin; JSON has no infinity. */
export const neverDrains = Number.MAX_SAFE_INTEGER;

export interface LoadBalancing {
  readonly sampleSize: number | null | undefined;
  readonly successfulSamplesRequired: number | null | undefined;
  readonly latencyWindowMs: number | null | undefined;
}

export function originGroupFacts(
  name: string,
  balancing: LoadBalancing,
  probeIntervalSeconds: number | null | 'disabled',
  origins: readonly OriginFacts[],
): OriginGroupFacts {
  const sampleSize = balancing.sampleSize ?? serviceDefaults.sampleSize;
  const required = balancing.successfulSamplesRequired ?? serviceDefaults.successfulSamplesRequired;
  // An origin is down for an edge once too few of the last n samples can succeed: n - x + 1 failures.
  const failuresToDrain = Math.max(1, sampleSize - required + 1);
  return {
    name,
    latencyWindowMs: balancing.latencyWindowMs ?? serviceDefaults.latencyWindowMs,
    probeDrainSeconds: probeIntervalSeconds === 'disabled' ? neverDrains : failuresToDrain * (probeIntervalSeconds ?? serviceDefaults.probeIntervalSeconds),
    origins,
  };
}

export function originGroupNames(fleet: Fleet): readonly string[] {
  return [...new Set(fleet.stamps.flatMap((stamp) => stamp.origins.map((origin) => origin.originGroup)))];
}

/** Who an origin belongs to; null for origins that the fleet file does not name: they are not ours to weigh. */
export function ownerOf(fleet: Fleet, originGroup: string, origin: string): { readonly stamp: Stamp; readonly origin: StampOrigin } | null {
  for (const stamp of fleet.stamps) {
    const found = stamp.origins.find((candidate) => same(candidate.originGroup, originGroup) && same(candidate.origin, origin));
    if (found !== undefined) return { stamp, origin: found };
  }
  return null;
}

/** Resource names are case-insensitive in Resource Manager. */
export const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
