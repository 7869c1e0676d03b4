import type { FaceResponse } from '../face.ts';
import { armError } from './errors.ts';
import type { ArmRequest } from './armTypes.ts';

/** What a list is narrowed by: lower-case field to the value that it must equal. */
export type ListFilter = { readonly kind: 'filter'; readonly wanted: ReadonlyMap<string, string> } | { readonly kind: 'refused'; readonly answer: FaceResponse };

/**
 * `$filter` as `az` and the SDKs build it: `name eq 'value'`, one or several joined by `and`. Operators, functions and fields beyond
 * `fields` are refused, since an answer that leaves a condition out would be a wrong one.
 */
export function readListFilter({ http }: ArmRequest, fields: readonly string[]): ListFilter {
  const text = http.url.searchParams.get('$filter')?.trim() ?? '';
  if (text === '') return { kind: 'filter', wanted: new Map() };
  const wanted = new Map<string, string>();
  for (const condition of text.split(/\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)/i)) {
    const [, field = '', value = ''] = /^(\w+)\s+eq\s+'((?:[^']|'')*)'$/i.exec(condition.trim()) ?? [];
    if (!fields.some((known) => known.toLowerCase() === field.toLowerCase())) {
      const message = `Invalid $filter '${text.slice(0, 300)}' specified in the query string: the sandbox has ${fields.map((known) => `"${known} eq '...'"`).join(', ')}, joined by "and".`;
      return { kind: 'refused', answer: armError(400, 'InvalidFilterInQueryString', message) };
    }
    wanted.set(field.toLowerCase(), value.replaceAll("''", "'"));
  }
  return { kind: 'filter', wanted };
}
