import { random } from '../azure/kubernetes/fuzz.ts';
import type { Random } from '../azure/kubernetes/fuzz.ts';
import type { SuiteStep } from './apiserverSuite.ts';

/**
 * Ownership at random: several managers apply, force, update and give up fields of one HPA and one Deployment, the same
 * sequence at every run. What is left of the object and of managedFields after each step is compared.
 * Plain updates touch single fields alone: release 1.20 gives a manager that was left with nothing but a map itself
 * all that is in it (it takes the map for one that used to be atomic), later releases do not.
 */
export function ownershipSteps(seed: number, count: number): readonly SuiteStep[] {
  const r = random(seed);
  return Array.from({ length: count }, (_none, index) => ({ ...(r.chance(0.5) ? hpaStep(r) : deploymentStep(r)), name: `${seed}/${index}` })).map((step) => ({ ...step, name: `${step.name} ${step.method} ${step.path.split('/').at(-1)}` }));
}

type Step = Omit<SuiteStep, 'name'>;

const managers = ['helm', 'spillway', 'kubectl', 'person'];

const some = <T extends object>(r: Random, from: T, probability = 0.5): Partial<T> => Object.fromEntries(Object.entries(from).filter(() => r.chance(probability))) as Partial<T>;

function write(r: Random, path: string, config: Record<string, unknown>, changes: Record<string, unknown>): Step {
  const manager = r.pick(managers);
  if (r.chance(0.7)) return { method: 'PATCH', path: `${path}?fieldManager=${manager}${r.chance(0.5) ? '&force=true' : ''}`, body: config, contentType: 'application/apply-patch+yaml' };
  return { method: 'PATCH', path: `${path}?fieldManager=${manager}`, body: changes, contentType: r.pick(['application/merge-patch+json', 'application/strategic-merge-patch+json']) };
}

const labelsOf = (r: Random): Record<string, string> => some(r, { a: r.pick(['1', '2']), b: '1', c: r.pick(['x', 'y']) }, 0.4);

function metadataOf(r: Random, name: string): Record<string, unknown> {
  return { name, ...(r.chance(0.6) ? { labels: labelsOf(r) } : {}), ...(r.chance(0.3) ? { annotations: some(r, { note: r.pick(['n', 'm']), 'example.com/b': 'v' }) } : {}) };
}

function hpaStep(r: Random): Step {
  const spec = some(r, {
    minReplicas: r.pick([2, 3, 4]),
    behavior: { scaleUp: some(r, { stabilizationWindowSeconds: r.pick([0, 60]), selectPolicy: 'Max', policies: [{ type: 'Pods', value: r.pick([1, 2]), periodSeconds: 60 }] }, 0.6) },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: r.pick([50, 60]) } } }],
  });
  const whole = { maxReplicas: r.pick([10, 20]), scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: r.pick(['owned', 'owned', 'other']) } };
  const config = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: metadataOf(r, 'owned'), spec: { ...spec, ...some(r, whole, 0.7) } };
  const changes = { spec: some(r, { minReplicas: r.pick([1, 2, 3]), maxReplicas: r.pick([10, 30]) }) };
  return write(r, '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/owned', config, changes);
}

function containerOf(r: Random, name: string): Record<string, unknown> {
  const env = some(r, { A: '1', B: r.pick(['1', '2']), C: '1' }, 0.5) as Record<string, string>;
  const ports = some(r, { 8080: 'http', 9090: r.pick(['metrics', 'other']) }, 0.5) as Record<string, string>;
  return {
    name,
    ...some(r, { image: r.pick(['i:1', 'i:2']), workingDir: r.pick(['/a', '/b']), args: r.pick([['x'], ['x', 'y']]) }, 0.5),
    ...(Object.keys(env).length > 0 ? { env: Object.entries(env).map(([key, value]) => ({ name: key, value })) } : {}),
    ...(Object.keys(ports).length > 0 ? { ports: Object.entries(ports).map(([port, portName]) => ({ containerPort: Number(port), name: portName, protocol: 'TCP' })) } : {}),
  };
}

const selector = { matchLabels: { app: 'owned' } };

function deploymentStep(r: Random): Step {
  const containers = [containerOf(r, 'app'), ...(r.chance(0.3) ? [{ ...containerOf(r, 'side'), image: 's:1' }] : [])];
  const template = { metadata: { labels: { app: 'owned' } }, spec: { containers, ...some(r, { hostname: r.pick(['a', 'b']), terminationGracePeriodSeconds: r.pick([10, 20]) }, 0.3) } };
  const config = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadataOf(r, 'owned'), spec: some(r, { replicas: r.pick([1, 2]), selector, template, minReadySeconds: 5, strategy: { rollingUpdate: some(r, { maxSurge: r.pick([1, '50%']) }, 0.7) } }, 0.6) };
  const changes = { spec: some(r, { replicas: r.pick([3, 4]), minReadySeconds: r.pick([0, 7]) }) };
  return write(r, '/apis/apps/v1/namespaces/default/deployments/owned', config, changes);
}

/** What the sequence begins with. */
export const ownershipStart: readonly SuiteStep[] = [
  {
    name: 'the HPA',
    method: 'POST',
    path: '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers?fieldManager=helm',
    body: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'owned' }, spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'owned' } } },
  },
  {
    name: 'the deployment',
    method: 'POST',
    path: '/apis/apps/v1/namespaces/default/deployments?fieldManager=kubectl',
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'owned' }, spec: { selector, template: { metadata: { labels: { app: 'owned' } }, spec: { containers: [{ name: 'app', image: 'i:1', env: [{ name: 'A', value: '0' }] }] } } } },
  },
];
