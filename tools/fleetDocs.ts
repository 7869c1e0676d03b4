import { z } from 'zod';
import { fleetSchema } from '../src/config/fleetSchema.ts';

/** JSON Schema (draft 7, which YAML editors read) of the fleet file as a person writes it: fields with a default are optional. */
export function fleetJsonSchema(): string {
  const schema = z.toJSONSchema(fleetSchema, { io: 'input', target: 'draft-7', override: ({ jsonSchema }) => shortenSafeIntegers(jsonSchema) });
  return `${JSON.stringify({ ...schema, title: 'Spillway fleet file' }, null, 2)}\n`;
}

/** zod bounds every integer by what a double holds exactly, which tells a reader nothing. */
function shortenSafeIntegers(node: { maximum?: number | undefined; minimum?: number | undefined }): void {
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
  if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum;
}

/** What is read of a JSON Schema node here. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly enum?: readonly string[];
  readonly const?: string | number;
  readonly default?: string | number | readonly unknown[] | Readonly<Record<string, unknown>> | null;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
}

/** docs/fleet-file.md: the introduction and every field with what is allowed, its default and its sentence. */
export function fleetReference(): string {
  const schema = JSON.parse(fleetJsonSchema()) as Node; // zod's own document, of which Node names the members read here
  return `${introduction}\n${sections('', schema).join('\n')}`;
}

function sections(path: string, node: Node): string[] {
  const variants = node.oneOf ?? [node];
  const rows = new Map<string, string>();
  const below: string[] = [];
  for (const variant of variants) {
    for (const [name, field] of Object.entries(variant.properties ?? {})) {
      const inner = objectWithin(field);
      const need = variant.required?.includes(name) === true ? (variants.length > 1 && name !== 'name' && name !== 'kind' ? `with kind ${constOf(variant)}` : 'yes') : 'no';
      const row = `| \`${name}\` | ${allowed(field)} | ${need === 'no' ? defaultText(field) : need === 'yes' ? 'required' : `required ${need}`} | ${field.description ?? ''} |`;
      if (!rows.has(name) || name !== 'kind') rows.set(name, row);
      if (name === 'kind' && variants.length > 1) rows.set(name, `| \`kind\` | ${variants.map((one) => `\`${constOf(one)}\``).join(' or ')} | required | ${variants.map((one) => `${constOf(one)}: ${one.properties?.['kind']?.description ?? ''}`).join(' ')} |`);
      if (inner !== null) below.push(...sections(`${path === '' ? '' : `${path}.`}${name}${isList(field) ? '[]' : ''}`, inner));
    }
  }
  const title = path === '' ? '## Top level' : `## ${path}`;
  return [`${title}\n\n| field | allowed | default | meaning |\n|---|---|---|---|\n${[...rows.values()].join('\n')}\n`, ...below];
}

const isList = (node: Node): boolean => node.type === 'array';
const notNull = (node: Node): Node => node.anyOf?.find((one) => one.type !== 'null') ?? node;
const constOf = (variant: Node): string => String(variant.properties?.['kind']?.const ?? '');

function objectWithin(node: Node): Node | null {
  const inner = isList(node) ? (node.items ?? node) : notNull(node);
  return inner.properties !== undefined || inner.oneOf !== undefined ? inner : null;
}

function allowed(node: Node): string {
  const inner = notNull(node);
  if (inner.enum !== undefined) return inner.enum.map((one) => `\`${one}\``).join(', ');
  if (inner.const !== undefined) return `\`${String(inner.const)}\``;
  if (inner.anyOf !== undefined && inner.type === undefined) return inner.anyOf.map((one) => `\`${String(one.const)}\``).join(', ');
  if (isList(inner)) return `list${inner.items?.type === 'string' ? ' of names' : ''}${inner.minItems === undefined ? '' : `, at least ${inner.minItems}`}`;
  if (inner.properties !== undefined) return 'see below';
  if (inner.type === 'integer' || inner.type === 'number') return `${inner.type === 'integer' ? 'whole number' : 'number'}${range(inner)}`;
  return inner.format === 'uri' ? 'https address' : inner.format === 'date' ? 'date' : 'text';
}

function range({ minimum, exclusiveMinimum, maximum }: Node): string {
  const low = minimum !== undefined ? `from ${minimum}` : exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : '';
  const high = maximum === undefined ? '' : `up to ${maximum}`;
  return low === '' && high === '' ? '' : ` ${[low, high].filter((one) => one !== '').join(' ')}`;
}

function defaultText(node: Node): string {
  if (node.default === undefined || node.default === null) return 'none';
  if (typeof node.default === 'object') return Array.isArray(node.default) ? 'empty' : 'as below';
  return `\`${node.default}\``;
}

const introduction = `# The fleet file

One file, YAML or JSON, tells Spillway which stamps there are, what runs in them and how far it may go. The app reads it once, at
start (setting \`SPILLWAY_FLEET\`: a path, or the text itself), and does not start with a file that has a mistake: each mistake is told with its
path and what is allowed there, such as

    stamps[1].origins[0].normalWeight: Too big: expected number to be <=1000
    drills[0].stamp: there is no stamp "centralsu"; the stamps are "eastus2", "centralus", "westus3"
    policy.utilizationCeiling: unknown field; known here are initialMode, utilisationCeiling, ...

An editor helps while you write: \`schema/fleet.schema.json\` is its JSON Schema. In YAML, put this in the first line:

    # yaml-language-server: $schema=../schema/fleet.schema.json

Both that file and the tables below are made from the one schema that the app validates with (\`npm run fleet:schema\`).
\`sandbox/fleets/three-regions.yaml\` is a complete small example.

Rules that span several fields:

- Names of stamps, workloads, drills, checks and hooks are unique; so are a stamp's pools, and an origin belongs to one stamp.
- Every origin group that an origin names is served by a workload, and every workload's group has an origin: room that cannot be computed cannot be proved.
- Every pool that a workload names exists in some stamp, and each stamp that runs it has at least one of them.
- \`signals.quorum\` is at most \`signals.minimumKnown\`; \`signals.staleAfterSeconds\` is at least two watch intervals, and at least 240: Front Door's metrics come by the minute and up to 3 minutes late.
- \`policy.surgeExpiryMinutes\` and \`policy.drainExpiryMinutes\` are longer than \`nodeReadyTimeoutMinutes\` and \`podReadyTimeoutMinutes\` together.
- Of each pair of thresholds, \`unhealthy\` is the worse one.
- A drill's stamp exists, its schedule fires at some time, its blocked windows do not end before they begin.
- Resource ids are of the type that their field asks for; Front Door holds 50 origins in a group (classic: 100).

The probe's address (\`stamps[].probe.url\`) should not be the path that the gate closes: our own probe asks whether the region is well,
and the gate is closed on purpose. While Spillway holds a stamp drained, an error status there counts as unknown.
`;
