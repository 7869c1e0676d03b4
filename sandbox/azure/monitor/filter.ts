/** One dimension of a `$filter`: all its values apart (`*`), or those named; `values` null stands for `*`. */
export interface DimensionFilter {
  readonly dimension: string;
  readonly operator: 'eq' | 'ne' | 'startsWith';
  readonly values: readonly string[] | null;
}

export type FilterParse = { readonly kind: 'parsed'; readonly dimensions: readonly DimensionFilter[] } | { readonly kind: 'invalid'; readonly message: string };

/** `A eq '*' and (B eq 'x' or B eq 'y')`: the shape that Azure Monitor documents; anything else is refused. */
export function parseMetricFilter(text: string | null): FilterParse {
  if (text === null || text.trim() === '') return { kind: 'parsed', dimensions: [] };
  const invalid: FilterParse = { kind: 'invalid', message: `Invalid filter: ${text.slice(0, 500)}. The sandbox takes clauses such as Dimension eq '*' or Dimension eq 'value', joined by and; clauses of one dimension joined by or.` };
  const clauses = splitOutside(text, 'and');
  if (clauses === null) return invalid;
  const dimensions: DimensionFilter[] = [];
  for (const clause of clauses) {
    const bare = clause.trim().replace(/^\((.*)\)$/s, '$1');
    const parts = splitOutside(bare, 'or')?.map(parseClause);
    if (parts === undefined || parts.some((part) => part === null)) return invalid;
    const read = parts.filter((part) => part !== null);
    const [first] = read;
    if (first === undefined || read.some((part) => part.dimension.toLowerCase() !== first.dimension.toLowerCase() || part.operator !== first.operator)) return invalid;
    const any = read.some((part) => part.value === '*');
    dimensions.push({ dimension: first.dimension, operator: first.operator, values: any && first.operator === 'eq' ? null : read.map((part) => part.value) });
  }
  return { kind: 'parsed', dimensions };
}

function parseClause(text: string): { readonly dimension: string; readonly operator: DimensionFilter['operator']; readonly value: string } | null {
  const match = /^\s*([A-Za-z][\w.]*)\s+(eq|ne|startswith|sw)\s+'((?:[^']|'')*)'\s*$/i.exec(text);
  const [, dimension, operator = '', value] = match ?? [];
  if (dimension === undefined || value === undefined) return null;
  const named = operator.toLowerCase();
  return { dimension, operator: named === 'eq' || named === 'ne' ? named : 'startsWith', value: value.replaceAll("''", "'") };
}

/** Splits at a word that stands outside quotes and brackets; null where these do not close. */
function splitOutside(text: string, word: 'and' | 'or'): readonly string[] | null {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === "'") quoted = !quoted;
    if (quoted) continue;
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth < 0) return null;
    if (depth > 0 || !/\s/.test(char ?? '')) continue;
    const rest = text.slice(index + 1, index + 2 + word.length).toLowerCase();
    if (rest.startsWith(word) && /^[\s(]$/.test(rest.slice(word.length))) {
      parts.push(text.slice(start, index));
      start = index + 1 + word.length;
    }
  }
  if (depth !== 0 || quoted) return null;
  return [...parts, text.slice(start)];
}

/** Whether values, one for each entry of the filter, get through it. */
export function filterMatcher(filter: readonly DimensionFilter[]): (values: readonly string[]) => boolean {
  const tests = filter.map(({ operator, values }): ((value: string) => boolean) => {
    if (values === null) return () => true;
    const named = values.map((each) => each.toLowerCase());
    switch (operator) {
      case 'eq':
        return (value) => named.includes(value);
      case 'ne':
        return (value) => !named.includes(value);
      case 'startsWith':
        return (value) => named.some((each) => value.startsWith(each));
    }
  });
  return (values) => tests.every((test, index) => test((values[index] ?? '').toLowerCase()));
}
