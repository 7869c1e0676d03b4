import { badRequest } from '../errors.ts';
import { isDocument } from '../document.ts';
import type { Document } from '../document.ts';
import type { Comparison, Expression, Query } from './ast.ts';

export type Parameters = ReadonlyMap<string, unknown>;

/** All results of a query over these documents, TOP and OFFSET LIMIT applied. `undefined` values are left out, as the service does. */
export function runQuery(query: Query, documents: readonly Document[], parameters: Parameters): readonly unknown[] {
  const scope = (document: Document | null): Scope => ({ document, parameters });
  const found = query.where === null ? documents : documents.filter((document) => evaluate(query.where ?? trueLiteral, scope(document)) === true);
  const ordered = query.orderBy.length === 0 ? found : sortBy(query, found, scope);
  const top = count(query.top, scope(null), 'TOP');
  const offset = count(query.offset, scope(null), 'OFFSET') ?? 0;
  const limit = count(query.limit, scope(null), 'LIMIT');
  const cut = ordered.slice(offset, limit === null ? undefined : offset + limit).slice(0, top ?? undefined);
  return cut.map((document) => project(query, scope(document))).filter((value) => value !== undefined);
}

interface Scope {
  readonly document: Document | null;
  readonly parameters: Parameters;
}

const trueLiteral: Expression = { kind: 'literal', value: true };

function count(expression: Expression | null, scope: Scope, clause: string): number | null {
  if (expression === null) return null;
  const value = evaluate(expression, scope);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw badRequest(`Message: {"errors":[{"severity":"Error","code":"SC2062","message":"The ${clause} count value must be a non-negative integer."}]}`);
  return value;
}

function project({ select }: Query, scope: Scope): unknown {
  switch (select.kind) {
    case 'all':
      return scope.document;
    case 'value':
      return evaluate(select.expression, scope);
    case 'list':
      return Object.fromEntries(select.items.map(({ name, expression }) => [name, evaluate(expression, scope)] as const).filter(([, value]) => value !== undefined));
  }
}

function sortBy(query: Query, documents: readonly Document[], scope: (document: Document) => Scope): readonly Document[] {
  const keyed = documents.map((document) => ({ document, keys: query.orderBy.map(({ path }) => evaluate(path, scope(document))) }));
  keyed.sort((a, b) => {
    for (const [index, { direction }] of query.orderBy.entries()) {
      const order = compareValues(a.keys[index], b.keys[index]);
      if (order !== 0) return direction === 'Ascending' ? order : -order;
    }
    return 0;
  });
  return keyed.map(({ document }) => document);
}

/** Types sort undefined, null, boolean, number, string, array, object. */
const rank = (value: unknown): number => {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'boolean') return 2;
  if (typeof value === 'number') return 3;
  if (typeof value === 'string') return 4;
  return Array.isArray(value) ? 5 : 6;
};

function compareValues(a: unknown, b: unknown): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  return 0;
}

function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'parameter':
      return parameter(expression.name, scope);
    case 'path':
      return expression.steps.reduce<unknown>(step, scope.document);
    case 'array':
      return expression.items.map((item) => evaluate(item, scope)).filter((value) => value !== undefined);
    case 'object':
      return Object.fromEntries(expression.fields.map(([key, field]) => [key, evaluate(field, scope)] as const).filter(([, value]) => value !== undefined));
    case 'compare':
      return compare(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'and':
    case 'or':
      return connect(expression.kind, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'not': {
      const value = evaluate(expression.operand, scope);
      return typeof value === 'boolean' ? !value : undefined;
    }
    case 'in': {
      const value = evaluate(expression.operand, scope);
      return value === undefined ? undefined : expression.items.some((item) => compare('=', value, evaluate(item, scope)) === true);
    }
    case 'call':
      return call(expression, scope);
  }
}

function parameter(name: string, { parameters }: Scope): unknown {
  if (!parameters.has(name)) throw badRequest(`Message: {"errors":[{"severity":"Error","code":"SC2038","message":"The parameter '${name}' is not defined."}]}`);
  return parameters.get(name);
}

function step(value: unknown, name: string | number): unknown {
  if (typeof name === 'number') return Array.isArray(value) ? value[name] : undefined;
  return isDocument(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Three-valued: what cannot be compared is undefined, which a filter takes for no. */
function compare(operator: Comparison, left: unknown, right: unknown): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (operator === '=' || operator === '!=') {
    const equal = rank(left) === rank(right) ? sameValue(left, right) : false;
    return operator === '=' ? equal : !equal;
  }
  if (rank(left) !== rank(right) || rank(left) > 4) return undefined;
  const order = compareValues(left, right);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (!isDocument(a) || !isDocument(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => sameValue(a[key], b[key]));
}

function connect(kind: 'and' | 'or', left: unknown, right: unknown): boolean | undefined {
  const decisive = kind === 'or';
  if (left === decisive || right === decisive) return decisive;
  return left === !decisive && right === !decisive ? !decisive : undefined;
}

function call({ name, arguments: given }: Extract<Expression, { kind: 'call' }>, scope: Scope): unknown {
  const [first, second] = given.map((one) => evaluate(one, scope));
  switch (name) {
    case 'IS_DEFINED':
      return first !== undefined;
    case 'IS_NULL':
      return first === null;
    case 'ARRAY_CONTAINS':
      return Array.isArray(first) ? first.some((item) => compare('=', item, second) === true) : undefined;
    case 'STARTSWITH':
      return typeof first === 'string' && typeof second === 'string' ? first.startsWith(second) : undefined;
    case 'CONTAINS':
      return typeof first === 'string' && typeof second === 'string' ? first.includes(second) : undefined;
  }
}
