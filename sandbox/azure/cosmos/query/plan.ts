import type { Expression, Query } from './ast.ts';
import type { Parameters } from './evaluate.ts';

/** Whether the gateway answers a query over all partitions by itself, or leaves the merging to the client. */
export const needsClientMerge = (query: Query): boolean => query.orderBy.length > 0 || query.top !== null || query.offset !== null;

const filterPlaceholder = '{documentdb-formattableorderbyquery-filter}';

/**
 * What the gateway answers to a query plan request: how a client merges the partitions' answers, and the query that it
 * sends to each of them. Only the parts that the SDK reads are filled in; there is one partition here.
 */
export function queryPlan(query: Query, text: string, parameters: Parameters): unknown {
  const number = (expression: Expression | null): number | null => {
    const value = expression?.kind === 'parameter' ? parameters.get(expression.name) : expression?.kind === 'literal' ? expression.value : null;
    return typeof value === 'number' ? value : null;
  };
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: 'None',
      top: number(query.top),
      offset: number(query.offset),
      limit: number(query.limit),
      orderBy: query.orderBy.map(({ direction }) => direction),
      orderByExpressions: query.orderBy.map(({ text }) => text),
      groupByExpressions: [],
      groupByAliases: [],
      aggregates: [],
      groupByAliasToAggregateType: {},
      rewrittenQuery: query.orderBy.length > 0 ? rewriteOrderBy(query, text) : query.offset !== null ? rewriteOffset(query, text) : '',
      hasSelectValue: query.select.kind === 'value',
      hasNonStreamingOrderBy: false,
      dCountInfo: null,
    },
    queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
    hybridSearchQueryInfo: null,
  };
}

/** Each partition gives its sort keys beside the payload, and everything up to OFFSET + LIMIT, since the client cuts. */
function rewriteOrderBy(query: Query, text: string): string {
  const items = query.orderBy.map(({ text: path }) => `{"item": ${path}}`).join(', ');
  const payload = payloadText(query, text);
  const top = query.top === null ? '' : `TOP ${/^\s*SELECT\s+TOP\s+(\S+)/i.exec(text)?.[1] ?? ''} `;
  const where = clause(text, 'WHERE', ['ORDER BY']);
  const filter = where === null ? filterPlaceholder : `((${where}) AND (${filterPlaceholder}))`;
  const order = query.orderBy.map(({ text: path, direction }) => `${path} ${direction === 'Ascending' ? 'ASC' : 'DESC'}`).join(', ');
  return `SELECT ${top}${query.alias}._rid, [${items}] AS orderByItems, ${payload} AS payload FROM ${query.alias} WHERE ${filter} ORDER BY ${order}${partLimit(query)}`;
}

function rewriteOffset(query: Query, text: string): string {
  return `${text.replace(/\sOFFSET\s[\s\S]*$/i, '')}${partLimit(query)}`;
}

/** Without its own numbers: the client asks each partition from the start. */
function partLimit({ offset, limit }: Query): string {
  if (offset?.kind !== 'literal' || limit?.kind !== 'literal' || typeof offset.value !== 'number' || typeof limit.value !== 'number') return '';
  return ` OFFSET 0 LIMIT ${offset.value + limit.value}`;
}

function payloadText(query: Query, text: string): string {
  if (query.select.kind === 'all') return query.alias;
  const list = clause(text.replace(/^(\s*SELECT\s+)(?:TOP\s+\S+\s+)?/i, '$1'), 'SELECT', ['FROM']) ?? query.alias;
  if (query.select.kind === 'value') return list.replace(/^VALUE\s+/i, '');
  const fields = query.select.items.map(({ name, expression }) => `"${name}": ${expressionText(query.alias, expression)}`);
  return `{${fields.join(', ')}}`;
}

function expressionText(alias: string, expression: Expression): string {
  if (expression.kind === 'path') return expression.steps.reduce<string>((text, step) => `${text}[${JSON.stringify(step)}]`, alias);
  return expression.kind === 'parameter' ? expression.name : expression.kind === 'literal' ? JSON.stringify(expression.value ?? null) : 'null';
}

/** The text between a keyword and the next clause. */
function clause(text: string, keyword: string, ends: readonly string[]): string | null {
  const from = new RegExp(`\\b${keyword}\\b`, 'i').exec(text);
  if (from === null) return null;
  const rest = text.slice(from.index + keyword.length);
  const end = ends.map((word) => new RegExp(`\\b${word.replace(' ', '\\s+')}\\b`, 'i').exec(rest)?.index ?? rest.length);
  return rest.slice(0, Math.min(...end)).trim();
}
