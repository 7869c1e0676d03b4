import { isObject, listAt, objectAt, without } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** What the API server fills in where a client left it out. */
export function withDefaults(kind: string, object: JsonObject): JsonObject {
  switch (kind) {
    case 'HorizontalPodAutoscaler':
      return { ...object, spec: hpaSpec(objectAt(object, 'spec')) };
    case 'Deployment':
      return { ...object, spec: deploymentSpec(objectAt(object, 'spec')) };
    case 'Pod':
      return { ...object, spec: podSpec(objectAt(object, 'spec')) };
    default:
      return object;
  }
}

const cpuAt80: Json = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];

function hpaSpec(spec: JsonObject): JsonObject {
  const behavior = spec['behavior'];
  return {
    ...spec,
    minReplicas: spec['minReplicas'] ?? 1,
    metrics: listAt(spec, 'metrics').length === 0 ? cpuAt80 : spec['metrics'],
    // Only who asks for some behaviour gets the rest of it spelt out.
    ...(isObject(behavior) ? { behavior: { scaleUp: { ...scaleUpRules, ...objectAt(behavior, 'scaleUp') }, scaleDown: { ...scaleDownRules, ...objectAt(behavior, 'scaleDown') } } } : {}),
  };
}

const scaleUpRules: JsonObject = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }] };
const scaleDownRules: JsonObject = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

function deploymentSpec(spec: JsonObject): JsonObject {
  const template = objectAt(spec, 'template');
  const strategy = objectAt(spec, 'strategy');
  const type = strategy['type'] ?? 'RollingUpdate';
  const rolling = objectAt(strategy, 'rollingUpdate');
  // Zero values of these two are written as if they were not there.
  const zeros = [...(spec['minReadySeconds'] === 0 ? ['minReadySeconds'] : []), ...(spec['paused'] === false ? ['paused'] : [])];
  return {
    ...without(spec, ...zeros),
    replicas: spec['replicas'] ?? 1,
    strategy: type === 'RollingUpdate' ? { ...strategy, type, rollingUpdate: { maxUnavailable: rolling['maxUnavailable'] ?? '25%', maxSurge: rolling['maxSurge'] ?? '25%' } } : { ...strategy, type },
    revisionHistoryLimit: spec['revisionHistoryLimit'] ?? 10,
    progressDeadlineSeconds: spec['progressDeadlineSeconds'] ?? 600,
    template: { ...template, spec: podSpec(objectAt(template, 'spec')) },
  };
}

const podSpec = (spec: JsonObject): JsonObject => ({
  ...spec,
  ...(isObject(spec['containers']) || spec['containers'] === undefined ? {} : { containers: listAt(spec, 'containers').map((one) => (isObject(one) ? container(one) : one)) }),
  restartPolicy: spec['restartPolicy'] ?? 'Always',
  terminationGracePeriodSeconds: spec['terminationGracePeriodSeconds'] ?? 30,
  dnsPolicy: spec['dnsPolicy'] ?? 'ClusterFirst',
  securityContext: spec['securityContext'] ?? {},
  schedulerName: spec['schedulerName'] ?? 'default-scheduler',
});

function container(one: JsonObject): JsonObject {
  const image = typeof one['image'] === 'string' ? one['image'] : '';
  const latest = image.endsWith(':latest') || !image.includes(':');
  const ports = listAt(one, 'ports').map((port) => (isObject(port) ? { ...port, protocol: port['protocol'] ?? 'TCP' } : port));
  return {
    ...one,
    ...(ports.length === 0 ? {} : { ports }),
    resources: one['resources'] ?? {},
    terminationMessagePath: one['terminationMessagePath'] ?? '/dev/termination-log',
    terminationMessagePolicy: one['terminationMessagePolicy'] ?? 'File',
    imagePullPolicy: one['imagePullPolicy'] ?? (latest ? 'Always' : 'IfNotPresent'),
  };
}
