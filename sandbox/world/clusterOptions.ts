import { z } from 'zod';

/** Of one stamp's cluster, what is not as it usually is in the sandbox. */
export const clusterOptions = z.strictObject({
  podCidr: z.string().optional().describe('A node takes a /24 of it.'),
  vmSize: z.string().optional().describe('Of its user pools.'),
  autoscaler: z.enum(['on', 'off']).optional().describe('Of its user pools; off: they are scaled by their count alone.'),
  outboundPorts: z.strictObject({ perNode: z.int().min(1), addresses: z.int().min(1) }).optional().describe('Source ports of the load balancer that are allotted to nodes; an address has 64,000.'),
  reservedNodes: z.int().min(0).optional().describe('Its user pools stand on a capacity reservation with room for so many more nodes.'),
  spot: z.literal(true).optional().describe('Its user pools are of spot machines, on the low-priority quota.'),
  replicas: z.record(z.string(), z.int().min(0)).optional().describe('By workload: of its Deployment at the start, whatever its HPA says; 0 switches the HPA off.'),
  resourceQuota: z.record(z.string(), z.string()).optional().describe('ResourceQuota in the namespace of its workloads: limits by name, such as pods or requests.cpu.'),
});

/** Of one workload, in every stamp. */
export const workloadOptions = z.strictObject({
  cpuMillicores: z.int().min(1).optional().describe('That a pod requests.'),
  zoneSpread: z.enum(['ScheduleAnyway', 'DoNotSchedule']).optional().describe('whenUnsatisfiable of its spread over zones, at a skew of 1.'),
});

export type ClusterOptions = z.infer<typeof clusterOptions>;
export type WorkloadOptions = z.infer<typeof workloadOptions>;
