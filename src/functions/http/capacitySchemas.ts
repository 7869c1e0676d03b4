import { z } from 'zod';

/** POST /api/simulate and GET /api/certificate: the shapes as they go over the wire. */
const stampName = z.string().min(1).max(63);
const fraction = z.number().gt(0).max(1);

export const simulateRequest = z.strictObject({
  lose: z.array(stampName).min(1).max(50).describe('Regions that are lost at once.'),
  demandFactor: z.number().gt(0).max(100).default(1).describe('Demand is multiplied by this; 1.3 is 30 % more than now.'),
  policy: z.strictObject({
    utilisationCeiling: fraction.optional().describe('Instead of the fleet file\'s.'),
    headroomFactor: z.number().min(1).max(5).optional().describe('Instead of the fleet file\'s.'),
    shedTier3: z.enum(['never', 'whenShort']).optional().describe('Instead of the fleet file\'s.'),
  }).default({}).describe('Policy to try.'),
}).meta({ id: 'SimulateRequest' });
export type SimulateRequest = z.output<typeof simulateRequest>;

const shortfall = z.object({
  constraint: z.string().describe('What is short, such as vcpuQuotaFamily.'),
  missing: z.number().describe('How much is missing.'),
  unit: z.string().describe('Of what, such as vCPU.'),
  fix: z.string().describe('What would mend it.'),
}).meta({ id: 'Shortfall' });

const binding = shortfall.extend({ stamp: z.string() }).meta({ id: 'BindingConstraint' });

const latencyChange = z.object({ now: z.number(), after: z.number() });

export const simulateAnswer = z.object({
  survives: z.boolean().describe('True only when nothing is short and nothing that was needed is unknown.'),
  binding: binding.nullable().describe('The constraint that binds first; null when none does.'),
  stamps: z.array(z.object({
    stamp: z.string(),
    requestsPerSecond: z.object({ now: z.number(), after: z.number() }),
    workloads: z.array(z.object({
      name: z.string(), replicasNow: z.number().nullable().describe('Ready ones; null where that could not be read.'), replicasNeeded: z.number(),
      hpaMax: z.number().nullable().describe('maxReplicas as it is set; null where there is no HPA, or it could not be read.'),
    })),
    pools: z.array(z.object({
      name: z.string(), nodesNow: z.number(), nodesNeeded: z.number().nullable().describe('Null where something that it hangs on could not be read, such as what the nodes have left.'), maxCount: z.number(),
    })).describe('Empty where they could not be read.'),
    shortfalls: z.array(shortfall),
  })),
  surgeCostPerHour: z.object({
    amount: z.number().nullable().describe('Of the new nodes whose price is known; null where none of them has one, or it is not known how many there are.'),
    currency: z.literal('USD'),
    covers: z.object({ nodes: z.number(), of: z.number().nullable() }).describe('New nodes that the amount covers, and new nodes in all; null where it is not known how many.'),
  }).describe('By the fleet file\'s price of the pool, else Azure\'s retail price; without discounts.'),
  usersAffected: z.object({
    requestsPerSecond: z.number().nullable().describe('Of the requests that enter at the lost regions now, times demandFactor: these must go elsewhere. Null where it is not known; survives does not hang on it.'),
    share: z.number().nullable().describe('0..1 of all requests.'),
    source: z.string().describe('What that stands on.'),
    latencyMs: latencyChange.extend({ covers: z.number().describe('0..1: the part of those who move whose latencies are known.') }).nullable().describe('From where they enter to the region that serves them, the mean of those who move; null where it is not known.'),
    groups: z.array(z.object({ name: z.string(), requestsPerSecond: z.number(), latencyMs: latencyChange.nullable() })).describe('Those who move, by edge, country or the region that they are near, largest first, at most five.'),
  }).describe('Whom the loss touches.'),
  readyInSeconds: z.number().nullable().describe('Until the room is there; null when it never is, or that is not known.'),
  unknown: z.array(z.object({ input: z.string(), why: z.string() })).describe('What could not be read; never taken as enough.'),
  standsOn: z.array(z.object({ input: z.string(), source: z.string() })).describe('Where users are, where a lost region\'s users go (REGION.users, where a drill or drain has shown it), how long nodes and pods take, what machines cost: by which source.'),
}).meta({ id: 'SimulateAnswer' });
export type SimulateAnswer = z.output<typeof simulateAnswer>;

export const certificateAnswer = z.object({
  at: z.iso.datetime().describe('When it was computed.'),
  standsOn: z.array(z.object({ input: z.string(), source: z.string() })).describe('Which source says where users are, and of each region that was drained before (REGION.users) whether that says where they go.'),
  losses: z.array(z.object({
    lose: z.array(z.string()).describe('The region, or the two, that would be lost.'),
    survives: z.enum(['yes', 'no', 'unknown']),
    binding: binding.nullable(),
    readyInSeconds: z.number().nullable(),
    unknown: z.array(z.object({ input: z.string(), why: z.string() })),
  })),
}).meta({ id: 'Certificate' });
export type CertificateAnswer = z.output<typeof certificateAnswer>;
