import { z } from 'zod';
import type { FleetFile } from '../../src/config/fleetSchema.ts';
import type { DeployedFleet } from './deployedFleet.ts';

/**
 * What people decide: everything of the fleet file but its resources. In attach mode also what ids do not say of a
 * stamp: origins, pools, addresses. A stamp without a gate says `gate: none`.
 */
const policySchema = z.looseObject({
  name: z.string(),
  stamps: z
    .array(
      z.strictObject({
        name: z.string(),
        origins: z.array(z.looseObject({})).optional(),
        pools: z.array(z.looseObject({})).optional(),
        privateUrl: z.string().optional(),
        probeUrl: z.string().optional(),
        gate: z.literal('none').optional(),
      }),
    )
    .default([]),
});

export type FleetMerge = { readonly kind: 'merged'; readonly file: FleetFile } | { readonly kind: 'problem'; readonly message: string };

/** What our own probe asks by the private listener: the sample workload answers it; for another one the policy file says `probeUrl`. */
const probePath = 'healthz';

/** Joins both halves; whether the result is a good fleet file is for `validateFleet` to say. */
export function mergeFleet(deployed: DeployedFleet, policyValue: unknown): FleetMerge {
  const parsed = policySchema.safeParse(policyValue);
  if (!parsed.success) return { kind: 'problem', message: `the policy file is not right: ${z.prettifyError(parsed.error)}` };
  const { stamps: decided, ...rest } = parsed.data;
  const unknown = decided.filter((stamp) => !deployed.stamps.some((other) => other.name === stamp.name));
  if (unknown.length > 0) return { kind: 'problem', message: `the policy file names stamps that are not deployed: ${unknown.map((stamp) => stamp.name).join(', ')}` };
  const stamps = deployed.stamps.map((stamp) => {
    const own = decided.find((candidate) => candidate.name === stamp.name);
    const privateUrl = own?.privateUrl ?? stamp.privateUrl;
    return {
      name: stamp.name,
      region: stamp.region,
      origins: own?.origins ?? stamp.origins,
      cluster: { resourceId: stamp.clusterId, pools: own?.pools ?? stamp.pools },
      gateway: { resourceId: stamp.gatewayId, nodeSubnetId: stamp.nodeSubnetId, privateUrl },
      gate: own?.gate === 'none' ? null : { blobUrl: stamp.gateBlobUrl },
      probe: { url: own?.probeUrl ?? (privateUrl === null ? '' : new URL(probePath, privateUrl).href) },
    };
  });
  const missing = stamps.filter((stamp) => stamp.probe.url === '' || stamp.origins.length === 0 || stamp.cluster.pools.length === 0);
  if (missing.length > 0) return { kind: 'problem', message: `the policy file must say origins, pools and probeUrl of ${missing.map((stamp) => stamp.name).join(', ')}: attach mode knows ids only` };
  // Both halves were checked for shape; the fleet schema checks every field of the whole next.
  const kind = deployed.frontDoorProfileId.toLowerCase().includes('/microsoft.network/frontdoors/') ? 'classic' : 'standardPremium';
  const log = deployed.accessLogWorkspaceId === null ? {} : { accessLogWorkspaceId: deployed.accessLogWorkspaceId };
  const file = { ...rest, frontDoor: { kind, resourceId: deployed.frontDoorProfileId, ...log }, stamps } as unknown as FleetFile;
  return { kind: 'merged', file };
}

