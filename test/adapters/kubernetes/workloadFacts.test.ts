import { expect, test, describe } from 'vitest';
import { workloadFacts, type WorkloadObjects } from '../../../src/adapters/kubernetes/workloadFacts.ts';
import { sampleFleet } from '../support/fleet.ts';

const now = Date.UTC(2026, 10, 22, 12);
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
const [workload] = sampleFleet().workloads;

const container = (cpu: string, more: object = {}) => ({ name: 'c', resources: { requests: { cpu, memory: '256Mi' } }, ...more });
const deployment = (spec: object = {}, conditions: readonly object[] = []) => ({
  metadata: { name: 'web', generation: 1 }, spec: { replicas: 3, selector: {}, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container('250m')] } }, ...spec }, status: { readyReplicas: 2, conditions },
});

interface PodState {
  readonly ready?: 'True' | 'False';
  readonly since?: number;
  readonly node?: string;
  readonly waiting?: string;
  readonly cpu?: string;
  readonly leaving?: boolean;
}

const pod = ({ ready = 'True', since = 3600, node = 'node-a', waiting, cpu = '250m', leaving = false }: PodState) => ({
  metadata: { name: 'p', creationTimestamp: ago(3600), ...(leaving ? { deletionTimestamp: ago(1) } : {}) },
  spec: { nodeName: node, containers: [container(cpu)] },
  status: { conditions: [{ type: 'Ready', status: ready, lastTransitionTime: ago(since) }], containerStatuses: [{ name: 'c', ready: ready === 'True', restartCount: 0, image: '', imageID: '', state: waiting === undefined ? {} : { waiting: { reason: waiting } } }] },
});

function factsOf(change: { pods?: readonly object[]; deployment?: object; hpa?: object; lost?: readonly string[] }) {
  if (workload === undefined) throw new Error('the sample fleet has workloads');
  // Objects as the API server sends them, as far as they are looked at.
  const objects = { deployment: change.deployment ?? deployment(), hpa: change.hpa ?? null, pods: change.pods ?? [], lostNodes: new Set(change.lost), budgets: [] } as unknown as WorkloadObjects;
  return workloadFacts(workload, objects, now);
}

describe('pods that are there and serve nobody', () => {
  test('fail when they are not ready for longer than the progress deadline, 600 s unless the Deployment says otherwise', () => {
    const pods = [pod({}), pod({ ready: 'False', since: 601 }), pod({ ready: 'False', since: 599 })];
    expect(factsOf({ pods })).toMatchObject({ scheduledReplicas: 3, failingReplicas: 1 });
    expect(factsOf({ pods, deployment: deployment({ progressDeadlineSeconds: 300 }) })).toMatchObject({ failingReplicas: 2 });
  });

  test.each(['CrashLoopBackOff', 'ImagePullBackOff', 'CreateContainerConfigError'])('fail at once when a container waits with %s', (waiting) => {
    expect(factsOf({ pods: [pod({ ready: 'False', since: 5, waiting })] })).toMatchObject({ failingReplicas: 1 });
  });

  test('have no place when their node is lost, or when they are leaving', () => {
    expect(factsOf({ pods: [pod({}), pod({ ready: 'False', since: 60, node: 'node-b' }), pod({ leaving: true })], lost: ['node-b'] })).toMatchObject({ scheduledReplicas: 1, failingReplicas: 0 });
  });
});

describe('a rollout', () => {
  test.each<[string, object, RegExp | null]>([
    ['whose deadline has passed', { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet "web-2" has timed out progressing.' }, /^ProgressDeadlineExceeded: .*timed out/],
    ['whose pods may not be made', { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' }, /exceeded quota/],
    ['that goes on', { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' }, null],
    ['that is paused', { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused' }, null],
  ])('%s', (_, condition, stuck) => {
    const { rolloutStuck } = factsOf({ deployment: deployment({}, [condition]) });
    if (stuck === null) expect(rolloutStuck).toBeNull();
    else expect(rolloutStuck).toMatch(stuck);
  });
});

describe('what a pod asks for', () => {
  test('is what a LimitRange or a vertical autoscaler gave those that run, where that is more', () => {
    expect(factsOf({ pods: [pod({ cpu: '700m' }), pod({ cpu: '100m' })] }).podRequests.cpuMillicores).toBe(700);
    expect(factsOf({ pods: [] }).podRequests.cpuMillicores).toBe(250);
  });

  test('is what the pod itself names, where that is more than its containers add up to', () => {
    const template = { spec: { resources: { requests: { cpu: '2' } }, containers: [container('250m'), container('250m')] } };
    expect(factsOf({ deployment: deployment({ template }) }).podRequests).toMatchObject({ cpuMillicores: 2000, memoryMiB: 512 });
  });

  test('besides cpu, memory and storage is named', () => {
    const template = { spec: { containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': '1', cpu: '1' } } }] } };
    expect(factsOf({ deployment: deployment({ template }) }).otherRequests).toEqual(['nvidia.com/gpu']);
    expect(factsOf({}).otherRequests).toEqual([]);
  });
});

test('pods that refuse to share a node with their own kind say over what', () => {
  const apart = (labels: object, topologyKey: string) => ({ labelSelector: { matchLabels: labels }, topologyKey });
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container('250m')], affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart({ app: 'web' }, 'kubernetes.io/hostname'), apart({ app: 'other' }, 'topology.kubernetes.io/zone')] } } } };
  expect(factsOf({ deployment: deployment({ template }) }).apartOver).toEqual(['kubernetes.io/hostname']);
  expect(factsOf({}).apartOver).toEqual([]);
});

test('an HPA says what it scales', () => {
  expect(factsOf({ hpa: { metadata: { name: 'web' }, spec: { scaleTargetRef: { kind: 'Deployment', name: 'other' }, maxReplicas: 3 } } }).hpa?.scales).toBe('Deployment/other');
});
