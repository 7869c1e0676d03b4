import { z } from 'zod';
import { faultKinds, faultProblem, isFaultKind } from '../world/faultRules.ts';
import { clusterOptions, deploymentForWorld, workloadOptions } from '../world/index.ts';

/** The shape of a scenario file. Times are simulated seconds from the scenario's start. */

const seconds = z.number().min(0).max(86_400);

const kinds = Object.keys(faultKinds).filter(isFaultKind);

const fault = z
  .looseObject({
    kind: z.enum(kinds).describe('What breaks; docs/sandbox-physics.md says what each kind does and which parameters it takes.'),
    stamp: z.string().optional().describe('Where. Leave out for everywhere.'),
    severity: z.number().min(0).max(1).optional(),
  })
  .superRefine((written, context) => {
    const problem = faultProblem(written);
    if (problem !== null) context.addIssue({ code: 'custom', path: [problem.field], message: problem.message });
  });

const scheduledFault = z.strictObject({
  at: seconds,
  heal: seconds.optional().describe('When it is over. Leave out for never.'),
  fault,
});

const phases = ['opened', 'fencing', 'planning', 'awaitingApproval', 'surging', 'proving', 'shifting', 'verifying', 'holding', 'handingBack', 'undoing'] as const;

const controllers = z.strictObject({
  count: z.union([z.literal(1), z.literal(2)]).default(1).describe('Control-plane regions that run the app, each with a task hub of its own.'),
  deaths: z
    .array(
      z.strictObject({
        at: seconds.describe('From then on, as soon as there is one to kill.'),
        who: z.enum(['acting', 'idle']).describe('acting: the one that executes the open run; idle: one that does not.'),
        phase: z.enum(phases).optional().describe('Waits until the open run is in this phase.'),
        backAfter: seconds.optional().describe('Seconds after its death; leave out for good.'),
      }),
    )
    .default([]),
});

const at = { at: seconds, via: z.enum(['acting', 'idle']).optional().describe('Through the API of the controller that executes the open run, or of one that does not; any unless given.') };
const operatorAction = z.discriminatedUnion('do', [
  z.strictObject({ ...at, do: z.literal('drain'), region: z.string(), mode: z.enum(['graceful', 'ungraceful']).default('graceful'), reason: z.string().default('maintenance') }),
  z.strictObject({ ...at, do: z.literal('restore'), region: z.string(), reason: z.string().default('maintenance is over') }),
  z.strictObject({ ...at, do: z.literal('abort'), region: z.string().describe('Of the run to abort.'), reason: z.string().default('stopped by hand') }),
  z.strictObject({ ...at, do: z.literal('approve'), region: z.string().optional() }).describe('From then on, approves the first run that asks for it.'),
  z.strictObject({ ...at, do: z.literal('killSwitch'), set: z.enum(['on', 'off']) }),
  z.strictObject({ ...at, do: z.literal('mode'), set: z.enum(['observe', 'approve', 'auto']) }),
]);

const fleet = z.strictObject({
  file: z.string().default('three-regions.yaml').describe('In sandbox/fleets, or a path.'),
  document: z.record(z.string(), z.unknown()).optional().describe('The fleet itself, in place of file.'),
  deployment: deploymentForWorld.optional().describe('What a deployment says of the physics of this fleet.'),
  gates: z.enum(['on', 'off']).default('on').describe('off takes the probe gate from every stamp.'),
  frontDoorKind: z.enum(['standardPremium', 'classic']).optional(),
  latencyWindowMs: z.number().min(0).optional().describe('Latency sensitivity of every origin group; 0 makes weights inert.'),
  sessionAffinity: z.enum(['on', 'off']).optional(),
  hpaManager: z.string().optional().describe('Field manager that owns every HPA: helm, keda-operator, kustomize-controller.'),
  surgeMaxCount: z.record(z.string(), z.int().min(1)).default({}).describe('By stamp: of its pools, in place of the fleet file\'s.'),
  surgeMaxReplicas: z.record(z.string(), z.int().min(1)).default({}).describe('By workload: the bound that the fleet file sets on its replicas in a stamp.'),
  clusters: z.record(z.string(), clusterOptions).default({}).describe('By stamp: what is not as usual in its cluster.'),
  workloads: z.record(z.string(), workloadOptions).default({}).describe('By workload: what is not as usual in its pods.'),
  freeCores: z.number().optional().describe('vCPUs that each region has free beyond the fleet.'),
  merge: z.record(z.string(), z.unknown()).default({}).describe('Laid over the fleet file, objects merged, all else replaced.'),
});

const runKinds = ['failover', 'drain', 'failback', 'drill'] as const;
const outcomes = ['completed', 'blocked', 'undone', 'aborted', 'frozen', 'superseded', 'declined', 'surgeHeld'] as const;

const expectedRun = z.strictObject({
  kind: z.enum(runKinds),
  mode: z.enum(['graceful', 'ungraceful']).optional().describe('Leave out where either will do.'),
  region: z.string(),
  outcome: z.union([z.enum(outcomes), z.array(z.enum(outcomes)).min(1)]).describe('One, or any of several.'),
});

const binding = z.strictObject({
  stamp: z.string(),
  constraint: z.string().describe('As docs/capacity.md lists them.'),
  by: z.enum(['run', 'certificate']).default('run').describe('run: what the summary shows as binding first; certificate: what any certificate of the play names.'),
});

const expectation = z
  .strictObject({
    runs: z.array(expectedRun).default([]).describe('In this order.'),
    tolerate: z.array(z.enum(outcomes)).default(['blocked']).describe('Outcomes of further runs that may appear besides; all others are a failure.'),
    nothing: z.literal(true).optional().describe('No write to anything outside: the right answer is to leave it alone.'),
    trafficStays: z.literal(true).optional().describe('Room may be made, and no gate and no origin is touched.'),
    binds: binding.optional().describe('The shortage that is told, with what is missing and what would fix it.'),
    settledWithinSeconds: seconds.optional().describe('From faultAt until observed shares were within 2 points of the plan for 2 minutes.'),
    disabledAtFrontDoor: z.array(z.string()).default([]).describe('In the end, every origin of these stamps is disabled in Front Door\'s own settings.'),
    roomIsBack: z.literal(true).optional().describe('In the end, bounds of pools and HPAs are what they were at the start.'),
    takenOverWithinSeconds: seconds.optional().describe('From the death of the acting controller until another one holds the fence for its run.'),
    fewerFailedRequestsThanWithout: z.literal(true).optional().describe('Users suffer less than on the same seed without Spillway.'),
  })
  .refine((value) => value.nothing === undefined || value.runs.every((run) => run.outcome === 'blocked' || run.outcome === 'declined'), 'nothing: true goes with no run, or with blocked ones');

export const scenarioSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  fleet: fleet.prefault({}),
  region: z.string().default('eastus2').describe('What the summary is about.'),
  startAt: z.iso.datetime().default('2026-11-16T15:00:00Z').describe('What the clock says at second 0: hours matter to load, dates to drills.'),
  faultAt: seconds.describe('From when seconds and suffering are counted.'),
  durationSeconds: seconds.min(60),
  faults: z.array(scheduledFault).default([]),
  operator: z.array(operatorAction).default([]),
  controllers: controllers.prefault({}),
  expect: expectation,
});

export type Scenario = z.infer<typeof scenarioSchema>;
export type ControllerDeath = z.infer<typeof controllers>['deaths'][number];
export type OperatorAction = z.infer<typeof operatorAction>;
export type Expectation = z.infer<typeof expectation>;
export type ExpectedRun = z.infer<typeof expectedRun>;
export type RunOutcome = (typeof outcomes)[number];
