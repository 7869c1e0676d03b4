import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetDocumentOf, loadScenario } from '../../sandbox/scenarios/index.ts';
import { parseNcrontab } from '../../src/config/ncrontab.ts';

/** What the Functions host and its Node worker do with the folder that is deployed, as far as can be done without them. */
const folder = mkdtempSync(path.join(tmpdir(), 'spillway-deployable-'));
const appDir = path.join(folder, 'app');
const nodes = [...new Set([process.execPath, ...(process.env['SPILLWAY_TEST_NODES'] ?? '/usr/bin/node').split(':')])].filter((node) => existsSync(node));

const settings = {
  SPILLWAY_FLEET: 'fleet.yaml',
  SPILLWAY_CONTROL_REGION: 'northeurope',
  SPILLWAY_COSMOS_ENDPOINT: 'https://account.documents.azure.com:443/',
  SPILLWAY_FENCE_BLOB_URL: 'https://account.blob.core.windows.net/fence',
  SPILLWAY_OUTBOX_BLOB_URL: 'https://account.blob.core.windows.net/outbox',
  SPILLWAY_TENANT_ID: '00000000-0000-0000-0000-000000000000',
  SPILLWAY_API_AUDIENCE: 'api://spillway',
} as const;

/** The worker in a few lines: it supplies @azure/functions-core, loads package.json's main with require, and reports what was registered. */
const worker = `
  const Module = require('node:module'), path = require('node:path');
  const functions = [];
  let model;
  const core = {
    version: '3.10.0', hostVersion: '4.1037.0.0', log() {}, Disposable: class { dispose() {} },
    registerFunction(metadata) { functions.push(metadata); return { dispose() {} }; }, registerHook() { return { dispose() {} }; },
    setProgrammingModel(one) { model = one; }, getProgrammingModel: () => model,
  };
  const load = Module._load;
  Module._load = function (request, ...rest) { return request === '@azure/functions-core' ? core : load.call(this, request, ...rest); };
  const report = (outcome) => { process.stdout.write(JSON.stringify({ major: process.versions.node.split('.')[0], functions, ...outcome })); process.exit(0); };
  try {
    require(path.join(process.cwd(), require(path.join(process.cwd(), 'package.json')).main));
    report({ model: model.name + ' ' + model.version.split('.')[0] });
  } catch (error) {
    report({ error: error.message });
  }
`;

interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly name: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: string;
  readonly schedule?: string;
}

interface Loaded {
  readonly major: string;
  readonly model?: string;
  readonly error?: string;
  readonly functions: readonly { readonly name: string; readonly bindings: Readonly<Record<string, Binding>> }[];
}

/** In the folder as its only place and with these settings as its whole environment. */
function loadOn(node: string, environment: Readonly<Record<string, string>>): Loaded {
  const { stdout, stderr } = spawnSync(node, ['-e', worker], { cwd: appDir, encoding: 'utf8', env: { ...environment } });
  if (stdout === '') throw new Error(stderr.slice(0, 2000));
  return JSON.parse(stdout) as Loaded;
}

beforeAll(() => {
  execFileSync(process.execPath, ['tools/build.ts', '--quiet', '--out', appDir]);
  writeFileSync(path.join(appDir, 'fleet.yaml'), stringify(fleetDocumentOf(loadScenario('drill'))));
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the deployable folder', () => {
  it('holds the app, and nothing to install', () => {
    expect(readdirSync(appDir).filter((name) => name !== 'fleet.yaml').toSorted()).toEqual(['host.json', 'main.js', 'main.js.map', 'package.json', 'telemetry.js', 'telemetry.js.map']);
    expect(JSON.parse(readFileSync(path.join(appDir, 'package.json'), 'utf8'))).toEqual({ name: 'spillway', version: expect.any(String), private: true, main: 'main.js' });
  });

  it.each(nodes)('starts on %s with nothing but its settings', (node) => {
    const loaded = loadOn(node, settings);
    expect(loaded).toMatchObject({ model: '@azure/functions 4', functions: expect.arrayContaining([expect.objectContaining({ name: 'failover' })]) });
    expect(loaded.error).toBeUndefined();
  });

  it('names every setting that is missing, and registers nothing', () => {
    const { error, functions } = loadOn(process.execPath, {});
    const named = error?.split('\n').slice(1).map((line) => line.trim().split(':')[0]);
    expect(named?.toSorted()).toEqual(Object.keys(settings).toSorted());
    expect(functions).toEqual([]);
  });
});

describe('what the folder registers', () => {
  const bindings = (): readonly { readonly name: string; readonly trigger: Binding; readonly others: readonly Binding[] }[] =>
    loadOn(process.execPath, settings).functions.map(({ name, bindings: all }) => {
      const triggers = Object.values(all).filter(({ type }) => type.endsWith('Trigger'));
      expect(triggers, `triggers of ${name}`).toHaveLength(1);
      return { name, trigger: triggers[0] as Binding, others: Object.values(all).filter(({ type }) => !type.endsWith('Trigger')) };
    });

  it('has names that the host takes: a letter, then letters, digits, - or _, at most 127, one of a kind whatever the case', () => {
    const names = bindings().map(({ name }) => name);
    expect(names.filter((name) => !/^[A-Za-z][\w-]{0,126}$/.test(name))).toEqual([]);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it('binds only what the extension bundle and the host have', () => {
    expect(new Set(bindings().map(({ trigger }) => trigger.type))).toEqual(new Set(['orchestrationTrigger', 'activityTrigger', 'timerTrigger', 'httpTrigger']));
    expect(new Set(bindings().flatMap(({ others }) => others.map(({ type, direction }) => `${type} ${direction}`)))).toEqual(new Set(['durableClient in', 'http out']));
  });

  it('has a route of its own for each method, none of them the host\'s', () => {
    const routes = bindings().filter(({ trigger }) => trigger.type === 'httpTrigger').flatMap(({ trigger }) => (trigger.methods ?? []).map((method) => `${method} ${(trigger.route ?? '').replaceAll(/\{\w+\}/g, '{}')}`));
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes.filter((route) => /^\w+ \/?(admin|runtime)(\/|$)/.test(route))).toEqual([]);
  });

  it('leaves no function to the host\'s own keys: routes check tokens', () => {
    expect(new Set(bindings().flatMap(({ trigger }) => trigger.authLevel ?? []))).toEqual(new Set(['anonymous']));
  });

  it('has timers that the host can read', () => {
    const schedules = bindings().flatMap(({ trigger }) => trigger.schedule ?? []);
    expect(schedules.length).toBeGreaterThanOrEqual(3);
    for (const schedule of schedules) expect(parseNcrontab(schedule).nextRun()).not.toBeNull();
  });
});
