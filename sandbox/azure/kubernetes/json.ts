/** JSON as it comes over the wire. Objects are never changed in place: a change makes a new one. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

export const objectAt = (value: JsonObject | undefined, key: string): JsonObject => {
  const found = value?.[key];
  return isObject(found) ? found : {};
};

export const stringAt = (value: JsonObject | undefined, key: string): string | null => {
  const found = value?.[key];
  return typeof found === 'string' ? found : null;
};

export const numberAt = (value: JsonObject | undefined, key: string): number | null => {
  const found = value?.[key];
  return typeof found === 'number' ? found : null;
};

export const listAt = (value: JsonObject | undefined, key: string): readonly Json[] => {
  const found = value?.[key];
  return isList(found) ? found : [];
};

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  return keys.length === Object.keys(b).filter((key) => b[key] !== undefined).length && keys.every((key) => sameJson(a[key], b[key]));
}

/** A copy without the named keys. */
export const without = (value: JsonObject, ...keys: readonly string[]): JsonObject => Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
