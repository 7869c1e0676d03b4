/**
 * What `bicep snapshot` writes: every resource as it would be deployed, evaluated offline. What only a running Azure
 * knows is left as an expression in brackets.
 */
export interface Snapshot {
  readonly resources: readonly SnapshotResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface SnapshotResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location: string | null;
  /** The whole resource as written: sku, zones, identity and properties. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Throws when the text is not a snapshot: that is a bug of the caller, not a finding. */
export function parseSnapshot(text: string): Snapshot {
  const parsed: unknown = JSON.parse(text);
  return {
    resources: listAt(parsed, 'predictedResources').map((body) => ({
      id: requireText(body, 'id'),
      type: requireText(body, 'type'),
      name: requireText(body, 'name'),
      location: textAt(body, 'location'),
      body: isRecord(body) ? body : {},
    })),
    outputs: recordAt(parsed, 'outputs'),
  };
}

/** Resources of a type, however it is spelt. */
export function ofType(snapshot: Snapshot, type: string): readonly SnapshotResource[] {
  const wanted = type.toLowerCase();
  return snapshot.resources.filter((resource) => resource.type.toLowerCase() === wanted);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Value at a dotted path; undefined where the path ends early. */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const part of path.split('.')) {
    if (Array.isArray(here)) here = here[Number(part)];
    else if (isRecord(here)) here = here[part];
    else return undefined;
  }
  return here;
}

export function textAt(value: unknown, path: string): string | null {
  const found = at(value, path);
  return typeof found === 'string' ? found : null;
}

export function numberAt(value: unknown, path: string): number | null {
  const found = at(value, path);
  return typeof found === 'number' ? found : null;
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, path: string): readonly string[] {
  return listAt(value, path).filter((item) => typeof item === 'string');
}

export function recordAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  const found = at(value, path);
  return isRecord(found) ? found : {};
}

function requireText(value: unknown, path: string): string {
  const found = textAt(value, path);
  if (found === null) throw new Error(`not a snapshot: a resource has no ${path}`);
  return found;
}
