import { readdirSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { scenarioSchema, type Scenario } from './schema.ts';

export type { ControllerDeath, Scenario, OperatorAction, Expectation, ExpectedRun, RunOutcome } from './schema.ts';

const scenarioFolder = fileURLToPath(new URL('.', import.meta.url));
const fleetFolder = fileURLToPath(new URL('../fleets/', import.meta.url));

/** @throws Error naming the source, the path and what is allowed there. */
export function parseScenario(text: string, source: string): Scenario {
  const parsed = scenarioSchema.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${source} is not a scenario:\n${z.prettifyError(parsed.error)}`);
  checkRegions(parsed.data, source);
  return parsed.data;
}

/** @param nameOrFile the name of a scenario in sandbox/scenarios, or the path of a file. */
export function loadScenario(nameOrFile: string): Scenario {
  const file = /\.(ya?ml|json)$/.test(nameOrFile) ? resolve(nameOrFile) : resolve(scenarioFolder, `${nameOrFile}.yaml`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`no scenario "${nameOrFile}"; there are ${listScenarios().map((scenario) => scenario.name).join(', ')}`, { cause });
  }
  return parseScenario(text, basename(file));
}

/** Every scenario of the sandbox, the default one first, then by name. */
export function listScenarios(): readonly Scenario[] {
  const files = readdirSync(scenarioFolder).filter((file) => file.endsWith('.yaml'));
  const scenarios = files.map((file) => parseScenario(readFileSync(resolve(scenarioFolder, file), 'utf8'), file));
  return scenarios.toSorted((left, right) => Number(right.name === defaultScenario) - Number(left.name === defaultScenario) || left.name.localeCompare(right.name, 'en'));
}

export const defaultScenario = 'grey-region';

/** The fleet file that this scenario runs on, patched: what both the world and the application read. */
export function fleetDocumentOf(scenario: Scenario): Record<string, unknown> {
  const { file, gates, frontDoorKind, merge, surgeMaxCount, surgeMaxReplicas } = scenario.fleet;
  const document = scenario.fleet.document ?? record(parse(readFileSync(isAbsolute(file) ? file : resolve(fleetFolder, file), 'utf8')));
  const stamps = listed(document['stamps']);
  const patched = {
    ...document,
    stamps: stamps.map((stamp) => withSurgeMax(stamp, surgeMaxCount[String(stamp['name'])])).map((stamp) => ({ ...stamp, ...(gates === 'off' ? { gate: null } : {}), ...(frontDoorKind === 'classic' ? { origins: classicOrigins(stamp) } : {}) })),
    ...(Object.keys(surgeMaxReplicas).length === 0 ? {} : { workloads: listed(document['workloads']).map((workload) => ({ ...workload, ...boundOf(surgeMaxReplicas[String(workload['name'])]) })) }),
    ...(frontDoorKind === undefined ? {} : { frontDoor: frontDoorOf(record(document['frontDoor']), frontDoorKind) }),
  };
  return record(mergeInto(patched, merge));
}

const listed = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : []);

const boundOf = (surgeMaxReplicas: number | undefined): Record<string, unknown> => (surgeMaxReplicas === undefined ? {} : { surgeMaxReplicas });

function withSurgeMax(stamp: Record<string, unknown>, surgeMaxCount: number | undefined): Record<string, unknown> {
  if (surgeMaxCount === undefined) return stamp;
  const cluster = record(stamp['cluster']);
  return { ...stamp, cluster: { ...cluster, pools: listed(cluster['pools']).map((pool) => ({ ...pool, surgeMaxCount })) } };
}

/** Classic profiles are another resource type of another provider. */
function frontDoorOf(current: Record<string, unknown>, kind: 'standardPremium' | 'classic'): Record<string, unknown> {
  const resourceId = String(current['resourceId']);
  const group = resourceId.split('/providers/')[0] ?? '';
  const name = resourceId.split('/').at(-1) ?? 'frontdoor';
  const type = kind === 'classic' ? 'Microsoft.Network/frontDoors' : 'Microsoft.Cdn/profiles';
  return { ...current, kind, resourceId: `${group}/providers/${type}/${name}` };
}

/** A classic backend has no name of its own: the fleet file calls it by its address. */
function classicOrigins(stamp: Record<string, unknown>): readonly Record<string, unknown>[] {
  const origins = (Array.isArray(stamp['origins']) ? stamp['origins'] : []).map(record);
  const { hostname } = new URL(String(record(stamp['probe'])['url']));
  return origins.map((origin) => ({ ...origin, origin: origins.length === 1 ? hostname : `${String(origin['origin'])}.${hostname}` }));
}

export function mergeInto(base: unknown, patch: unknown): unknown {
  if (typeof base !== 'object' || base === null || Array.isArray(base) || typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) merged[key] = key in merged ? mergeInto(merged[key], value) : value;
  return merged;
}

/** Of a fleet file, in its order. */
export function stampNamesOf(document: Readonly<Record<string, unknown>>): readonly string[] {
  return (Array.isArray(document['stamps']) ? document['stamps'] : []).map((stamp) => String(record(stamp)['name']));
}

/** A region that the fleet does not have is a typing error that would make a scenario pass by doing nothing. */
function checkRegions(scenario: Scenario, source: string): void {
  const names = stampNamesOf(fleetDocumentOf(scenario));
  const used = [
    ['region', scenario.region],
    ...scenario.faults.map((entry, index) => [`faults[${index}].fault.stamp`, entry.fault.stamp] as const),
    ...scenario.operator.map((action, index) => [`operator[${index}].region`, 'region' in action ? action.region : undefined] as const),
    ...Object.keys(scenario.fleet.clusters).map((name) => ['fleet.clusters', name] as const),
    ['expect.binds.stamp', scenario.expect.binds?.stamp],
    ...scenario.expect.runs.map((run, index) => [`expect.runs[${index}].region`, run.region] as const),
  ] as const;
  for (const [path, name] of used) {
    if (name !== undefined && !names.includes(name)) throw new Error(`${source}: ${path} is "${name}", which the fleet ${scenario.fleet.file} does not have; it has ${names.join(', ')}`);
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
