import { badRequest, unsupportedQuery } from '../errors.ts';
import { functionNames } from './ast.ts';
import type { Comparison, Expression, FunctionName, Query, Select } from './ast.ts';
import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

const parsed = new Map<string, Query>();
const parsedKept = 200;

/** A client asks the same questions with other parameters: each text is parsed once. Throws as parseText does. */
export function parseQuery(text: string): Query {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const query = parseText(text);
  if (parsed.size >= parsedKept) parsed.clear();
  parsed.set(text, query);
  return query;
}

/**
 * SELECT [TOP n] * | VALUE e | e [AS n], ... FROM c [WHERE e] [ORDER BY path [ASC|DESC], ...] [OFFSET n LIMIT n]
 * Throws the service's 400 for a syntax error, and one that names the shape for what the sandbox leaves out.
 */
function parseText(text: string): Query {
  const parser = new Parser(tokenize(text), text);
  return parser.query();
}

const unsupportedWords: ReadonlySet<string> = new Set(['JOIN', 'GROUP', 'DISTINCT', 'BETWEEN', 'LIKE', 'EXISTS', 'UDF', 'HAVING', 'UNION', 'RANK']);
const aggregates: ReadonlySet<string> = new Set(['COUNT', 'SUM', 'MIN', 'MAX', 'AVG']);
const clauseWords: ReadonlySet<string> = new Set(['FROM', 'WHERE', 'ORDER', 'OFFSET', 'LIMIT', 'AS', 'AND', 'OR', 'IN', 'ASC', 'DESC', 'BY', ...unsupportedWords]);
const comparisons: ReadonlySet<string> = new Set(['=', '!=', '<>', '<', '<=', '>', '>=']);

class Parser {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #at = 0;
  #alias = 'c';
  #depth = 0;

  constructor(tokens: readonly Token[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  query(): Query {
    this.#expectWord('SELECT');
    const top = this.#acceptWord('TOP') ? this.#operand() : null;
    // The alias is known only after FROM, so the select list is parsed once that is read.
    const selectAt = this.#at;
    this.#skipToFrom();
    const alias = this.#from();
    this.#alias = alias;
    const afterFrom = this.#at;
    this.#at = selectAt;
    const select = this.#select();
    if (!this.#isWord('FROM')) throw this.#syntaxError();
    this.#at = afterFrom;
    const where = this.#acceptWord('WHERE') ? this.#expression() : null;
    const orderBy = this.#acceptWord('ORDER') ? this.#orderBy() : [];
    const offset = this.#acceptWord('OFFSET') ? this.#operand() : null;
    if (offset !== null) this.#expectWord('LIMIT');
    const limit = offset === null ? null : this.#operand();
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return { select, alias, top, where, orderBy, offset, limit };
  }

  #skipToFrom(): void {
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.type === 'sign' && '([{'.includes(token.text)) depth++;
      if (token?.type === 'sign' && ')]}'.includes(token.text)) depth--;
      if (depth === 0 && token?.type === 'word' && token.upper === 'FROM') return;
    }
    throw unsupportedQuery('a SELECT without FROM');
  }

  #from(): string {
    this.#expectWord('FROM');
    const root = this.#word();
    if (this.#acceptSign('.') || this.#acceptSign('[')) throw unsupportedQuery('FROM over a path below the item');
    if (this.#acceptWord('AS')) return this.#word();
    const next = this.#peek();
    if (next?.type === 'word' && next.upper === 'IN') throw unsupportedQuery('FROM ... IN (iteration)');
    if (next?.type === 'word' && !clauseWords.has(next.upper)) return this.#word();
    if (next?.type === 'sign' && next.text === ',') throw unsupportedQuery('several sources in FROM');
    return root;
  }

  #select(): Select {
    if (this.#acceptSign('*')) return { kind: 'all' };
    if (this.#acceptWord('VALUE')) return { kind: 'value', expression: this.#expression() };
    const items: { readonly expression: Expression; readonly name: string }[] = [];
    do {
      const expression = this.#expression();
      const name = this.#acceptWord('AS') ? this.#word() : nameOf(expression, items.length);
      items.push({ expression, name });
    } while (this.#acceptSign(','));
    return { kind: 'list', items };
  }

  #orderBy(): Query['orderBy'] {
    this.#expectWord('BY');
    const items: Query['orderBy'][number][] = [];
    do {
      const path = this.#operand();
      if (path.kind !== 'path' || path.steps.length === 0) throw unsupportedQuery('ORDER BY of anything but a path');
      const direction = this.#acceptWord('DESC') ? 'Descending' : 'Ascending';
      if (direction === 'Ascending') this.#acceptWord('ASC');
      items.push({ path, direction, text: pathText(this.#alias, path.steps) });
    } while (this.#acceptSign(','));
    return items;
  }

  #expression(): Expression {
    // A hostile query must not end the process by its nesting.
    if (++this.#depth > 200) throw unsupportedQuery('nesting deeper than 200');
    let left = this.#conjunction();
    while (this.#acceptWord('OR')) left = { kind: 'or', left, right: this.#conjunction() };
    this.#depth--;
    return left;
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.#acceptWord('AND')) left = { kind: 'and', left, right: this.#negation() };
    return left;
  }

  #negation(): Expression {
    let negations = 0;
    while (this.#acceptWord('NOT')) negations++;
    const operand = this.#comparison();
    return negations % 2 === 1 ? { kind: 'not', operand } : operand;
  }

  #comparison(): Expression {
    const left = this.#operand();
    const token = this.#peek();
    if (token?.type === 'sign' && comparisons.has(token.text)) {
      this.#at++;
      const operator: Comparison = token.text === '<>' ? '!=' : (token.text as Comparison);
      return { kind: 'compare', operator, left, right: this.#operand() };
    }
    if (token?.type === 'sign' && ['+', '-', '/', '%', '*', '||', '?'].includes(token.text)) throw unsupportedQuery(`the operator ${token.text}`);
    if (this.#acceptWord('IN')) {
      this.#expectSign('(');
      return { kind: 'in', operand: left, items: this.#listUntil(')') };
    }
    return left;
  }

  #operand(): Expression {
    const token = this.#next();
    switch (token.type) {
      case 'number':
      case 'string':
        return { kind: 'literal', value: token.value };
      case 'parameter':
        return { kind: 'parameter', name: token.name };
      case 'sign':
        return this.#bracketed(token.text);
      case 'word':
        return this.#named(token.text, token.upper);
    }
  }

  #bracketed(sign: string): Expression {
    if (sign === '(') {
      const inner = this.#expression();
      this.#expectSign(')');
      return inner;
    }
    if (sign === '[') return { kind: 'array', items: this.#listUntil(']') };
    if (sign !== '{') throw this.#syntaxError(-1);
    const fields: (readonly [string, Expression])[] = [];
    if (this.#acceptSign('}')) return { kind: 'object', fields };
    do {
      const key = this.#next();
      if (key.type !== 'string' && key.type !== 'word') throw this.#syntaxError(-1);
      this.#expectSign(':');
      fields.push([key.type === 'string' ? key.value : key.text, this.#expression()]);
    } while (this.#acceptSign(','));
    this.#expectSign('}');
    return { kind: 'object', fields };
  }

  #named(text: string, upper: string): Expression {
    if (upper === 'TRUE' || upper === 'FALSE') return { kind: 'literal', value: upper === 'TRUE' };
    if (upper === 'NULL') return { kind: 'literal', value: null };
    if (upper === 'UNDEFINED') return { kind: 'literal', value: undefined };
    if (unsupportedWords.has(upper)) throw unsupportedQuery(upper);
    if (this.#acceptSign('(')) {
      if (aggregates.has(upper)) throw unsupportedQuery(`the aggregate ${upper}`);
      const name = functionNames.find((known) => known === upper);
      if (name === undefined) throw unsupportedQuery(`the function ${upper}`);
      return this.#call(name);
    }
    if (text !== this.#alias) throw badRequest(`Message: {"errors":[{"severity":"Error","code":"SC2001","message":"Identifier '${text}' could not be resolved."}]}`);
    return { kind: 'path', steps: this.#steps() };
  }

  #call(name: FunctionName): Expression {
    const given = this.#listUntil(')');
    const wanted = name === 'IS_DEFINED' || name === 'IS_NULL' ? 1 : 2;
    if (given.length !== wanted) throw unsupportedQuery(`${name} with ${given.length} arguments`);
    return { kind: 'call', name, arguments: given };
  }

  #steps(): readonly (string | number)[] {
    const steps: (string | number)[] = [];
    while (true) {
      if (this.#acceptSign('.')) steps.push(this.#word());
      else if (this.#acceptSign('[')) {
        const token = this.#next();
        if (token.type !== 'string' && token.type !== 'number') throw unsupportedQuery('an index that is no literal');
        steps.push(token.value);
        this.#expectSign(']');
      } else return steps;
    }
  }

  #listUntil(end: string): readonly Expression[] {
    const items: Expression[] = [];
    if (this.#acceptSign(end)) return items;
    do items.push(this.#expression());
    while (this.#acceptSign(','));
    this.#expectSign(end);
    return items;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#syntaxError();
    this.#at++;
    return token;
  }

  #word(): string {
    const token = this.#next();
    if (token.type !== 'word') throw this.#syntaxError(-1);
    return token.text;
  }

  #isWord(upper: string): boolean {
    const token = this.#peek();
    return token?.type === 'word' && token.upper === upper;
  }

  #acceptWord(upper: string): boolean {
    if (!this.#isWord(upper)) return false;
    this.#at++;
    return true;
  }

  #acceptSign(text: string): boolean {
    const token = this.#peek();
    if (token?.type !== 'sign' || token.text !== text) return false;
    this.#at++;
    return true;
  }

  #expectWord(upper: string): void {
    if (!this.#acceptWord(upper)) throw this.#unexpected();
  }

  #expectSign(text: string): void {
    if (!this.#acceptSign(text)) throw this.#unexpected();
  }

  /** A known clause that is left out is named; all else is a syntax error. */
  #unexpected(): Error {
    const token = this.#peek();
    return token?.type === 'word' && unsupportedWords.has(token.upper) ? unsupportedQuery(token.upper === 'GROUP' ? 'GROUP BY' : token.upper) : this.#syntaxError();
  }

  #syntaxError(shift = 0): Error {
    const token = this.#tokens[this.#at + shift];
    const near = token === undefined ? this.#text.slice(-10) : token.type === 'number' || token.type === 'string' ? String(token.value) : token.type === 'parameter' ? token.name : token.text;
    return badRequest(`Message: {"errors":[{"severity":"Error","code":"SC1001","message":"Syntax error, incorrect syntax near '${near.replaceAll('"', '\'')}'."}]}`);
  }
}

/** A projected path goes by its last step, all else by $1, $2, ... */
function nameOf(expression: Expression, index: number): string {
  const last = expression.kind === 'path' ? expression.steps.at(-1) : undefined;
  return typeof last === 'string' ? last : `$${index + 1}`;
}

const pathText = (alias: string, steps: readonly (string | number)[]): string => steps.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${step}`), alias);
