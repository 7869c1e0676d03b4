import { describe, expect, it } from 'vitest';
import type { KubeChange, KubeObject } from '../../sandbox/world/index.ts';
import { at, sample, stampOf } from './support.ts';

const podsOf = (pods: readonly KubeObject[]): readonly KubeObject[] => pods.filter((pod) => pod.metadata.namespace === 'shop');

describe('the objects of a cluster', () => {
  it('every object has a uid, a creationTimestamp and a resourceVersion of its own', () => {
    const { world, run } = sample();
    run(30);
    const { kube } = stampOf(world, 'eastus2');
    const all = ['Namespace', 'Node', 'Pod', 'Deployment', 'ReplicaSet', 'HorizontalPodAutoscaler', 'Service', 'PodDisruptionBudget'].flatMap((kind) => {
      const objects = kube.list(kind, null);
      expect(objects.length, kind).toBeGreaterThan(0);
      return objects;
    });
    for (const object of all) {
      expect(at(object, 'metadata', 'creationTimestamp'), object.metadata.name).toMatch(/^2026-11-1\dT\d\d:\d\d:\d\dZ$/);
      expect(object.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(all.map((object) => object.metadata.uid)).size).toBe(all.length);
    expect(new Set(all.map((object) => object.metadata.resourceVersion)).size).toBe(all.length);
  });

  it('requests of the pods on a node, daemons included, never exceed its allocatable', () => {
    const { world, run } = sample();
    world.faults.inject({ kind: 'demandSurge', factor: 2 });
    run(1200);
    for (const [name, stamp] of world.stamps) {
      const pods = stamp.kube.list('Pod', null);
      for (const node of stamp.kube.list('Node', null)) {
        const used = pods.filter((pod) => at(pod, 'spec', 'nodeName') === node.metadata.name).reduce((sum, pod) => sum + Number.parseInt(String(at(pod, 'spec', 'containers', 0, 'resources', 'requests', 'cpu')), 10), 0);
        expect(used, `${name}/${node.metadata.name}`).toBeGreaterThan(0);
        expect(used, `${name}/${node.metadata.name}`).toBeLessThanOrEqual(Number.parseInt(String(at(node, 'status', 'allocatable', 'cpu')), 10));
      }
    }
  });

  it('pods go to the pool that they select and spread over its zones', () => {
    const { world } = sample();
    const stamp = stampOf(world, 'eastus2');
    const zones = new Map<string, number>();
    for (const pod of podsOf(stamp.kube.list('Pod', null)).filter((candidate) => at(candidate, 'metadata', 'labels', 'app') === 'web')) {
      const node = stamp.kube.get('Node', null, String(at(pod, 'spec', 'nodeName')));
      expect(at(node, 'metadata', 'labels', 'agentpool')).toBe('user1');
      const zone = String(at(node, 'metadata', 'labels', 'topology.kubernetes.io/zone'));
      zones.set(zone, (zones.get(zone) ?? 0) + 1);
    }
    expect([...zones.keys()].toSorted()).toEqual(['eastus2-1', 'eastus2-2', 'eastus2-3']);
    expect(Math.max(...zones.values()) - Math.min(...zones.values())).toBeLessThanOrEqual(2);
  });

  it('a workload that its controllers find as they left it keeps its versions, and one that a person wrote gets its status back', () => {
    const { world, run } = sample();
    const { kube } = stampOf(world, 'eastus2');
    const kinds = ['Deployment', 'ReplicaSet', 'PodDisruptionBudget'] as const;
    const read = (): readonly KubeObject[] => kinds.flatMap((kind) => kube.list(kind, 'shop'));
    run(60);
    const before = read();
    run(60);
    expect(read()).toEqual(before);
    const [web] = before;
    if (web === undefined) throw new Error('no deployment');
    const written = kube.put({ ...web, apiVersion: web.apiVersion, kind: web.kind, status: {} });
    expect(at(written, 'status')).toEqual({});
    run(60);
    expect(at(kube.get('Deployment', 'shop', web.metadata.name), 'status')).toEqual(at(web, 'status'));
  });

  it('a pod that a person deletes comes back under another name after its start-up time', () => {
    const { world, run } = sample();
    run(60);
    const { kube } = stampOf(world, 'eastus2');
    const before = podsOf(kube.list('Pod', null));
    const victim = before[0];
    if (victim === undefined) throw new Error('no pod');
    expect(kube.remove('Pod', 'shop', victim.metadata.name)?.metadata.uid).toBe(victim.metadata.uid);
    expect(podsOf(kube.list('Pod', null))).toHaveLength(before.length - 1);
    run(5);
    const after = podsOf(kube.list('Pod', null));
    expect(after).toHaveLength(before.length);
    expect(after.some((pod) => pod.metadata.name === victim.metadata.name)).toBe(false);
    const fresh = after.find((pod) => !before.some((old) => old.metadata.uid === pod.metadata.uid));
    expect(at(fresh, 'status', 'conditions', 3, 'status')).toBe('False');
    run(30);
    expect(at(kube.get('Pod', 'shop', fresh?.metadata.name ?? ''), 'status', 'conditions', 3, 'status')).toBe('True');
  });

  it('nothing is scheduled onto a cordoned node, and uncordoning keeps the labels of a person', () => {
    const { world, run } = sample();
    run(60);
    const { kube } = stampOf(world, 'eastus2');
    const nodes = kube.list('Node', null).filter((node) => at(node, 'metadata', 'labels', 'agentpool') === 'user1');
    for (const node of nodes) kube.put({ ...node, apiVersion: 'v1', kind: 'Node', metadata: { ...node.metadata, labels: { ...Object(node.metadata['labels']), mine: 'yes' } }, spec: { ...Object(node['spec']), unschedulable: true } });
    const victim = podsOf(kube.list('Pod', null))[0];
    kube.remove('Pod', 'shop', victim?.metadata.name ?? '');
    run(60);
    const pending = podsOf(kube.list('Pod', null)).filter((pod) => at(pod, 'status', 'phase') === 'Pending');
    expect(pending).toHaveLength(1);
    for (const { metadata } of nodes) {
      const node = kube.get('Node', null, metadata.name);
      if (node === null) throw new Error('the node is gone');
      expect(at(node, 'metadata', 'labels', 'mine')).toBe('yes');
      kube.put({ ...node, apiVersion: 'v1', kind: 'Node', spec: { ...Object(node['spec']), unschedulable: false } });
    }
    run(60);
    expect(podsOf(kube.list('Pod', null)).filter((pod) => at(pod, 'status', 'phase') === 'Pending')).toHaveLength(0);
  });

  it.each([
    ['NoSchedule', 'stay'],
    ['NoExecute', 'go'],
    ['PreferNoSchedule', 'stay'],
  ])('a node that a person taints with %s: the pods that are there %s, and new ones come only where they may', (effect, there) => {
    const { world, run } = sample();
    run(60);
    const { kube } = stampOf(world, 'eastus2');
    const [node] = kube.list('Node', null).filter((each) => at(each, 'metadata', 'labels', 'agentpool') === 'user1');
    if (node === undefined) throw new Error('no node');
    const onNode = (): readonly string[] => podsOf(kube.list('Pod', null)).filter((pod) => at(pod, 'spec', 'nodeName') === node.metadata.name).map(({ metadata }) => metadata.name);
    const before = onNode();
    kube.put({ ...node, apiVersion: 'v1', kind: 'Node', spec: { ...Object(node['spec']), taints: [{ key: 'mine', value: 'yes', effect }] } });
    expect(onNode()).toEqual(there === 'stay' ? before : []);
    for (const name of onNode()) kube.remove('Pod', 'shop', name);
    run(60);
    expect(onNode().length > 0).toBe(effect === 'PreferNoSchedule');
    const tainted = kube.get('Node', null, node.metadata.name);
    kube.put({ ...tainted, apiVersion: 'v1', kind: 'Node', metadata: node.metadata, spec: { ...Object(node['spec']), taints: [] } });
    for (const pod of podsOf(kube.list('Pod', null)).slice(0, 20)) kube.remove('Pod', 'shop', pod.metadata.name);
    run(60);
    expect(onNode().length).toBeGreaterThan(0);
  });

  it('scaling a Deployment by hand is physics, until its HPA thinks otherwise', () => {
    const { world, run } = sample();
    run(60);
    const { kube } = stampOf(world, 'westus3');
    const deployment = kube.get('Deployment', 'shop', 'web');
    if (deployment === null) throw new Error('no deployment');
    kube.put({ ...deployment, apiVersion: 'apps/v1', kind: 'Deployment', spec: { ...Object(deployment['spec']), replicas: 25 } });
    run(5);
    expect(podsOf(kube.list('Pod', null)).filter((pod) => at(pod, 'metadata', 'labels', 'app') === 'web')).toHaveLength(25);
    run(20);
    expect(at(kube.get('Deployment', 'shop', 'web'), 'spec', 'replicas')).toBe(at(kube.get('HorizontalPodAutoscaler', 'shop', 'web'), 'spec', 'maxReplicas'));
  });
});

describe('events', () => {
  it('tell what the controllers did and why a pod waits, and are gone after an hour', () => {
    const { world, run } = sample();
    run(60);
    const { kube } = stampOf(world, 'westus3');
    const hpa = kube.get('HorizontalPodAutoscaler', 'shop', 'web');
    if (hpa === null) throw new Error('no hpa');
    kube.put({ ...hpa, apiVersion: hpa.apiVersion, kind: hpa.kind, spec: { ...Object(hpa['spec']), minReplicas: 90, maxReplicas: 90 } });
    run(200);
    const events = kube.list('Event', null);
    const reasons = new Set(events.map((event) => String(event['reason'])));
    for (const reason of ['SuccessfulRescale', 'ScalingReplicaSet', 'FailedScheduling', 'NodeReady', 'NotTriggerScaleUp']) expect(reasons).toContain(reason);
    const rescaled = events.find((event) => event['reason'] === 'SuccessfulRescale' && String(event['message']).startsWith('New size: 90'));
    expect(at(rescaled, 'involvedObject', 'uid')).toBe(hpa.metadata.uid);
    run(3700);
    expect(kube.list('Event', 'shop').some((event) => event['message'] === rescaled?.['message'] && event['lastTimestamp'] === rescaled?.['lastTimestamp'])).toBe(false);
  });
});

describe('watching', () => {
  it('the log answers what came after a version, and null for one that it has forgotten', () => {
    const { world, run } = sample();
    run(30);
    const { kube } = stampOf(world, 'eastus2');
    const version = kube.resourceVersion;
    expect(kube.changesSince(version)).toEqual([]);
    kube.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } });
    expect(kube.changesSince(version)?.map((change) => `${change.type} ${change.object.metadata.name}`)).toEqual(['ADDED mine']);
    expect(kube.changesSince('1')).toBeNull();
  });

  it('a listener hears of what physics does without anybody reading, and of nothing once it is gone', () => {
    const { world, clock } = sample();
    const { kube } = stampOf(world, 'westus3');
    const heard: KubeChange[] = [];
    const stop = kube.onChange((change) => heard.push(change));
    stampOf(world, 'westus3').pools.put('user1', { minCount: 7, maxCount: 9 }, null);
    clock.runUntil(clock.now() + 240_000);
    expect(heard.some((change) => change.type === 'ADDED' && change.object.kind === 'Node')).toBe(true);
    expect(heard.map((change) => Number(change.object.metadata.resourceVersion))).toEqual(heard.map((change) => Number(change.object.metadata.resourceVersion)).toSorted((left, right) => left - right));
    stop();
    const before = heard.length;
    clock.runUntil(clock.now() + 600_000);
    kube.list('Pod', null);
    expect(heard).toHaveLength(before);
  });

  it('a cluster whose API server is gone serves on and changes nothing', () => {
    const { world, run } = sample();
    run(60);
    world.faults.inject({ kind: 'clusterApiGone', stamp: 'eastus2', how: 'refused' });
    const stamp = stampOf(world, 'eastus2');
    expect(stamp.apiServerFault()).toBe('refused');
    const replicas = stamp.cluster.state.workloads.map((workload) => workload.replicas);
    world.faults.inject({ kind: 'demandSurge', factor: 1.4 });
    run(600);
    expect(stamp.cluster.state.workloads.map((workload) => workload.replicas)).toEqual(replicas);
    expect(world.snapshot().stamps.find((candidate) => candidate.name === 'eastus2')?.requestsPerSecond).toBeGreaterThan(1000);
  });
});
