import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { agentPoolBody } from '../../../sandbox/azure/arm/agentPoolBodies.ts';
import { classicFrontDoorBody, originBody, originGroupBody } from '../../../sandbox/azure/arm/frontDoorBodies.ts';
import { checkBody, type Rule } from '../../../sandbox/azure/arm/rules.ts';
import { isRecord } from '../../../sandbox/azure/answers.ts';
import { ask, ids, sampleAzure } from '../sampleAzure.ts';

/** The sandbox's own types of request bodies, held against the published schemas of the nearest versions. */

const folder = path.resolve(import.meta.dirname, '../../../../shared/data/arm-json-schema');

interface Case {
  readonly name: string;
  readonly file: string;
  readonly definition: string;
  readonly rule: Rule;
  /** Where in the rule the definition starts. */
  readonly at: readonly string[];
  /** In the rule and not in this schema, with the reason. */
  readonly onlyHere: Readonly<Record<string, string>>;
  /** In the schema and stricter here, with the reason. */
  readonly stricter: Readonly<Record<string, string>>;
}

const readOnly = 'read-only: not in a schema of what deployments write';

const cases: readonly Case[] = [
  { name: 'origin, 2024-02-01', file: '2024-02-01_Microsoft.Cdn.json', definition: 'AFDOriginProperties', rule: originBody, at: ['properties'], onlyHere: { originGroupName: readOnly, provisioningState: readOnly, deploymentStatus: readOnly }, stricter: {} },
  { name: 'origin, 2025-12-01', file: '2025-12-01_Microsoft.Cdn.json', definition: 'AFDOriginProperties', rule: originBody, at: ['properties'], onlyHere: { originGroupName: readOnly, provisioningState: readOnly, deploymentStatus: readOnly }, stricter: {} },
  { name: 'origin group, 2025-12-01', file: '2025-12-01_Microsoft.Cdn.json', definition: 'AFDOriginGroupProperties', rule: originGroupBody, at: ['properties'], onlyHere: { profileName: readOnly, provisioningState: readOnly, deploymentStatus: readOnly, responseBasedAfdOriginErrorDetectionSettings: 'of older api-versions' }, stricter: {} },
  { name: 'load balancing', file: '2025-12-01_Microsoft.Cdn.json', definition: 'LoadBalancingSettingsParameters', rule: originGroupBody, at: ['properties', 'loadBalancingSettings'], onlyHere: {}, stricter: { additionalLatencyInMilliseconds: 'documented as 0 to 1000', sampleSize: 'documented as 1 to 255', successfulSamplesRequired: 'documented as 1 to 255' } },
  { name: 'health probe', file: '2025-12-01_Microsoft.Cdn.json', definition: 'HealthProbeParameters', rule: originGroupBody, at: ['properties', 'healthProbeSettings'], onlyHere: {}, stricter: {} },
  {
    name: 'node pool, 2026-05-01', file: '2026-05-01_Microsoft.ContainerService.Aks.json', definition: 'ManagedClusterAgentPoolProfileProperties', rule: agentPoolBody, at: ['properties'],
    onlyHere: { eTag: readOnly, provisioningState: readOnly, currentOrchestratorVersion: readOnly },
    stricter: { count: 'a pool holds 0 to 1000 nodes', minCount: 'a pool holds 0 to 1000 nodes', maxCount: 'a pool holds 0 to 1000 nodes', maxPods: 'documented as 10 to 250' },
  },
  { name: 'classic Front Door, 2025-11-01', file: '2025-11-01_Microsoft.Network.FrontDoor.json', definition: 'FrontDoorProperties', rule: classicFrontDoorBody, at: ['properties'], onlyHere: { rulesEngines: readOnly, resourceState: readOnly, provisioningState: readOnly, cname: readOnly, frontdoorId: readOnly, extendedProperties: readOnly }, stricter: {} },
  { name: 'classic backend', file: '2025-11-01_Microsoft.Network.FrontDoor.json', definition: 'Backend', rule: classicFrontDoorBody, at: ['properties', 'backendPools', '[]', 'properties', 'backends', '[]'], onlyHere: { privateEndpointStatus: readOnly }, stricter: {} },
];

const isThere = existsSync(folder);
if (!isThere) console.log(`published schemas: skipped ${cases.length * 2} cases, ${folder} is not there`);

function ruleAt(rule: Rule, at: readonly string[]): Rule {
  const [name, ...rest] = at;
  if (name === undefined) return rule;
  if (name === '[]' && rule.kind === 'list') return ruleAt(rule.of, rest);
  const inner = rule.kind === 'object' ? rule.fields[name] : undefined;
  if (inner === undefined) throw new Error(`no rule at ${at.join('.')}`);
  return ruleAt(inner, rest);
}

const expression = 'https://schema.management.azure.com/schemas/common/definitions.json#/definitions/expression';

/** Without template expressions, which only deployments have. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (!isRecord(node)) return node;
  const choices = node['oneOf'];
  if (Array.isArray(choices)) {
    const real = choices.filter((choice) => !(isRecord(choice) && choice['$ref'] === expression));
    if (real.length < choices.length && real.length === 1) return plain(real[0]);
  }
  return Object.fromEntries(Object.entries(node).filter(([, value]) => !(isRecord(value) && value['$ref'] === expression)).map(([key, value]) => [key, plain(value)]));
}

function load(entry: Case): { readonly properties: Readonly<Record<string, unknown>>; readonly validate: ValidateFunction } {
  const document = plain(JSON.parse(readFileSync(path.join(folder, entry.file), 'utf8')));
  if (!isRecord(document) || !isRecord(document['definitions'])) throw new Error(`${entry.file} has no definitions`);
  const definition = document['definitions'][entry.definition];
  if (!isRecord(definition) || !isRecord(definition['properties'])) throw new Error(`${entry.file} has no ${entry.definition}`);
  const validate = new Ajv({ strict: false, validateFormats: false }).compile({ definitions: document['definitions'], $ref: `#/definitions/${entry.definition}` });
  return { properties: definition['properties'], validate };
}

/** Values at and beyond the edges of every kind. */
const probes: readonly unknown[] = [0, 1, 5, 6, 10, 30, 50, 51, 250, 255, 256, 1000, 1001, 2048, 2049, 65_535, 65_536, -1, 1.5, true, 'Enabled', 'Disabled', 'x', 'HEAD', 'Https', 'Linux', 'User', [], ['1'], {}, { a: 'b' }, { a: 1 }];

describe.skipIf(!isThere)('own types against the published schemas', () => {
  it.each(cases)('$name: the same properties', (entry) => {
    const rule = ruleAt(entry.rule, entry.at);
    if (rule.kind !== 'object') throw new Error('an object is expected');
    const { properties } = load(entry);
    expect(Object.keys(rule.fields).filter((name) => !Object.hasOwn(entry.onlyHere, name)).toSorted()).toEqual(Object.keys(properties).toSorted());
  });

  it.each(cases)('$name: the same values', (entry) => {
    const rule = ruleAt(entry.rule, entry.at);
    const { properties, validate } = load(entry);
    let compared = 0;
    for (const name of Object.keys(properties)) {
      const own = ruleAt(rule, [name]);
      if (own.kind === 'anything' || own.kind === 'object' || own.kind === 'list') continue;
      for (const value of probes) {
        const ours = checkBody(rule, { [name]: value }).length === 0;
        const theirs = validate({ [name]: value });
        compared += 1;
        if (ours === theirs) continue;
        // an enumeration is taken without regard to case, and stricter bounds have their reason
        expect(Object.hasOwn(entry.stricter, name) && theirs, `${name}: ${JSON.stringify(value)} is ${ours ? 'taken' : 'refused'} here and ${theirs ? 'taken' : 'refused'} by the schema`).toBe(true);
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});

describe('what the faces answer', () => {
  it('is taken back by their own types: a client may PUT what it read', async () => {
    const { azure } = sampleAzure();
    const origin = await ask(azure, `${ids.profile}/originGroups/web/origins/web-eastus2?api-version=2024-02-01`);
    expect(checkBody(originBody, origin.body)).toEqual([]);
    expect(checkBody(originGroupBody, (await ask(azure, `${ids.profile}/originGroups/web?api-version=2024-02-01`)).body)).toEqual([]);
    expect(checkBody(agentPoolBody, (await ask(azure, `${ids.cluster}/agentPools/user1?api-version=2026-06-01`)).body)).toEqual([]);
  });
});
