/** A JSON document. */
export interface Document {
  readonly [key: string]: unknown;
}

export const isDocument = (value: unknown): value is Document => typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = new WeakMap<Document, string>();

/** JSON of a document. Stored ones are never changed, only replaced, and are read far more often than written: each is written out once. */
export function documentText(document: Document): string {
  const known = texts.get(document);
  if (known !== undefined) return known;
  const text = JSON.stringify(document);
  texts.set(document, text);
  return text;
}

/** The value at a path such as "/run/id"; undefined where there is none. */
export function valueAt(document: Document, path: string): unknown {
  let value: unknown = document;
  for (const step of path.split('/').slice(1)) value = isDocument(value) ? value[step] : undefined;
  return value;
}

/** JSON of a document's partition key; a document without it lies under "{}", which is how the service spells undefined. */
export const partitionKeyOf = (document: Document, path: string): string => JSON.stringify(valueAt(document, path) ?? {});
