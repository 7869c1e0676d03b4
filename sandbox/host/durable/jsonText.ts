/** JSON as text, as .NET hands it on: numbers keep their spelling (1.0, twenty digits), whitespace between tokens goes. */
export type JsonText = string;

/** Throws SyntaxError when `text` is not JSON. */
export function compactJson(text: string): JsonText {
  JSON.parse(text);
  if (!/\s/.test(text)) return text;
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_match, quoted: string | undefined) => quoted ?? '');
}

/** `undefined`, which JSON does not have, becomes null. */
export function toJsonText(value: unknown): JsonText {
  return JSON.stringify(value) ?? 'null';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
