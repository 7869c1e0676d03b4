/** A matched route: the parameters by name, percent-decoded. */
export type RouteParams = Readonly<Record<string, string>>;

interface Segment {
  readonly kind: 'literal' | 'parameter' | 'rest';
  readonly text: string;
  readonly isOptional: boolean;
  readonly constraint: ((value: string) => boolean) | undefined;
}

const constraints: Readonly<Record<string, (value: string) => boolean>> = {
  alpha: (value) => /^[A-Za-z]*$/.test(value),
  bool: (value) => /^(true|false)$/i.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  decimal: (value) => /^[+-]?\d+(\.\d+)?$/.test(value),
  double: (value) => /^[+-]?\d+(\.\d+)?$/.test(value),
  guid: (value) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value),
  int: (value) => /^[+-]?\d{1,10}$/.test(value),
  long: (value) => /^[+-]?\d{1,19}$/.test(value),
};

/**
 * An ASP.NET route template as the Functions host takes it: literals, {name}, {name?}, {name:constraint}, {*rest}.
 * Throws on a constraint or a form that this host does not know.
 */
export class RouteTemplate {
  readonly #segments: readonly Segment[];

  constructor(template: string) {
    this.#segments = template.split('/').filter((part) => part !== '').map(parseSegment);
  }

  /** Literals before parameters before the rest: a smaller key wins, compared as text. */
  get precedence(): string {
    return this.#segments.map((segment) => (segment.kind === 'literal' ? '1' : segment.kind === 'rest' ? '5' : segment.constraint === undefined ? '3' : '2')).join('.');
  }

  /** `path` without the leading slash, still percent-encoded. */
  match(path: string): RouteParams | undefined {
    const parts = path.split('/').filter((part) => part !== '');
    const params: Record<string, string> = {};
    for (const [index, segment] of this.#segments.entries()) {
      if (segment.kind === 'rest') {
        params[segment.text] = parts.slice(index).map(decodePart).join('/');
        return params;
      }
      const part = parts[index];
      if (part === undefined) {
        if (segment.isOptional) return params;
        return undefined;
      }
      const value = decodePart(part);
      if (segment.kind === 'literal') {
        if (value.toLowerCase() !== segment.text.toLowerCase()) return undefined;
      } else {
        if (segment.constraint?.(value) === false) return undefined;
        params[segment.text] = value;
      }
    }
    return parts.length > this.#segments.length ? undefined : params;
  }
}

/** Percent-decoded; as it is where that is not possible. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parseSegment(text: string): Segment {
  const parameter = /^\{(\*{0,2})(\w+)(?::([^}=?]+))?(\?)?\}$/.exec(text);
  if (parameter === null) {
    if (/[{}]/.test(text)) throw new Error(`the route segment "${text}" has a form that the local host does not know`);
    return { kind: 'literal', text, isOptional: false, constraint: undefined };
  }
  const [, stars = '', name = '', constraintName, optional] = parameter;
  const constraint = constraintName === undefined ? undefined : constraints[constraintName.toLowerCase()];
  if (constraintName !== undefined && constraint === undefined) throw new Error(`the local host does not know the route constraint "${constraintName}"`);
  return { kind: stars === '' ? 'parameter' : 'rest', text: name, isOptional: optional !== undefined, constraint };
}
