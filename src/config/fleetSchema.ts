import { z } from 'zod';
import type { Fleet } from '../domain/fleet.ts';
import { ncrontabProblem } from './ncrontab.ts';
import { isResourceId, resourceIdForm, type ResourceKind } from './resourceIds.ts';

/**
 * The fleet file: shape, bounds, defaults and one sentence on every field. docs/fleet-file.md and schema/fleet.schema.json
 * are made from it. What spans several fields is checked in fleetRules.ts.
 */
const resourceId = (kind: ResourceKind) =>
  z.string().refine((id) => isResourceId(kind, id), { error: `not a resource id of this type; it looks like ${resourceIdForm(kind)}` });
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and hyphens, at most 63, starting and ending with a letter or digit');
const azureName = z.string().regex(/^[A-Za-z0-9]([-A-Za-z0-9]{0,88}[A-Za-z0-9])?$/, 'letters, digits and hyphens, at most 90, as Azure names it');
const httpsUrl = z.url({ protocol: /^https$/, error: 'an absolute https:// address' });
const minutes = z.int().min(1).max(7 * 24 * 60);
const calendarDate = z.iso.date({ error: 'a UTC date as YYYY-MM-DD' });

const frontDoor = z.strictObject({
  kind: z.enum(['standardPremium', 'classic']).default('standardPremium').describe('Standard and Premium profiles are Microsoft.Cdn/profiles; classic is Microsoft.Network/frontDoors, retired on 31 March 2027.'),
  resourceId: z.string().describe('Resource id of the Front Door profile (or of the classic Front Door).'),
  accessLogWorkspaceId: resourceId('logAnalyticsWorkspace').optional().describe('Resource id of the Log Analytics workspace that the access log of a Standard or Premium profile goes to (table AzureDiagnostics): where users enter, and how far the origins are from there. Leave out to tell users apart by country.'),
});

const stampOrigin = z.strictObject({
  originGroup: azureName.describe('Origin group (classic: backend pool) in which this origin lies. Every group named here must be served by at least one workload.'),
  origin: z.string().min(1).max(260).describe('Name of the origin in Front Door; classic: the backend\'s address.'),
  normalWeight: z.int().min(1).max(1000).default(500).describe('Weight of this origin when nothing is wrong, 1 to 1000. Failback returns to it.'),
  priority: z.int().min(1).max(5).default(1).describe('Priority, 1 to 5, lower first. Spillway never changes it.'),
});

const pool = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9]{0,11}$/, 'lower-case letters and digits, at most 12, starting with a letter').describe('Name of the node pool.'),
  surgeMaxCount: z.int().min(1).max(1000).describe('Spillway never asks for a maxCount above this, whatever the plan needs.'),
  pricePerHourUsd: z.number().min(0).max(1000).optional().describe('What one machine of the pool costs, USD an hour: the surge\'s cost is told by it. Leave out to take Azure\'s retail price.'),
});

const stamp = z.strictObject({
  name: name.describe('The name people use in the API and find in the ledger; usually the Azure region.'),
  region: z.string().regex(/^[a-z0-9]+$/, 'the short form of an Azure region, such as eastus2').describe('Azure region in its short form: quota and SKUs are looked up by it.'),
  origins: z.array(stampOrigin).min(1).describe('What Front Door knows of this stamp: one origin in each origin group that it serves. A drain moves all of them.'),
  cluster: z.strictObject({
    resourceId: resourceId('managedCluster').describe('Resource id of the AKS cluster.'),
    pools: z.array(pool).min(1).describe('Node pools that Spillway may raise, in the order in which they are tried.'),
  }).describe('The AKS cluster of the stamp.'),
  gateway: z.strictObject({
    resourceId: resourceId('applicationGateway').describe('Resource id of the Application Gateway in front of the cluster.'),
    nodeSubnetId: resourceId('subnet').nullable().default(null).describe('Subnet whose free addresses bound the number of nodes. Leave out where the pools name their own subnet.'),
    privateUrl: httpsUrl.nullable().default(null).describe('Private listener, reachable from the control plane\'s subnet only: the proof before a shift goes through it. Leave out to prove by pods alone.'),
  }).describe('The Application Gateway of the stamp.'),
  gate: z.strictObject({
    blobUrl: httpsUrl.describe('Blob that holds the gate\'s state: Spillway writes it, the gate\'s pod polls it.'),
  }).nullable().default(null).describe('The probe gate, with which Front Door\'s own probes drain the stamp within their interval. Leave out where there is none.'),
  probe: z.strictObject({
    url: httpsUrl.describe('What the control plane itself asks, from outside the region.'),
  }).describe('Our own probe of the origin, one of the signals.'),
});

const workload = z.strictObject({
  name: name.describe('Name of the workload in plans and in the ledger.'),
  namespace: name.describe('Kubernetes namespace.'),
  deployment: name.describe('Name of the Deployment.'),
  hpa: name.describe('Name of the HorizontalPodAutoscaler whose bounds are raised.'),
  originGroup: azureName.describe('Origin group whose requests reach this workload.'),
  trafficShare: z.number().gt(0).max(1).default(1).describe('Fraction of the origin group\'s requests that this workload serves, above 0 and at most 1. Workloads behind one another each have their own.'),
  requestsPerSecondPerReplica: z.number().gt(0).max(1_000_000).describe('What one ready replica serves at its limit, requests per second.'),
  surgeMaxReplicas: z.int().min(1).max(100_000).optional().describe('Spillway never raises maxReplicas above this in any stamp, whatever the plan needs: as many as what lies behind the workload can bear. Leave out for no bound.'),
  tier: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1).describe('1 is surged first; 3 may be shed to make room, where policy.shedTier3 allows it.'),
  pools: z.array(z.string()).min(1).describe('Node pools on which its pods may run.'),
  stamps: z.array(z.string()).min(1).nullable().default(null).describe('Stamps that run it. Leave out for all.'),
});

const policy = z.strictObject({
  initialMode: z.enum(['observe', 'approve', 'auto']).default('observe').describe('Used until an operator sets another one: observe writes nothing, approve asks before traffic moves, auto acts.'),
  utilisationCeiling: z.number().gt(0).max(1).default(0.8).describe('Planned load over ready capacity never goes above this fraction (I2).'),
  headroomFactor: z.number().min(1).max(5).default(1.1).describe('Demand is multiplied by this before capacity is computed.'),
  maxRegionsFailing: z.int().min(1).max(50).default(1).describe('With more regions failing than this, automation freezes and tells a person.'),
  approvalDeadlineMinutes: minutes.default(15).describe('How long an approval is waited for. Passed: no traffic moves, the surge stays until its expiry.'),
  surgeExpiryMinutes: minutes.default(240).describe('Lent capacity is handed back after this long, unless it is still needed (I5).'),
  drainExpiryMinutes: minutes.default(480).describe('A drain without an expiry of its own ends after this long (I5).'),
  nodeReadyTimeoutMinutes: minutes.default(15).describe('How long nodes may take to become ready before the plan is made anew.'),
  podReadyTimeoutMinutes: minutes.default(10).describe('How long pods may take to become ready, after their nodes are.'),
  shiftVerifyTimeoutMinutes: minutes.default(30).describe('How long observed traffic may take to follow the weights; Front Door publishes up to 20 minutes.'),
  failback: z.strictObject({
    start: z.enum(['manual', 'auto']).default('manual').describe('Whether a failed region that has recovered gets its traffic back by itself.'),
    stableMinutes: minutes.default(30).describe('It must have been healthy for this long.'),
  }).prefault({}).describe('The way back.'),
  shedTier3: z.enum(['never', 'whenShort']).default('never').describe('Whether tier 3 workloads may be scaled down to make room where nothing else helps.'),
  regionCoolDownMinutes: z.int().min(0).max(24 * 60).default(30).describe('After a run on a region ended, automation moves no traffic away from it by itself for this long, and tells a person instead. Room is made all the same where traffic has left already.'),
});

const thresholds = (what: string, degraded: number, unhealthy: number, scale: z.ZodNumber) =>
  z.strictObject({
    degraded: scale.default(degraded).describe('Beyond this the signal is degraded.'),
    unhealthy: scale.default(unhealthy).describe('Beyond this the signal is unhealthy.'),
  }).prefault({}).describe(what);
const percent = z.number().min(0).max(100);
const milliseconds = z.number().gt(0).max(120_000);

const signals = z.strictObject({
  watchIntervalSeconds: z.int().min(10).max(300).default(30).describe('How often every region is assessed: a divisor of 60, or whole minutes, as a timer of the Functions host can keep it.'),
  staleAfterSeconds: z.int().min(60).max(1800).default(300).describe('A signal older than this is unknown. At least 240: Front Door\'s metrics are up to 3 minutes late.'),
  minimumKnown: z.int().min(1).max(7).default(3).describe('With fewer known signals the region is unknown (I6).'),
  quorum: z.int().min(1).max(7).default(2).describe('So many known signals must say unhealthy, one of them seen from outside the region (I6). At most minimumKnown.'),
  failAfter: z.int().min(1).max(20).default(3).describe('So many unhealthy assessments in a row make a region failed.'),
  recoverAfter: z.int().min(1).max(100).default(10).describe('So many healthy assessments in a row make it recovered.'),
  errorRate: thresholds('Failed fraction of the origin\'s requests as Front Door counts them, 0 to 1; higher is worse.', 0.02, 0.1, z.number().min(0).max(1)),
  latencyMs: thresholds('Origin latency as Front Door measures it, milliseconds; higher is worse.', 600, 1500, milliseconds),
  originHealthPercent: thresholds('Share of Front Door\'s health probes that pass, percent; lower is worse.', 90, 50, percent),
  probeLatencyMs: thresholds('Answer time of our own probe, milliseconds; higher is worse.', 800, 2500, milliseconds),
  healthyHostsPercent: thresholds('Healthy hosts behind the Application Gateway, percent; lower is worse.', 80, 40, percent),
  nodesReadyPercent: thresholds('Ready nodes of the cluster, percent; lower is worse.', 80, 50, percent),
});

const preShiftCheck = z.discriminatedUnion('kind', [
  z.strictObject({
    name: name.describe('Name of the check in plans and in the ledger.'),
    kind: z.literal('http').describe('Passes when the address answers with the expected status.'),
    url: httpsUrl.describe('Address that is asked with GET.'),
    expectStatus: z.int().min(100).max(599).default(200).describe('Status that passes.'),
  }),
  z.strictObject({
    name: name.describe('Name of the check in plans and in the ledger.'),
    kind: z.literal('metric').describe('Passes when an Azure Monitor metric is at most a value.'),
    resourceId: z.string().regex(/^\/subscriptions\/[^/]+\/.+/i, 'a resource id, starting with /subscriptions/').describe('Resource whose metric is read.'),
    metric: z.string().min(1).describe('Name of the metric, such as ReplicationLatency.'),
    atMost: z.number().describe('Highest value that passes.'),
  }),
]);

const drill = z.strictObject({
  name: name.describe('Name of the drill.'),
  schedule: z.string().superRefine((expression, context) => {
    const problem = ncrontabProblem(expression);
    if (problem !== null) context.addIssue(problem);
  }).describe('Six-field NCRONTAB in UTC: second minute hour day month weekday.'),
  stamp: z.string().describe('Stamp that is drained.'),
  holdMinutes: z.int().min(1).max(24 * 60).default(10).describe('How long it stays drained before the way back.'),
  abort: z.strictObject({
    errorRateAbove: z.number().gt(0).max(1).default(0.02).describe('Fleet-wide failed fraction of requests above which the drill ends at once.'),
    latencyMsAbove: milliseconds.default(1000).describe('Fleet-wide mean latency, milliseconds, above which the drill ends at once.'),
  }).prefault({}).describe('When the drill ends early.'),
  blockedWindows: z.array(z.strictObject({
    from: calendarDate.describe('First day, UTC.'),
    to: calendarDate.describe('Last day, UTC, included.'),
    reason: z.string().min(1).describe('Why no drill starts then.'),
  })).default([]).describe('Days on which this drill does not start.'),
});

export const fleetSchema = z.strictObject({
  name: name.describe('Name of the fleet.'),
  frontDoor: frontDoor.describe('The Front Door in front of all stamps.'),
  stamps: z.array(stamp).min(1).max(1000).describe('One region\'s deployment each: cluster, gateway, origins.'),
  workloads: z.array(workload).min(1).describe('What serves the requests in each stamp.'),
  policy: policy.prefault({}).describe('How far automation may go.'),
  signals: signals.prefault({}).describe('How health is judged.'),
  preShiftChecks: z.array(preShiftCheck).default([]).describe('Checks that must pass before traffic moves, such as whether the data tier can be written from the survivors.'),
  postShiftHooks: z.array(z.strictObject({
    name: name.describe('Name of the hook in the ledger.'),
    url: httpsUrl.describe('Address that is called with POST after traffic has moved.'),
  })).default([]).describe('Called after a shift was verified.'),
  drills: z.array(drill).default([]).describe('Failovers by way of exercise.'),
  notify: z.strictObject({
    webhookUrl: httpsUrl.nullable().default(null).describe('Where notices are posted. Leave out for none.'),
  }).prefault({}).describe('Who is told.'),
}).describe('Spillway fleet file: the stamps behind one Front Door profile and the policy by which they fail over.');

/** What a fleet file may leave out is optional here. */
export type FleetFile = z.input<typeof fleetSchema>;

type Frozen<T> = T extends readonly (infer Element)[] ? readonly Frozen<Element>[] : T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Holds<T extends true> = T;
/** Fails to compile when the schema's output and the domain's type part ways, in either direction. */
export type SchemaIsTheDomainType = Holds<Same<Frozen<z.output<typeof fleetSchema>>, Fleet>>;
