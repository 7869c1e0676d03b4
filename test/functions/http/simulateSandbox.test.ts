import { describe, expect, it } from 'vitest';
import { recentFacts } from '../../../src/activities/recentFacts.ts';
import { assessmentKey } from '../../../src/activities/readAssessment.ts';
import { capacityAnswers } from '../../../src/activities/capacityAnswers.ts';
import { parseQuantity } from '../../../src/adapters/kubernetes/quantities.ts';
import type { Fault, KubeObject } from '../../../sandbox/world/types.ts';
import { driven, openSandbox, type SandboxHarness } from '../../adapters/support/sandboxPorts.ts';
import { harness, memoryState } from './harness.ts';

/**
 * The same questions with every adapter and the sandbox's Azure behind them. What is expected is worked out from the cluster's raw objects:
 * the sample fleet's ceiling is 0.8 and its headroom 1.1; pods ask for 500 millicores, a machine has 4 vCPU.
 */
const survivor = 'westus3';
const rated: Readonly<Record<string, readonly [requestsPerSecond: number, share: number]>> = { web: [50, 1], recommendations: [40, 0.4] };

async function asked(...faults: readonly Fault[]) {
  const sandbox = openSandbox();
  for (const fault of faults) sandbox.inject(fault);
  sandbox.advance(15 * 60_000);
  const { ports, fleet, clock } = sandbox;
  const state = memoryState();
  await state.write(assessmentKey('northcentralus'), { at: clock.now(), observerSuspect: false, stamps: fleet.stamps.map(({ name }) => ({ stamp: name, at: clock.now(), verdict: 'healthy', roundVerdict: 'healthy', reason: '', signals: [], knownSignals: 5, unhealthyInARow: 0, healthyInARow: 9, since: 0, trafficAlreadyGone: false })) }, null);
  const real = { ...ports, state, controlRegion: 'northcentralus' };
  const { call } = harness({ fleet, capacity: capacityAnswers(real, recentFacts(real)) });
  return { sandbox, body: (await driven(sandbox, call('POST', '/api/simulate', { body: { lose: ['eastus2'] }, roles: ['Reader'] }))).body };
}

interface Field { readonly [name: string]: Field }
const at = (object: unknown, ...path: readonly string[]): Field => path.reduce<Field>((value, name) => value[name] ?? {}, object as Field); // raw Kubernetes JSON
const text = (object: unknown, ...path: readonly string[]): string => at(object, ...path) as unknown as string;
const list = (object: unknown, ...path: readonly string[]): readonly unknown[] => at(object, ...path) as unknown as readonly unknown[];

const cpuOf = (pod: KubeObject): number => list(pod, 'spec', 'containers').reduce<number>((sum, container) => sum + parseQuantity(text(container, 'resources', 'requests', 'cpu')) * 1000, 0);

/** New nodes of user1 for so many more pods of 500 millicores, from the Node and Pod objects alone. */
function nodesFor({ azure }: SandboxHarness, pods: number): number {
  const kube = azure.world.stamps.get(survivor)?.kube;
  if (kube === undefined) throw new Error('no cluster');
  const all = kube.list('Pod', null);
  const free = kube.list('Node', null).filter((node) => text(node, 'metadata', 'labels', 'agentpool') === 'user1').map((node) => {
    const taken = all.filter((pod) => text(pod, 'spec', 'nodeName') === node.metadata.name).reduce((sum, pod) => sum + cpuOf(pod), 0);
    return Math.floor((parseQuantity(text(node, 'status', 'allocatable', 'cpu')) * 1000 - taken) / 500);
  });
  return Math.ceil((pods - free.reduce((sum, places) => sum + places, 0)) / Math.floor((3860 - 340) / 500));
}

/** ceil of the larger rule, from the HPA object's own numbers. */
function replicasFor({ azure }: SandboxHarness, workload: string, now: number, after: number): { readonly needed: number; readonly ready: number } {
  const kube = azure.world.stamps.get(survivor)?.kube;
  const hpa = kube?.get('HorizontalPodAutoscaler', 'shop', workload);
  const ready = Number(at(kube?.get('Deployment', 'shop', workload), 'status', 'readyReplicas'));
  const target = Number(at(list(hpa, 'spec', 'metrics')[0], 'resource', 'target', 'averageUtilization'));
  const cpu = Number(at(list(hpa, 'status', 'currentMetrics')[0], 'resource', 'current', 'averageUtilization'));
  const [perReplica = 0, share = 0] = rated[workload] ?? [];
  return { needed: Math.ceil(Math.max((after * share * 1.1) / (perReplica * 0.8), ready * (cpu / Math.min(target, 80)) * (after / now) * 1.1) - 1e-6), ready };
}

describe('POST /api/simulate over the sandbox', () => {
  it('replicas, nodes and cost are those that the raw objects give', async () => {
    const { sandbox, body } = await asked();
    const stamp = body.stamps.find((one: { stamp: string }) => one.stamp === survivor);
    const { now, after } = stamp.requestsPerSecond;
    let pods = 0;
    for (const one of stamp.workloads) {
      const { needed, ready } = replicasFor(sandbox, one.name, now, after);
      expect([one.name, one.replicasNow]).toEqual([one.name, ready]);
      expect(Math.abs(one.replicasNeeded - needed)).toBeLessThanOrEqual(1); // loads are told to three digits
      pods += one.replicasNeeded - ready;
    }
    const [user1] = stamp.pools;
    expect(user1.nodesNeeded - user1.nodesNow).toBe(nodesFor(sandbox, pods));
    expect(body).toMatchObject({ survives: true, unknown: [], surgeCostPerHour: { currency: 'USD' } });
    const bought = body.stamps.reduce((sum: number, one: { pools: { nodesNeeded: number; nodesNow: number }[] }) => sum + one.pools.reduce((all, pool) => all + pool.nodesNeeded - pool.nodesNow, 0), 0);
    expect(body.surgeCostPerHour).toEqual({ amount: expect.closeTo(bought * 0.2, 6), currency: 'USD', covers: { nodes: bought, of: bought } });
  });

  it.each<[string, Fault, string, (nodes: number) => number, string]>([
    ['two vCPU left', { kind: 'quotaShort', stamp: survivor, coresLeft: 2 }, 'vcpuQuotaRegion', (nodes) => nodes * 4 - 2, 'vCPU'],
    ['the size refused', { kind: 'skuRefused', stamp: survivor }, 'skuRestricted', (nodes) => nodes, 'nodes'],
    ['one address left', { kind: 'subnetFull', stamp: survivor, addressesLeft: 1 }, 'subnetAddresses', (nodes) => nodes - 1, 'addresses'],
    ['the pool busy', { kind: 'poolBusy', stamp: survivor, pool: 'user1' }, 'poolBusy', (nodes) => nodes, 'nodes'],
  ])('%s', async (_, fault, constraint, missing, unit) => {
    const { body } = await asked(fault);
    const [user1] = body.stamps.find((one: { stamp: string }) => one.stamp === survivor).pools;
    expect(body).toMatchObject({ survives: false, readyInSeconds: null, binding: { stamp: survivor, constraint, missing: missing(user1.nodesNeeded - user1.nodesNow), unit } });
    expect(body.binding.fix).toMatch(/or give westus3 less weight/);
  });

  it.each<[string, Fault, RegExp]>([
    ['the cluster\'s API is silent', { kind: 'clusterApiGone', stamp: survivor }, /^westus3\.(nodes|workloads|network)$/],
    ['Resource Manager is down', { kind: 'armDown', how: 500 }, /^(traffic|westus3\.(pools|quota|skus|network))$/],
    ['metrics are down', { kind: 'monitorDown', how: 500 }, /^(demand|westus3\.load|eastus2\.load)$/],
  ])('%s: told, and not certified', async (_, fault, inputs) => {
    const { body } = await asked(fault);
    expect(body.survives).toBe(false);
    expect(body.unknown.filter(({ input }: { input: string }) => inputs.test(input)).length).toBeGreaterThan(0);
  });
});
