import { isRecord } from '../answers.ts';

/** The sandbox's own types of request bodies, as data, so that tests can hold them against the published schemas. */
export type Rule =
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'number' }
  | { readonly kind: 'text' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly of: Rule }
  | { readonly kind: 'texts' }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Rule>>; readonly required: readonly string[] }
  /** Known to the service, kept out of the physics: any JSON. */
  | { readonly kind: 'anything' };

export interface BodyIssue {
  /** As `properties.weight`. */
  readonly path: string;
  readonly problem: 'unknown' | 'type' | 'range' | 'value' | 'missing';
  readonly message: string;
}

export const integer = (minimum: number, maximum: number): Rule => ({ kind: 'integer', minimum, maximum });
export const oneOf = (...values: readonly string[]): Rule => ({ kind: 'oneOf', values });
export const list = (of: Rule): Rule => ({ kind: 'list', of });
export const object = (fields: Readonly<Record<string, Rule>>, required: readonly string[] = []): Rule => ({ kind: 'object', fields, required });
export const text: Rule = { kind: 'text' };
export const flag: Rule = { kind: 'flag' };
export const numeric: Rule = { kind: 'number' };
/** A map of texts, as tags and labels are. */
export const texts: Rule = { kind: 'texts' };
export const anything: Rule = { kind: 'anything' };

const issue = (path: string, problem: BodyIssue['problem'], message: string): readonly BodyIssue[] => [{ path, problem, message }];

/** Every way in which `value` breaks the rule. Null counts as left out, as it does with Azure's services. */
export function checkBody(rule: Rule, value: unknown, path = ''): readonly BodyIssue[] {
  if (value === null || value === undefined) return [];
  const named = path === '' ? 'the body' : path;
  switch (rule.kind) {
    case 'anything':
      return [];
    case 'text':
      return typeof value === 'string' ? [] : issue(path, 'type', `${named} must be a string`);
    case 'flag':
      return typeof value === 'boolean' ? [] : issue(path, 'type', `${named} must be a boolean`);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? [] : issue(path, 'type', `${named} must be a number`);
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) return issue(path, 'type', `${named} must be an integer`);
      return value >= rule.minimum && value <= rule.maximum ? [] : issue(path, 'range', `${named} must be between ${rule.minimum} and ${rule.maximum}, got ${value}`);
    case 'oneOf':
      if (typeof value !== 'string') return issue(path, 'type', `${named} must be a string`);
      return rule.values.some((allowed) => allowed.toLowerCase() === value.toLowerCase()) ? [] : issue(path, 'value', `${named} must be one of ${rule.values.join(', ')}, got '${value}'`);
    case 'list':
      if (!Array.isArray(value)) return issue(path, 'type', `${named} must be an array`);
      return value.flatMap((entry, index) => checkBody(rule.of, entry, `${path}[${index}]`));
    case 'texts':
      if (!isRecord(value)) return issue(path, 'type', `${named} must be an object`);
      return Object.entries(value).flatMap(([name, entry]) => (typeof entry === 'string' ? [] : issue(`${path}.${name}`, 'type', `${path}.${name} must be a string`)));
    case 'object':
      return checkObject(rule, value, path, named);
  }
}

function checkObject(rule: Extract<Rule, { kind: 'object' }>, value: unknown, path: string, named: string): readonly BodyIssue[] {
  if (!isRecord(value)) return issue(path, 'type', `${named} must be an object`);
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const missing = rule.required.filter((name) => value[name] === undefined || value[name] === null).map((name): BodyIssue => ({ path: below(name), problem: 'missing', message: `${below(name)} is required` }));
  const given = Object.entries(value).flatMap(([name, entry]): readonly BodyIssue[] => {
    const inner = Object.hasOwn(rule.fields, name) ? rule.fields[name] : undefined;
    return inner === undefined ? issue(below(name), 'unknown', `${below(name)} is not a known property`) : checkBody(inner, entry, below(name));
  });
  return [...missing, ...given];
}
