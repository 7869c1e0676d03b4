import { badRequest } from '../errors.ts';

export type Token =
  | { readonly type: 'word'; readonly text: string; readonly upper: string }
  | { readonly type: 'parameter'; readonly name: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'sign'; readonly text: string };

const pattern = /\s+|([A-Za-z_][A-Za-z0-9_]*)|(@[A-Za-z0-9_]+)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(<>|!=|>=|<=|\|\||[=<>(),.[\]{}*:?+\-/%])/y;

/** Splits the text of a query; a character that SQL does not know is a syntax error. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw badRequest(`Message: {"errors":[{"severity":"Error","location":{"start":${at},"end":${at + 1}},"code":"SC1001","message":"Syntax error, incorrect syntax near '${text.slice(at, at + 1)}'."}]}`);
    const [, word, parameter, number, single, double, sign] = match;
    if (word !== undefined) tokens.push({ type: 'word', text: word, upper: word.toUpperCase() });
    else if (parameter !== undefined) tokens.push({ type: 'parameter', name: parameter });
    else if (number !== undefined) tokens.push({ type: 'number', value: Number(number) });
    else if (single !== undefined) tokens.push({ type: 'string', value: unescape(single) });
    else if (double !== undefined) tokens.push({ type: 'string', value: unescape(double) });
    else if (sign !== undefined) tokens.push({ type: 'sign', text: sign });
  }
  return tokens;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

const unescape = (text: string): string => text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_all, code: string | undefined, sign: string | undefined) => (code === undefined ? (escapes[sign ?? ''] ?? sign ?? '') : String.fromCharCode(Number.parseInt(code, 16))));
