import { isList, isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { ScalarType, Schema } from './schema.ts';

/** An object made to fit its type: what the type does not know is dropped and told, nulls are as good as absent. */
export interface Conformed {
  readonly object: JsonObject;
  /** Paths such as "spec.minReplica", as field validation names them. */
  readonly unknown: readonly string[];
  /** Wrong types, such as "string into spec.minReplicas of type int32". */
  readonly mismatches: readonly string[];
}

interface Findings {
  readonly unknown: string[];
  readonly mismatches: string[];
}

export function conform(schema: Schema, value: JsonObject): Conformed {
  const findings: Findings = { unknown: [], mismatches: [] };
  const object = walk(schema, value, '', findings);
  return { object: isObject(object) ? object : {}, ...findings };
}

function walk(schema: Schema, value: Json, path: string, findings: Findings): Json {
  switch (schema.type) {
    case 'scalar':
      if (!fits(schema.of, value)) findings.mismatches.push(`cannot unmarshal ${typeName(value)} into Go struct field ${path} of type ${goTypes[schema.of]}`);
      return value;
    case 'list':
      if (isList(value)) return value.map((item, index) => walk(schema.of, item, `${path}[${index}]`, findings));
      findings.mismatches.push(`cannot unmarshal ${typeName(value)} into Go struct field ${path} of type []`);
      return value;
    case 'map':
    case 'struct':
      if (isObject(value)) return walkFields(schema, value, path, findings);
      findings.mismatches.push(`cannot unmarshal ${typeName(value)} into Go struct field ${path} of type object`);
      return value;
  }
}

function walkFields(schema: Extract<Schema, { type: 'map' | 'struct' }>, value: JsonObject, path: string, findings: Findings): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    const here = path === '' ? key : `${path}.${key}`;
    if (schema.type === 'map') entries.push([key, walk(schema.of, item, here, findings)]);
    else if (Object.hasOwn(schema.fields, key)) {
      const field = schema.fields[key] ?? schema;
      const fitted = walk(field, item, here, findings);
      // An empty map is written as if it were not there; an empty struct is a value.
      if (field.type !== 'map' || !isObject(fitted) || Object.keys(fitted).length > 0) entries.push([key, fitted]);
    }
    else if (schema.unknown === 'open') entries.push([key, item]);
    else findings.unknown.push(here);
  }
  return Object.fromEntries(entries);
}

const goTypes: Readonly<Record<ScalarType, string>> = { string: 'string', integer: 'int32', boolean: 'bool', quantity: 'resource.Quantity', intOrString: 'intstr.IntOrString', any: 'interface {}' };

function fits(type: ScalarType, value: Json): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 31;
    case 'boolean':
      return typeof value === 'boolean';
    case 'quantity':
      return typeof value === 'number' || (typeof value === 'string' && /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(value));
    case 'intOrString':
      return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
    case 'any':
      return true;
  }
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
