import { describe, expect, it } from 'vitest';
import { refusalOfPod } from '../../sandbox/world/cluster/resourceQuotas.ts';
import type { KubeObject } from '../../sandbox/world/index.ts';
import { at, sample, stampOf, type Sample } from './support.ts';

const shop = (it: Sample) => stampOf(it.world, 'westus3').kube;
const pods = (it: Sample): number => shop(it).list('Pod', 'shop').length;

function raise(it: Sample, replicas: number): void {
  const hpa = shop(it).get('HorizontalPodAutoscaler', 'shop', 'web');
  if (hpa === null) throw new Error('no HPA');
  shop(it).put({ ...hpa, spec: { ...Object(hpa['spec']), minReplicas: replicas, maxReplicas: replicas } });
  it.run(60);
}

const quota = (name: string, hard: Readonly<Record<string, string>>, scopes?: readonly string[]) => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace: 'shop' }, spec: { hard, ...(scopes === undefined ? {} : { scopes }) }, status: {} });

describe('a ResourceQuota', () => {
  it('refuses pods above it, and says so where kubectl looks', () => {
    const it = sample({ clusters: { westus3: { resourceQuota: { pods: '28' } } } });
    it.run(30);
    expect(pods(it)).toBe(25);
    raise(it, 40);
    expect(pods(it)).toBe(28);
    expect(at(shop(it).get('ResourceQuota', 'shop', 'team'), 'status')).toEqual({ hard: { pods: '28' }, used: { pods: '28' } });
    const [set] = shop(it).list('ReplicaSet', 'shop').filter((one) => at(one, 'metadata', 'labels', 'app') === 'web');
    expect(at(set, 'spec', 'replicas')).toBe(40);
    expect(at(set, 'status', 'conditions', 0)).toMatchObject({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: expect.stringMatching(/^pods "web-.*" is forbidden: exceeded quota: team, requested: pods=1, used: pods=28, limited: pods=28$/) as string });
    const events = shop(it).list('Event', 'shop').filter((event) => event['reason'] === 'FailedCreate');
    expect(events).toHaveLength(1);
    expect(at(events[0], 'involvedObject')).toMatchObject({ kind: 'ReplicaSet', name: set?.metadata.name });
    expect(shop(it).list('Event', 'shop').filter((event) => event['reason'] === 'ScalingReplicaSet' && at(event, 'involvedObject', 'name') === 'web')).toHaveLength(1);
  });

  it('that a person makes counts from then on, and one that is deleted holds nobody back', () => {
    const it = sample();
    it.run(30);
    shop(it).put(quota('mine', { 'requests.cpu': '13', 'limits.memory': '100Gi' }));
    raise(it, 40);
    // 25 pods of 500 millicores, and one more
    expect(pods(it)).toBe(26);
    expect(at(shop(it).get('ResourceQuota', 'shop', 'mine'), 'status', 'used')).toEqual({ 'requests.cpu': '13', 'limits.memory': '19968Mi' });
    shop(it).remove('ResourceQuota', 'shop', 'mine');
    it.run(30);
    expect(pods(it)).toBe(48);
    const [set] = shop(it).list('ReplicaSet', 'shop').filter((one) => at(one, 'metadata', 'labels', 'app') === 'web');
    expect(at(set, 'status', 'conditions')).toBeUndefined();
  });

  it('below what is there removes nothing, and a pod that goes is not replaced', () => {
    const it = sample();
    it.run(30);
    shop(it).put(quota('tight', { pods: '10' }));
    it.run(60);
    expect(pods(it)).toBe(25);
    shop(it).remove('Pod', 'shop', shop(it).list('Pod', 'shop')[0]?.metadata.name ?? '');
    it.run(60);
    expect(pods(it)).toBe(24);
  });
});

describe('admission', () => {
  const [workload] = stampOf(sample().world, 'westus3').spec.workloads;
  if (workload === undefined) throw new Error('no workload');
  const refusal = (hard: Readonly<Record<string, string>>, count: number, scopes?: readonly string[]): string | null =>
    refusalOfPod(workload, [{ ...quota('q', hard, scopes), metadata: { name: 'q', namespace: 'shop', uid: '', resourceVersion: '' } } satisfies KubeObject], [{ workload, count }]);

  it.each([
    [{ pods: '5' }, 4, null],
    [{ 'count/pods': '5' }, 5, 'exceeded quota: q, requested: count/pods=1, used: count/pods=5, limited: count/pods=5'],
    [{ cpu: '2500m' }, 4, null],
    [{ cpu: '2500m' }, 5, 'exceeded quota: q, requested: cpu=500m, used: cpu=2500m, limited: cpu=2500m'],
    [{ 'requests.memory': '3Gi', pods: '9' }, 4, 'exceeded quota: q, requested: requests.memory=768Mi, used: requests.memory=3072Mi, limited: requests.memory=3Gi'],
    [{ 'limits.cpu': '100' }, 0, 'failed quota: q: must specify limits.cpu for: web'],
    [{ services: '0' }, 9, null],
  ])('%j with %i pods there', (hard, count, why) => {
    expect(refusal(hard, count)).toBe(why);
  });

  it('a quota for pods of another kind does not count these', () => {
    expect(refusal({ pods: '0' }, 0, ['BestEffort'])).toBeNull();
    expect(refusal({ pods: '0' }, 0, ['NotBestEffort'])).not.toBeNull();
  });
});
