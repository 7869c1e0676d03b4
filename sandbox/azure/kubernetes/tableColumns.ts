import type { KubeObject } from '../../world/types.ts';
import { isObject, listAt, numberAt, objectAt, stringAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { schemaObject } from './schemaObject.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  readonly format?: 'name';
  /** 0 is always shown, 1 with -o wide. */
  readonly priority?: 1;
  readonly cell: (object: KubeObject, now: number) => string | number;
}

const column = (name: string, cell: (object: JsonObject, now: number) => string | number, priority?: 1): Column => ({
  name,
  type: 'string',
  ...(priority === undefined ? {} : { priority }),
  cell: (object, now) => cell(schemaObject(object), now),
});

const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', cell: (object) => object.metadata.name };

const spec = (object: JsonObject): JsonObject => objectAt(object, 'spec');
const status = (object: JsonObject): JsonObject => objectAt(object, 'status');
const count = (object: JsonObject, key: string): number => numberAt(object, key) ?? 0;

const ageColumn = column('Age', (object, now) => {
  const created = Date.parse(stringAt(objectAt(object, 'metadata'), 'creationTimestamp') ?? '');
  return Number.isNaN(created) ? '<unknown>' : ageText(now - created);
});

/** As `duration.HumanDuration` writes it: two units at most, coarser as it grows. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const two = (big: number, bigUnit: string, small: number, smallUnit: string): string => (small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return two(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

const conditionStatus = (object: JsonObject, type: string): string | null => {
  const found = listAt(status(object), 'conditions').find((one) => isObject(one) && one['type'] === type);
  return isObject(found) ? stringAt(found, 'status') : null;
};

function nodeStatus(object: JsonObject): string {
  const ready = conditionStatus(object, 'Ready');
  const text = ready === null ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return spec(object)['unschedulable'] === true ? `${text},SchedulingDisabled` : text;
}

const nodeInfo = (object: JsonObject, key: string): string => stringAt(objectAt(status(object), 'nodeInfo'), key) ?? '<unknown>';

function nodeAddress(object: JsonObject, type: string): string {
  const found = listAt(status(object), 'addresses').find((one) => isObject(one) && one['type'] === type);
  return isObject(found) ? (stringAt(found, 'address') ?? '<none>') : '<none>';
}

function podReady(object: JsonObject): string {
  const states = listAt(status(object), 'containerStatuses');
  return `${states.filter((one) => isObject(one) && one['ready'] === true).length}/${listAt(spec(object), 'containers').length}`;
}

function podStatus(object: JsonObject): string {
  if (objectAt(object, 'metadata')['deletionTimestamp'] !== undefined) return 'Terminating';
  for (const one of listAt(status(object), 'containerStatuses')) {
    const reason = isObject(one) ? stringAt(objectAt(objectAt(one, 'state'), 'waiting'), 'reason') : null;
    if (reason !== null) return reason;
  }
  return stringAt(status(object), 'reason') ?? stringAt(status(object), 'phase') ?? 'Unknown';
}

const restarts = (object: JsonObject): number => listAt(status(object), 'containerStatuses').reduce<number>((sum, one) => sum + (isObject(one) ? count(one, 'restartCount') : 0), 0);

function selectorText(selector: JsonObject): string {
  const labels = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${typeof value === 'string' ? value : ''}`);
  return labels.length === 0 ? '<none>' : labels.join(',');
}

const containers = (object: JsonObject): readonly Json[] => listAt(objectAt(objectAt(spec(object), 'template'), 'spec'), 'containers');
const containerTexts = (object: JsonObject, key: string): string => containers(object).flatMap((one) => (isObject(one) ? (stringAt(one, key) ?? []) : [])).join(',');

function hpaTargets(object: JsonObject): string {
  const current = listAt(status(object), 'currentMetrics');
  const texts = listAt(spec(object), 'metrics').map((metric, index) => {
    const wanted = isObject(metric) ? objectAt(metric, 'resource') : {};
    const name = stringAt(wanted, 'name') ?? 'metric';
    const target = numberAt(objectAt(wanted, 'target'), 'averageUtilization');
    const seen = current[index];
    const now = isObject(seen) ? numberAt(objectAt(objectAt(seen, 'resource'), 'current'), 'averageUtilization') : null;
    return target === null ? `${name}: <unknown>` : `${name}: ${now === null ? '<unknown>' : `${now}%`}/${target}%`;
  });
  return texts.length === 0 ? '<none>' : texts.join(', ');
}

const columns: Readonly<Record<string, readonly Column[]>> = {
  Node: [
    nameColumn,
    column('Status', nodeStatus),
    column('Roles', (object) => {
      const roles = Object.keys(objectAt(objectAt(object, 'metadata'), 'labels')).flatMap((key) => (key.startsWith('node-role.kubernetes.io/') ? key.slice('node-role.kubernetes.io/'.length) : []));
      return roles.length === 0 ? '<none>' : roles.toSorted().join(',');
    }),
    ageColumn,
    column('Version', (object) => nodeInfo(object, 'kubeletVersion')),
    column('Internal-IP', (object) => nodeAddress(object, 'InternalIP'), 1),
    column('External-IP', (object) => nodeAddress(object, 'ExternalIP'), 1),
    column('OS-Image', (object) => nodeInfo(object, 'osImage'), 1),
    column('Kernel-Version', (object) => nodeInfo(object, 'kernelVersion'), 1),
    column('Container-Runtime', (object) => nodeInfo(object, 'containerRuntimeVersion'), 1),
  ],
  DaemonSet: [
    nameColumn,
    column('Desired', (object) => count(status(object), 'desiredNumberScheduled')),
    column('Current', (object) => count(status(object), 'currentNumberScheduled')),
    column('Ready', (object) => count(status(object), 'numberReady')),
    column('Up-to-date', (object) => count(status(object), 'updatedNumberScheduled')),
    column('Available', (object) => count(status(object), 'numberAvailable')),
    column('Node Selector', () => '<none>'),
    ageColumn,
  ],
  Pod: [
    nameColumn,
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', restarts),
    ageColumn,
    column('IP', (object) => stringAt(status(object), 'podIP') ?? '<none>', 1),
    column('Node', (object) => stringAt(spec(object), 'nodeName') ?? '<none>', 1),
    column('Nominated Node', (object) => stringAt(status(object), 'nominatedNodeName') ?? '<none>', 1),
    column('Readiness Gates', () => '<none>', 1),
  ],
  Deployment: [
    nameColumn,
    column('Ready', (object) => `${count(status(object), 'readyReplicas')}/${count(spec(object), 'replicas')}`),
    column('Up-to-date', (object) => count(status(object), 'updatedReplicas')),
    column('Available', (object) => count(status(object), 'availableReplicas')),
    ageColumn,
    column('Containers', (object) => containerTexts(object, 'name'), 1),
    column('Images', (object) => containerTexts(object, 'image'), 1),
    column('Selector', (object) => selectorText(objectAt(spec(object), 'selector')), 1),
  ],
  ReplicaSet: [
    nameColumn,
    column('Desired', (object) => count(spec(object), 'replicas')),
    column('Current', (object) => count(status(object), 'replicas')),
    column('Ready', (object) => count(status(object), 'readyReplicas')),
    ageColumn,
  ],
  HorizontalPodAutoscaler: [
    nameColumn,
    column('Reference', (object) => {
      const target = objectAt(spec(object), 'scaleTargetRef');
      return `${stringAt(target, 'kind') ?? ''}/${stringAt(target, 'name') ?? ''}`;
    }),
    column('Targets', hpaTargets),
    column('MinPods', (object) => numberAt(spec(object), 'minReplicas') ?? '<unset>'),
    column('MaxPods', (object) => count(spec(object), 'maxReplicas')),
    column('Replicas', (object) => count(status(object), 'currentReplicas')),
    ageColumn,
  ],
  Namespace: [nameColumn, column('Status', (object) => stringAt(status(object), 'phase') ?? ''), ageColumn],
  Service: [
    nameColumn,
    column('Type', (object) => stringAt(spec(object), 'type') ?? 'ClusterIP'),
    column('Cluster-IP', (object) => stringAt(spec(object), 'clusterIP') ?? '<none>'),
    column('External-IP', () => '<none>'),
    column('Port(s)', (object) => listAt(spec(object), 'ports').flatMap((port) => (isObject(port) ? `${count(port, 'port')}/${stringAt(port, 'protocol') ?? 'TCP'}` : [])).join(',')),
    ageColumn,
  ],
  PodDisruptionBudget: [
    nameColumn,
    column('Min Available', (object) => boundText(spec(object)['minAvailable'])),
    column('Max Unavailable', (object) => boundText(spec(object)['maxUnavailable'])),
    column('Allowed Disruptions', (object) => count(status(object), 'disruptionsAllowed')),
    ageColumn,
  ],
  ResourceQuota: [
    nameColumn,
    column('Request', (object) => quotaText(object, (resource) => !resource.startsWith('limits.'))),
    column('Limit', (object) => quotaText(object, (resource) => resource.startsWith('limits.'))),
    ageColumn,
  ],
  Event: [
    column('Last Seen', (object, now) => {
      const at = Date.parse(stringAt(object, 'lastTimestamp') ?? stringAt(object, 'eventTime') ?? '');
      return Number.isNaN(at) ? '<unknown>' : ageText(now - at);
    }),
    column('Type', (object) => stringAt(object, 'type') ?? ''),
    column('Reason', (object) => stringAt(object, 'reason') ?? ''),
    column('Object', (object) => {
      const involved = objectAt(object, 'involvedObject');
      return `${(stringAt(involved, 'kind') ?? '').toLowerCase()}/${stringAt(involved, 'name') ?? ''}`;
    }),
    column('Message', (object) => stringAt(object, 'message') ?? ''),
  ],
};

/** Used of allowed, resource by resource. */
function quotaText(object: JsonObject, isShown: (resource: string) => boolean): string {
  const hard = objectAt(status(object), 'hard');
  const used = objectAt(status(object), 'used');
  return Object.keys(hard).filter(isShown).toSorted().map((resource) => `${resource}: ${stringAt(used, resource) ?? '0'}/${stringAt(hard, resource) ?? ''}`).join(', ');
}

const boundText = (value: Json | undefined): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : 'N/A');

const plainColumns: readonly Column[] = [nameColumn, ageColumn];

export const columnsOf = (kind: string): readonly Column[] => columns[kind] ?? plainColumns;
