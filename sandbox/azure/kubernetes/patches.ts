import { isList, isObject, sameJson, stringAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { badRequest, KubeRefusal } from './status.ts';

/** RFC 7386. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json | undefined> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** A JSON patch that does not fit the object: 422 in the API server's words. */
const rejected = (why: string): KubeRefusal => new KubeRefusal(422, 'Invalid', `the server rejected our request due to an error in our request: ${why}`, {});

/** RFC 6902. */
export function jsonPatch(target: JsonObject, patch: Json): Json {
  if (!isList(patch)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return patch.reduce<Json>((document, operation) => {
    if (!isObject(operation)) throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type jsonpatch.Operation');
    return applyOperation(document, operation);
  }, target);
}

function applyOperation(document: Json, operation: JsonObject): Json {
  const path = pointer(operation['path']);
  const op = stringAt(operation, 'op') ?? 'unknown';
  switch (op) {
    case 'add':
      return edit(document, path, () => operation['value'] ?? null, 'insert');
    case 'replace':
      valueAt(document, path);
      return edit(document, path, () => operation['value'] ?? null, 'set');
    case 'remove':
      valueAt(document, path);
      return edit(document, path, () => undefined, 'set');
    case 'test':
      if (!sameJson(find(document, path), operation['value'] ?? null)) throw rejected(`testing value /${path.join('/')} failed`);
      return document;
    case 'copy':
    case 'move': {
      const from = pointer(operation['from']);
      const value = valueAt(document, from);
      const base = op === 'move' ? edit(document, from, () => undefined, 'set') : document;
      return edit(base, path, () => value, 'insert');
    }
    default:
      throw rejected(`Unexpected kind: ${op}`);
  }
}

function pointer(value: Json | undefined): readonly string[] {
  if (typeof value !== 'string' || (value !== '' && !value.startsWith('/'))) throw rejected('a path is missing or is not a JSON pointer');
  return value.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function find(document: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const step of path) {
    if (isList(value)) value = value[Number(step)];
    else if (isObject(value)) value = value[step];
    else return undefined;
  }
  return value;
}

function valueAt(document: Json, path: readonly string[]): Json {
  const value = find(document, path);
  if (value === undefined) throw rejected(`the path /${path.join('/')} does not exist`);
  return value;
}

function edit(document: Json, path: readonly string[], change: () => Json | undefined, mode: 'insert' | 'set'): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change() ?? {};
  if (isList(document)) return editList(document, step, rest, change, mode);
  if (!isObject(document)) throw rejected(`the path through ${step} does not exist`);
  const current = document[step];
  if (rest.length > 0 && current === undefined) throw rejected(`the path through ${step} does not exist`);
  const next = rest.length === 0 ? change() : edit(current ?? {}, rest, change, mode);
  const { [step]: _gone, ...others } = document;
  return next === undefined ? others : { ...others, [step]: next };
}

function editList(list: readonly Json[], step: string, rest: readonly string[], change: () => Json | undefined, mode: 'insert' | 'set'): Json {
  const index = step === '-' ? list.length : Number(step);
  const limit = rest.length === 0 && mode === 'insert' ? list.length : list.length - 1;
  if (!Number.isInteger(index) || index < 0 || index > limit) throw rejected(`the index ${step} is out of bounds`);
  const next = rest.length === 0 ? change() : edit(list[index] ?? null, rest, change, mode);
  if (next === undefined) return list.toSpliced(index, 1);
  return list.toSpliced(index, rest.length === 0 && mode === 'insert' ? 0 : 1, next);
}
