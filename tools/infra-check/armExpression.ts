/**
 * Evaluates the few template functions that a snapshot's outputs are made of: createArray, createObject, format, null,
 * true, false and environment().suffixes. What needs a running Azure (reference) comes back as null.
 */
export function evaluateExpression(text: string): unknown {
  if (!text.startsWith('[') || text.startsWith('[[')) return text;
  const parser = new Parser(text.slice(1, -1));
  return parser.whole();
}

const suffixes: Readonly<Record<string, string>> = { storage: 'core.windows.net', acrLoginServer: '.azurecr.io', keyvaultDns: '.vault.azure.net' };

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value();
    this.#space();
    if (this.#at !== this.#text.length) throw new Error(`expression is not understood at ${this.#at}: ${this.#text.slice(this.#at, this.#at + 40)}`);
    return value;
  }

  #value(): unknown {
    this.#space();
    const here = this.#text[this.#at];
    if (here === "'") return this.#string();
    const number = /^-?\d+/.exec(this.#text.slice(this.#at));
    if (number !== null) {
      this.#at += number[0].length;
      return Number(number[0]);
    }
    return this.#call();
  }

  #call(): unknown {
    const name = /^[A-Za-z]+/.exec(this.#text.slice(this.#at))?.[0];
    if (name === undefined) throw new Error(`expression is not understood at ${this.#at}: ${this.#text}`);
    this.#at += name.length;
    const values = this.#arguments();
    const path = this.#path();
    return apply(name, values, path);
  }

  #arguments(): readonly unknown[] {
    this.#expect('(');
    const values: unknown[] = [];
    this.#space();
    while (this.#text[this.#at] !== ')') {
      values.push(this.#value());
      this.#space();
      if (this.#text[this.#at] === ',') this.#at += 1;
      this.#space();
    }
    this.#expect(')');
    return values;
  }

  #path(): readonly string[] {
    const path = /^(?:\.[A-Za-z0-9_]+|\[\d+\])*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += path.length;
    return path.split(/[.[\]]/).filter((part) => part !== '');
  }

  #string(): string {
    const match = /^'((?:[^']|'')*)'/.exec(this.#text.slice(this.#at));
    if (match === null) throw new Error(`unclosed text at ${this.#at}: ${this.#text}`);
    this.#at += match[0].length;
    return (match[1] ?? '').replaceAll("''", "'");
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw new Error(`${character} expected at ${this.#at}: ${this.#text}`);
    this.#at += 1;
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }
}

function apply(name: string, values: readonly unknown[], path: readonly string[]): unknown {
  switch (name) {
    case 'createArray':
      return values;
    case 'createObject':
      return Object.fromEntries(values.flatMap((value, index) => (index % 2 === 0 ? [[String(value), values[index + 1]]] : [])));
    case 'format': {
      const [pattern, ...parts] = values;
      if (parts.includes(null)) return null;
      return String(pattern).replaceAll(/\{(\d+)\}/g, (_, index: string) => String(parts[Number(index)]));
    }
    case 'environment':
      return path[0] === 'suffixes' ? (suffixes[path[1] ?? ''] ?? null) : null;
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
    case 'reference':
      return null;
    default:
      throw new Error(`template function ${name} is not understood`);
  }
}
