import { parse } from 'yaml';
import { z } from 'zod';

/**
 * What physics needs to know of a fleet file, and nothing else. Read by this own, lenient schema: the sandbox must be
 * able to run a fleet that the application refuses, and must not share the application's idea of what a fleet is.
 */
const origin = z.object({
  originGroup: z.string(),
  origin: z.string(),
  normalWeight: z.number().default(500),
  priority: z.number().default(1),
});

const stamp = z.object({
  name: z.string(),
  region: z.string(),
  origins: z.array(origin).min(1),
  cluster: z.object({ resourceId: z.string(), pools: z.array(z.object({ name: z.string(), surgeMaxCount: z.number() })).min(1) }),
  gateway: z.object({ resourceId: z.string(), nodeSubnetId: z.string().nullish(), privateUrl: z.string().nullish() }),
  gate: z.object({ blobUrl: z.string() }).nullish(),
  probe: z.object({ url: z.string() }),
});

const workload = z.object({
  name: z.string(),
  namespace: z.string(),
  deployment: z.string(),
  hpa: z.string(),
  originGroup: z.string(),
  trafficShare: z.number().default(1),
  requestsPerSecondPerReplica: z.number(),
  pools: z.array(z.string()).min(1),
  stamps: z.array(z.string()).nullish(),
});

const fleet = z.object({
  name: z.string(),
  frontDoor: z.object({ kind: z.enum(['standardPremium', 'classic']), resourceId: z.string() }),
  stamps: z.array(stamp).min(1),
  workloads: z.array(workload).min(1),
});

export type FleetForWorld = z.infer<typeof fleet>;
export type StampForWorld = z.infer<typeof stamp>;
export type WorkloadForWorld = z.infer<typeof workload>;

/** @throws ZodError naming the path of what does not fit. */
export function readFleetForWorld(document: unknown): FleetForWorld {
  return fleet.parse(document);
}

/** @param text YAML or JSON. */
export function parseFleetForWorld(text: string): FleetForWorld {
  return readFleetForWorld(parse(text));
}
