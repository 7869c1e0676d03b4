import { z } from 'zod';

/**
 * What a deployment says of the physics, where one is known: read instead of invented. Each part may be missing; what is
 * not named here is invented as ever (see spec.ts).
 */
export const deploymentForWorld = z.strictObject({
  originGroups: z
    .array(
      z.strictObject({
        name: z.string(),
        latencyWindowMs: z.number().min(0),
        probeIntervalSeconds: z.number().min(1),
        probePath: z.string(),
        sampleSize: z.int().min(1),
        successfulSamplesRequired: z.int().min(1),
      }),
    )
    .default([]),
  clusters: z
    .array(
      z.strictObject({
        stamp: z.string(),
        podCidr: z.string(),
        subnetAddresses: z.int().min(1).describe('Of the node subnet, without the five that Azure keeps.'),
        pools: z
          .array(
            z.strictObject({
              name: z.string(),
              mode: z.enum(['System', 'User']),
              vmSize: z.string(),
              minCount: z.int().min(0),
              maxCount: z.int().min(1),
              maxPods: z.int().min(1),
              zones: z.array(z.string()),
            }),
          )
          .min(1),
      }),
    )
    .default([]),
  workloads: z
    .array(
      z.strictObject({
        namespace: z.string(),
        hpa: z.string(),
        minReplicas: z.int().min(1),
        maxReplicas: z.int().min(1),
        targetCpuUtilisationPercent: z.number().min(1).max(100),
        cpuMillicores: z.number().min(1),
        memoryMiB: z.number().min(1),
        hpaManager: z.string(),
        hpaAnnotations: z.record(z.string(), z.string()),
      }),
    )
    .default([]),
});

export type DeploymentForWorld = z.infer<typeof deploymentForWorld>;
export type DeployedPoolForWorld = DeploymentForWorld['clusters'][number]['pools'][number];
