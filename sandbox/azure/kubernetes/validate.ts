import { isList, isObject, listAt, numberAt, objectAt, sameJson, stringAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { Cause } from './status.ts';

/** What the API server's validation says of an object after defaulting; `live` null on create. No causes = valid. */
export function validateObject(kind: string, object: JsonObject, live: JsonObject | null): readonly Cause[] {
  const metadata = validateMetadata(objectAt(object, 'metadata'), kind);
  switch (kind) {
    case 'HorizontalPodAutoscaler':
      return [...metadata, ...validateHpa(objectAt(object, 'spec'))];
    case 'Deployment':
      return [...metadata, ...validateDeployment(objectAt(object, 'spec'), live === null ? null : objectAt(live, 'spec'))];
    case 'Pod':
      return [...metadata, ...validateContainers(objectAt(object, 'spec'), 'spec.containers')];
    default:
      return metadata;
  }
}

const wrong = (field: string, value: Json | undefined, message: string): Cause => ({ reason: 'FieldValueInvalid', field, message: `Invalid value: ${shown(value)}: ${message}` });
const required = (field: string, why = ''): Cause => ({ reason: 'FieldValueRequired', field, message: `Required value${why === '' ? '' : `: ${why}`}` });
const notSupported = (field: string, value: Json | undefined, supported: readonly string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
});

const shown = (value: Json | undefined): string => JSON.stringify(value ?? null);

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomainMessage =
  'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start and end with an alphanumeric character (e.g. \'example.com\', regex used for validation is \'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\')';
const dnsLabelMessage = 'a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \'-\', and must start and end with an alphanumeric character (e.g. \'my-name\',  or \'123-abc\', regex used for validation is \'[a-z0-9]([-a-z0-9]*[a-z0-9])?\')';
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const labelValueMessage =
  'a valid label must be an empty string or consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character (e.g. \'MyValue\',  or \'my_value\',  or \'12345\', regex used for validation is \'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\')';

function validateMetadata(metadata: JsonObject, kind: string): readonly Cause[] {
  const name = stringAt(metadata, 'name') ?? '';
  const causes: Cause[] = [];
  if (name === '') causes.push(required('metadata.name', 'name or generateName is required'));
  else if (kind === 'Namespace' || kind === 'Service') {
    if (!dnsLabel.test(name) || name.length > 63) causes.push(wrong('metadata.name', name, dnsLabelMessage));
  } else if (!subdomain.test(name) || name.length > 253) causes.push(wrong('metadata.name', name, subdomainMessage));
  for (const value of Object.values(objectAt(metadata, 'labels'))) {
    if (typeof value === 'string' && (!labelValue.test(value) || value.length > 63)) causes.push(wrong('metadata.labels', value, labelValueMessage));
  }
  return causes;
}

function validateHpa(spec: JsonObject): readonly Cause[] {
  const causes: Cause[] = [];
  const minReplicas = numberAt(spec, 'minReplicas') ?? 1;
  const maxReplicas = numberAt(spec, 'maxReplicas') ?? 0;
  if (minReplicas < 1) causes.push(wrong('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) causes.push(wrong('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (maxReplicas < minReplicas) causes.push(wrong('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  const scalesToZero = listAt(spec, 'metrics').some((metric) => isObject(metric) && (metric['type'] === 'Object' || metric['type'] === 'External'));
  const target = objectAt(spec, 'scaleTargetRef');
  if ((stringAt(target, 'kind') ?? '') === '') causes.push(required('spec.scaleTargetRef.kind'));
  if ((stringAt(target, 'name') ?? '') === '') causes.push(required('spec.scaleTargetRef.name'));
  listAt(spec, 'metrics').forEach((metric, index) => causes.push(...validateMetric(isObject(metric) ? metric : {}, `spec.metrics[${index}]`)));
  if (minReplicas === 0 && !scalesToZero) causes.push({ reason: 'FieldValueForbidden', field: 'spec.metrics', message: 'Forbidden: must specify at least one Object or External metric to support scaling to zero replicas' });
  for (const direction of ['scaleUp', 'scaleDown']) causes.push(...validateRules(objectAt(objectAt(spec, 'behavior'), direction), `spec.behavior.${direction}`));
  return causes;
}

const metricSources: Readonly<Record<string, string>> = { Object: 'object', Pods: 'pods', Resource: 'resource', External: 'external', ContainerResource: 'containerResource' };

function validateMetric(metric: JsonObject, path: string): readonly Cause[] {
  const type = stringAt(metric, 'type') ?? '';
  if (type === '') return [required(`${path}.type`, 'must specify a metric source type')];
  const source = metricSources[type];
  // The API server tells of an unknown type twice.
  const unknownType = notSupported(`${path}.type`, type, Object.keys(metricSources).toSorted());
  if (source === undefined) return [unknownType, unknownType];
  if (metric[source] === undefined) return [required(`${path}.${source}`, 'must populate information for the given metric source')];
  if (type !== 'Resource') return [];
  const resource = objectAt(metric, 'resource');
  const target = objectAt(resource, 'target');
  const causes: Cause[] = [];
  if ((stringAt(resource, 'name') ?? '') === '') causes.push(required(`${path}.resource.name`, 'must specify a resource name'));
  if ((stringAt(target, 'type') ?? '') === '') causes.push(required(`${path}.resource.target.type`, 'must specify a metric target type'));
  const utilisation = numberAt(target, 'averageUtilization');
  if (utilisation !== null && utilisation < 1) causes.push(wrong(`${path}.resource.target.averageUtilization`, utilisation, 'must be greater than 0'));
  return causes;
}

/** Limits of autoscaling/v2: stabilisation 0..3600 s, periods 1..1800 s. */
function validateRules(rules: JsonObject, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  const windowSeconds = numberAt(rules, 'stabilizationWindowSeconds');
  if (windowSeconds !== null && windowSeconds < 0) causes.push(wrong(`${path}.stabilizationWindowSeconds`, windowSeconds, 'must be greater than or equal to zero'));
  if (windowSeconds !== null && windowSeconds > 3600) causes.push(wrong(`${path}.stabilizationWindowSeconds`, windowSeconds, 'must be less than or equal to 3600'));
  const policy = stringAt(rules, 'selectPolicy');
  if (policy !== null && !['Max', 'Min', 'Disabled'].includes(policy)) causes.push(notSupported(`${path}.selectPolicy`, policy, ['Disabled', 'Max', 'Min']));
  if (isList(rules['policies']) && rules['policies'].length === 0) causes.push(required(`${path}.policies`, 'must specify at least one Policy'));
  return causes;
}

function validateDeployment(spec: JsonObject, live: JsonObject | null): readonly Cause[] {
  const causes: Cause[] = [];
  const replicas = numberAt(spec, 'replicas') ?? 1;
  if (replicas < 0) causes.push(wrong('spec.replicas', replicas, 'must be greater than or equal to 0'));
  const template = objectAt(spec, 'template');
  const selector = spec['selector'];
  const wanted = objectAt(objectAt(spec, 'selector'), 'matchLabels');
  const labels = objectAt(objectAt(template, 'metadata'), 'labels');
  if (selector === undefined) causes.push(required('spec.selector'));
  else if (Object.keys(wanted).length === 0 && listAt(objectAt(spec, 'selector'), 'matchExpressions').length === 0) causes.push(wrong('spec.selector', selector, 'empty selector is invalid for deployment'));
  // No selector selects nothing, and so not the template either.
  if (selector === undefined || Object.entries(wanted).some(([key, value]) => labels[key] !== value)) causes.push(wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  causes.push(...validateContainers(objectAt(template, 'spec'), 'spec.template.spec.containers'));
  if (live !== null && !sameJson(live['selector'], selector)) causes.push(wrong('spec.selector', selector, 'field is immutable'));
  return causes;
}

function validateContainers(podSpec: JsonObject, path: string): readonly Cause[] {
  const containers = listAt(podSpec, 'containers');
  if (containers.length === 0) return [required(path)];
  const seen = new Set<string>();
  return containers.flatMap((one, index) => {
    const container = isObject(one) ? one : {};
    const name = stringAt(container, 'name') ?? '';
    const causes: Cause[] = [];
    if (name === '') causes.push(required(`${path}[${index}].name`));
    else if (!dnsLabel.test(name)) causes.push(wrong(`${path}[${index}].name`, name, dnsLabelMessage));
    else if (seen.has(name)) causes.push({ reason: 'FieldValueDuplicate', field: `${path}[${index}].name`, message: `Duplicate value: ${JSON.stringify(name)}` });
    seen.add(name);
    if ((stringAt(container, 'image') ?? '') === '') causes.push(required(`${path}[${index}].image`));
    return causes;
  });
}
