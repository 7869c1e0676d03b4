import { isObject, objectAt, stringAt } from './json.ts';
import type { JsonObject } from './json.ts';
import { badRequest } from './status.ts';

export type Matcher = (object: JsonObject) => boolean;

/** "a=b,c!=d,e in (f,g),h,!i", as kubectl and the client libraries send it; null where nothing is asked. */
export function parseLabelSelector(text: string | null): Matcher | null {
  if (text === null || text.trim() === '') return null;
  const tests = splitRequirements(text).map(parseRequirement);
  return (object) => {
    const labels = objectAt(objectAt(object, 'metadata'), 'labels');
    return tests.every((test) => test(labels));
  };
}

type LabelTest = (labels: JsonObject) => boolean;

const labelKey = String.raw`[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?(/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?`;
const presence = new RegExp(`^(!?)\\s*(${labelKey})$`);
const equality = new RegExp(`^(${labelKey})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`);
const membership = new RegExp(`^(${labelKey})\\s+(in|notin)\\s+\\(([^)]*)\\)$`);

function parseRequirement(text: string): LabelTest {
  const exists = presence.exec(text);
  if (exists !== null) {
    const key = exists[2] ?? '';
    return exists[1] === '!' ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
  }
  const equal = equality.exec(text);
  if (equal !== null) {
    const [key, operator, value] = [equal[1] ?? '', equal[5], equal[6] ?? ''];
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const member = membership.exec(text);
  if (member === null) throw badRequest(`unable to parse requirement: ${text}`);
  const [key, operator, values] = [member[1] ?? '', member[5], new Set((member[6] ?? '').split(',').map((value) => value.trim()))];
  return operator === 'in' ? (labels) => values.has(stringAt(labels, key) ?? '\u0000') : (labels) => !values.has(stringAt(labels, key) ?? '\u0000');
}

/** At commas outside parentheses. */
function splitRequirements(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const sign = text[at];
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (at === text.length || (sign === ',' && depth === 0)) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts;
}

/** Fields that the API server can select on, by kind; every kind has metadata.name and metadata.namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  ReplicaSet: ['status.replicas'],
  Event: ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'],
};

export function parseFieldSelector(text: string | null, kind: string): Matcher | null {
  if (text === null || text.trim() === '') return null;
  const tests = text.split(',').map((part) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part.trim());
    if (match === null) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    const [path, operator, wanted] = [match[1] ?? '', match[2], match[3] ?? ''];
    if (path !== 'metadata.name' && path !== 'metadata.namespace' && selectable[kind]?.includes(path) !== true) throw badRequest(fieldNotSupported(kind, path));
    const steps = path.split('.');
    return (object: JsonObject): boolean => (textAt(object, steps) === wanted) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}

const fieldNotSupported = (kind: string, path: string): string =>
  selectable[kind] === undefined ? `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"` : `field label not supported: ${path}`;

function textAt(object: JsonObject, steps: readonly string[]): string {
  let value: unknown = object;
  for (const step of steps) value = isObject(value) ? value[step] : undefined;
  if (value === undefined || value === null) return steps.at(-1) === 'unschedulable' ? 'false' : '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
