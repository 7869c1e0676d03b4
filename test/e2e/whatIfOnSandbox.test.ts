import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { capacityAnswers } from '../../src/activities/capacityAnswers.ts';
import { rememberAssessment } from '../../src/activities/readAssessment.ts';
import { recentFacts } from '../../src/activities/recentFacts.ts';
import type { Simulation } from '../../src/domain/simulate/index.ts';
import type { KubeObject } from '../../sandbox/world/types.ts';
import { openSandbox, type SandboxHarness } from '../adapters/support/sandboxPorts.ts';

/**
 * The whole way from the SDKs' calls to the answer: something in the sandbox's Azure is changed as a person or an outage would, and a
 * control plane that has cached nothing is asked what the loss of eastus2 would mean. What westus3 then needs is read off once, from an
 * answer without a shortage; what must be missing is reckoned from that and from what was changed.
 */
const survivor = 'westus3';
const coresOfNode = 4;

let sandbox: SandboxHarness;
let undo: (() => void)[] = [];
let plain: Simulation;

async function ask(): Promise<Simulation> {
  const ports = sandbox.another();
  const at = sandbox.clock.now();
  const stamps = sandbox.fleet.stamps.map(({ name }) => ({
    stamp: name, at, verdict: 'healthy' as const, roundVerdict: 'healthy' as const, reason: '', signals: [], knownSignals: 5, unhealthyInARow: 0, healthyInARow: 9, since: at, trafficAlreadyGone: false,
  }));
  rememberAssessment(ports, { at, observerSuspect: false, stamps });
  return capacityAnswers(ports, recentFacts(ports)).simulate({ lose: ['eastus2'], demandFactor: 1, policy: {} });
}

const there = (answer: Simulation): Simulation['stamps'][number] => {
  const found = answer.stamps.find(({ stamp }) => stamp === survivor);
  if (found === undefined) throw new Error(`no ${survivor} in the answer`);
  return found;
};
function count(told: number | null): number {
  if (told === null) throw new Error('not known');
  return told;
}
const newNodes = (): number => (there(plain).pools[0]?.nodesNeeded ?? 0) - (there(plain).pools[0]?.nodesNow ?? 0);
const web = (answer: Simulation): Simulation['stamps'][number]['workloads'][number] => {
  const found = there(answer).workloads.find(({ name }) => name === 'web');
  if (found === undefined) throw new Error('no web');
  return found;
};

const inject = (fault: Parameters<SandboxHarness['inject']>[0]): void => void undo.push(sandbox.inject(fault));

function kube(): NonNullable<ReturnType<SandboxHarness['world']['stamps']['get']>>['kube'] {
  const stamp = sandbox.world.stamps.get(survivor);
  if (stamp === undefined) throw new Error(`no ${survivor}`);
  return stamp.kube;
}

/** Changed as `kubectl edit` would; put back afterwards. */
function edit(kind: string, name: string, change: (object: Record<string, unknown>) => Record<string, unknown>, namespace: string | null = 'shop'): void {
  const before = kube().get(kind, namespace, name);
  if (before === null) throw new Error(`no ${kind} ${name}`);
  const put = (object: KubeObject): void => void kube().put({ ...object, apiVersion: before.apiVersion, kind });
  put({ ...before, ...change(before) });
  undo.push(() => {
    put(before);
  });
}
const ofSpec = (change: Record<string, unknown>) => (object: Record<string, unknown>): Record<string, unknown> => ({ spec: { ...(object['spec'] as object), ...change } });

beforeAll(async () => {
  sandbox = openSandbox();
  sandbox.advance(15 * 60_000);
  plain = await ask();
});

afterEach(() => {
  for (const one of undo.toReversed()) one();
  undo = [];
});

test('nothing is changed: there is room in both survivors, and the node count is what a reader finds', () => {
  expect(plain).toMatchObject({ survives: true, binding: null, unknown: [] });
  // 7 pods of 500 millicores a node of 3,860 less 340 of daemonsets; the nodes that are there are full to the last few places
  const pods = there(plain).workloads.reduce((sum, { replicasNeeded }) => sum + replicasNeeded, 0);
  expect(there(plain).pools[0]?.nodesNeeded).toBe(Math.ceil(pods / 7));
  expect(plain.surgeCostPerHour.covers).toEqual({ nodes: plain.stamps.reduce((sum, { pools }) => sum + pools.reduce((all, { nodesNow, nodesNeeded }) => all + count(nodesNeeded) - nodesNow, 0), 0), of: plain.surgeCostPerHour.covers.nodes });
});

describe('something is short', () => {
  test.each<[string, () => void, string, () => number, string]>([
    ['10 vCPU of quota left', () => { inject({ kind: 'quotaShort', stamp: survivor, coresLeft: 10 }); }, 'vcpuQuotaRegion', () => newNodes() * coresOfNode - 10, 'vCPU'],
    ['the size is refused', () => { inject({ kind: 'skuRefused', stamp: survivor }); }, 'skuRestricted', newNodes, 'nodes'],
    ['the pool is busy', () => { inject({ kind: 'poolBusy', stamp: survivor }); }, 'poolBusy', newNodes, 'nodes'],
    ['one address left', () => { inject({ kind: 'subnetFull', stamp: survivor, addressesLeft: 1 }); }, 'subnetAddresses', () => newNodes() - 1, 'addresses'],
    ['the HPA scales another Deployment', () => { edit('HorizontalPodAutoscaler', 'web', ofSpec({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old-web' } })); }, 'hpaMax', () => web(plain).replicasNeeded - count(web(plain).replicasNow), 'replicas'],
    ['a ScaledObject owns the HPA', () => { edit('HorizontalPodAutoscaler', 'web', ({ metadata }) => ({ metadata: { ...(metadata as object), ownerReferences: [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'web', uid: 'u', controller: true }] } })); }, 'hpaOwnedByReconciler', () => web(plain).replicasNeeded - count(web(plain).replicasNow), 'replicas'],
    ['a ResourceQuota of 30 pods', () => {
      kube().put({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'pods', namespace: 'shop' }, spec: { hard: { pods: '30' } }, status: {} });
      undo.push(() => void kube().remove('ResourceQuota', 'shop', 'pods'));
    }, 'resourceQuota', () => there(plain).workloads.reduce((sum, { replicasNeeded }) => sum + replicasNeeded, 0) - 30, 'pods'],
    ['a rollout is stuck', () => { edit('Deployment', 'web', ({ status }) => ({ status: { ...(status as object), conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] } })); }, 'podsNotReady', () => web(plain).replicasNeeded - count(web(plain).replicasNow), 'replicas'],
  ])('%s', async (_, change, constraint, missing, unit) => {
    change();
    const answer = await ask();
    expect(there(answer).workloads).toMatchObject(there(plain).workloads.map(({ name, replicasNeeded }) => ({ name, replicasNeeded })));
    expect(answer).toMatchObject({ survives: false, readyInSeconds: null, binding: { stamp: survivor, constraint, missing: missing(), unit } });
    expect(there(answer).shortfalls).toContainEqual({ constraint, missing: missing(), unit, fix: answer.binding?.fix });
  });
});

test('somebody deleted the HPA: what remains is the rule by requests, and nobody to raise the replicas', async () => {
  const before = kube().remove('HorizontalPodAutoscaler', 'shop', 'web');
  if (before !== null) undo.push(() => void kube().put({ ...before, apiVersion: before.apiVersion, kind: before.kind }));
  const answer = await ask();
  const workload = sandbox.fleet.workloads.find(({ name }) => name === 'web');
  const { utilisationCeiling, headroomFactor } = sandbox.fleet.policy;
  const byRequests = Math.ceil((there(answer).requestsPerSecond.after * headroomFactor) / ((workload?.requestsPerSecondPerReplica ?? 0) * utilisationCeiling));
  expect(web(answer)).toMatchObject({ hpaMax: null, replicasNeeded: byRequests });
  expect(answer).toMatchObject({ survives: false, binding: { stamp: survivor, constraint: 'hpaMax', missing: byRequests - count(web(answer).replicasNow), fix: expect.stringMatching(/no HPA shop\/web/) } });
});

describe('what looks odd and is no shortage', () => {
  test.each<[string, () => void]>([
    ['a paused Deployment is scaled all the same', () => { edit('Deployment', 'web', ofSpec({ paused: true })); }],
    ['scaleUp Disabled binds the HPA\'s own recommendations, not a raised minReplicas', () => { edit('HorizontalPodAutoscaler', 'web', ofSpec({ behavior: { scaleUp: { selectPolicy: 'Disabled' } } })); }],
    ['a disruption budget that allows nothing keeps no pod from coming', () => { edit('PodDisruptionBudget', 'web', ofSpec({ maxUnavailable: 0 })); }],
  ])('%s', async (_, change) => {
    change();
    expect(await ask()).toEqual(plain);
  });

  test('a cordoned node keeps its pods and takes no other: its free places are wanted elsewhere', async () => {
    const node = kube().list('Node', null).find(({ metadata }) => metadata.name.includes('user1'));
    edit('Node', node?.metadata.name ?? '', ofSpec({ unschedulable: true }), null);
    const answer = await ask();
    expect(answer.survives).toBe(true);
    expect(there(answer).pools[0]?.nodesNeeded).toBeGreaterThanOrEqual(there(plain).pools[0]?.nodesNeeded ?? 0);
  });
});

describe('something cannot be read', () => {
  test.each<[string, () => void, readonly string[]]>([
    ['the cluster\'s API', () => { inject({ kind: 'clusterApiGone', stamp: survivor, how: 'refused' }); }, ['workloads', 'nodes', 'network'].map((part) => `${survivor}.${part}`)],
    ['Azure Monitor', () => { inject({ kind: 'monitorDown' }); }, ['demand', 'eastus2.load', 'centralus.load', `${survivor}.load`]],
    ['Resource Manager', () => { inject({ kind: 'armDown' }); }, ['traffic', `${survivor}.pools`, `${survivor}.quota`, `${survivor}.skus`, `${survivor}.network`]],
  ])('%s', async (_, change, inputs) => {
    change();
    const answer = await ask();
    expect(answer).toMatchObject({ survives: false, readyInSeconds: null });
    expect(answer.binding).not.toBeNull();
    expect(answer.unknown.map(({ input }) => input)).toEqual(expect.arrayContaining([...inputs]));
    for (const { why } of answer.unknown) expect(why.length).toBeGreaterThan(5);
  });
});

test('a Deployment at 0 replicas switches its HPA off: no raised minimum brings a pod, and nothing is certified on one', async () => {
  edit('Deployment', 'web', ofSpec({ replicas: 0 }));
  sandbox.advance(120_000);
  const answer = await ask();
  expect(answer).toMatchObject({ survives: false, binding: { stamp: survivor, constraint: 'hpaDisabled', unit: 'replicas', missing: web(answer).replicasNeeded, fix: expect.stringMatching(/shop\/web is scaled to 0 replicas/) } });
});
