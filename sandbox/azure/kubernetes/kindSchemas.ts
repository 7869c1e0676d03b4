import { always, any, atomicList, atomicListMergedBy, atomicStruct, boolean, intOrString, integer, keyedList, mapOf, openStruct, quantity, setOf, string, struct } from './schema.ts';
import type { Schema } from './schema.ts';

const objectMeta = struct({
  name: string,
  generateName: string,
  namespace: string,
  selfLink: string,
  uid: string,
  resourceVersion: string,
  generation: integer,
  creationTimestamp: any,
  deletionTimestamp: any,
  deletionGracePeriodSeconds: integer,
  labels: mapOf(string),
  annotations: mapOf(string),
  ownerReferences: keyedList(['uid'], openStruct({})),
  finalizers: setOf(string),
  managedFields: atomicList(any),
});

const resources = struct({ limits: mapOf(quantity), requests: mapOf(quantity), claims: atomicList(any) });

const container = openStruct({
  name: string,
  image: string,
  imagePullPolicy: string,
  terminationMessagePath: string,
  terminationMessagePolicy: string,
  command: atomicList(string),
  args: atomicList(string),
  ports: keyedList(['containerPort', 'protocol'], openStruct({ containerPort: integer, protocol: string }), { protocol: 'TCP' }),
  env: keyedList(['name'], openStruct({ valueFrom: openStruct({ fieldRef: atomicStruct, resourceFieldRef: atomicStruct, configMapKeyRef: atomicStruct, secretKeyRef: atomicStruct }) })),
  resources,
  volumeMounts: keyedList(['mountPath'], openStruct({})),
});

const podSpec = openStruct({
  containers: always(keyedList(['name'], container)),
  initContainers: keyedList(['name'], container),
  volumes: keyedList(['name'], openStruct({})),
  nodeSelector: { type: 'map', of: string, unit: 'atomic', presence: 'optional' },
  tolerations: atomicList(any),
  topologySpreadConstraints: keyedList(['topologyKey', 'whenUnsatisfiable'], openStruct({ labelSelector: atomicStruct })),
  imagePullSecrets: keyedList(['name'], openStruct({})),
  hostAliases: keyedList(['ip'], openStruct({})),
});

const podTemplate = always(struct({ metadata: always(objectMeta), spec: always(podSpec) }));

const conditions = keyedList(['type'], openStruct({}));

const deploymentSpec = always(struct({
  replicas: integer,
  selector: atomicStruct,
  template: podTemplate,
  strategy: always(openStruct({ type: string, rollingUpdate: struct({ maxSurge: intOrString, maxUnavailable: intOrString }) })),
  minReadySeconds: integer,
  revisionHistoryLimit: integer,
  paused: boolean,
  progressDeadlineSeconds: integer,
}));

const scalingRules = struct({ stabilizationWindowSeconds: integer, selectPolicy: string, policies: atomicList(any), tolerance: any });

const hpaSpec = always(struct({
  scaleTargetRef: always(struct({ apiVersion: string, kind: string, name: string })),
  minReplicas: integer,
  maxReplicas: integer,
  metrics: atomicList(any),
  behavior: struct({ scaleUp: scalingRules, scaleDown: scalingRules }),
}));

const nodeSpec = always(openStruct({ podCIDRs: setOf(string), taints: atomicListMergedBy('key', any), unschedulable: boolean, providerID: string }));
const nodeStatus = always(openStruct({ conditions, addresses: atomicListMergedBy('type', any), capacity: mapOf(quantity), allocatable: mapOf(quantity) }));

const serviceSpec = always(openStruct({ ports: keyedList(['port', 'protocol'], openStruct({}), { protocol: 'TCP' }), selector: { type: 'map', of: string, unit: 'atomic', presence: 'optional' } }));

const budgetSpec = always(openStruct({ selector: atomicStruct, minAvailable: intOrString, maxUnavailable: intOrString }));

const kindSchema = (spec: Schema, status: Schema = always(openStruct({ conditions }))): Schema =>
  openStruct({ apiVersion: string, kind: string, metadata: always(objectMeta), spec, status });

const schemas: Readonly<Record<string, Schema>> = {
  Deployment: kindSchema(deploymentSpec),
  ReplicaSet: kindSchema(always(openStruct({ replicas: integer, selector: atomicStruct, template: podTemplate }))),
  HorizontalPodAutoscaler: kindSchema(hpaSpec, always(openStruct({ conditions }))),
  Node: kindSchema(nodeSpec, nodeStatus),
  Pod: kindSchema(always(podSpec)),
  Service: kindSchema(serviceSpec),
  PodDisruptionBudget: kindSchema(budgetSpec),
  ResourceQuota: kindSchema(always(openStruct({ hard: mapOf(quantity), scopes: atomicList(string) }))),
};

const otherKind = kindSchema(always(openStruct({})));

export const schemaOfKind = (kind: string): Schema => schemas[kind] ?? otherKind;
