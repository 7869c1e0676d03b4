import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadFleet, parseFleet, validateFleet } from '../../src/config/loadFleet.ts';
import { ncrontabProblem } from '../../src/config/ncrontab.ts';
import { fleetJsonSchema, fleetReference } from '../../tools/fleetDocs.ts';

const root = resolve(import.meta.dirname, '../..');
const samplePath = join(root, 'sandbox/fleets/three-regions.yaml');
const sampleText = readFileSync(samplePath, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A changed copy of the sample: `edit` gets the raw document, untyped as a file is. */
function problemsAfter(edit: (file: any) => void): readonly { path: string; message: string }[] { // eslint-disable-line typescript/no-explicit-any -- a file is untyped
  const file: unknown = parse(sampleText);
  edit(file);
  const loaded = validateFleet(file);
  return loaded.kind === 'invalid' ? loaded.problems : [];
}

describe('loadFleet', () => {
  it('reads a path, inline YAML and inline JSON alike, and fills in every default', () => {
    const fromPath = loadFleet(samplePath);
    expect(fromPath).toMatchObject({ kind: 'loaded', fleet: { policy: { initialMode: 'auto', approvalDeadlineMinutes: 15, failback: { start: 'manual', stableMinutes: 30 } }, signals: { failAfter: 3, quorum: 2 }, preShiftChecks: [] } });
    expect(loadFleet(sampleText)).toEqual(fromPath);
    expect(loadFleet(JSON.stringify(parse(sampleText)))).toEqual(fromPath);
    writeFileSync(join(folder, 'fleet.yaml'), sampleText);
    expect(loadFleet('fleet.yaml', folder)).toEqual(fromPath);
  });

  it('starts in mode observe unless the file says otherwise', () => {
    const file = parse(sampleText) as Record<string, unknown>;
    delete file['policy'];
    expect(validateFleet(file)).toMatchObject({ kind: 'loaded', fleet: { policy: { initialMode: 'observe', shedTier3: 'never' } } });
  });

  it('tells a file that is not there, and text that is not YAML', () => {
    expect(loadFleet('nowhere.yaml', folder)).toMatchObject({ kind: 'invalid', problems: [{ path: '', message: expect.stringContaining('nowhere.yaml cannot be read') as string }] });
    expect(parseFleet('name: [unclosed\n')).toMatchObject({ kind: 'invalid', problems: [{ path: '', message: expect.stringContaining('not readable as YAML or JSON') as string }] });
    expect(parseFleet('name: a\nname: b\n')).toMatchObject({ kind: 'invalid', problems: [{ path: '', message: expect.stringContaining('unique') as string }] });
  });

  // eslint-disable-next-line typescript/no-explicit-any -- a file is untyped
  it.each<[string, (file: any) => void, string, RegExp]>([
    ['an unknown key', (file) => { file.policy.utilizationCeiling = 0.8; }, 'policy.utilizationCeiling', /unknown field; known here are initialMode, utilisationCeiling/],
    ['an unknown key deep down', (file) => { file.stamps[1].origins[0].wieght = 5; }, 'stamps[1].origins[0].wieght', /known here are originGroup, origin, normalWeight, priority/],
    ['a missing field', (file) => { delete file.stamps[0].probe; }, 'stamps[0].probe', /expected object/],
    ['weight 0', (file) => { file.stamps[0].origins[0].normalWeight = 0; }, 'stamps[0].origins[0].normalWeight', />=1/],
    ['weight 1001', (file) => { file.stamps[0].origins[0].normalWeight = 1001; }, 'stamps[0].origins[0].normalWeight', /<=1000/],
    ['weight 1.5', (file) => { file.stamps[0].origins[0].normalWeight = 1.5; }, 'stamps[0].origins[0].normalWeight', /int/],
    ['priority 0', (file) => { file.stamps[0].origins[0].priority = 0; }, 'stamps[0].origins[0].priority', />=1/],
    ['priority 6', (file) => { file.stamps[0].origins[0].priority = 6; }, 'stamps[0].origins[0].priority', /<=5/],
    ['a duplicate stamp', (file) => { file.stamps[2].name = 'eastus2'; }, 'stamps[2].name', /"eastus2" is there already, in stamps\[0\]/],
    ['a duplicate workload', (file) => { file.workloads[1].name = 'web'; }, 'workloads[1].name', /is there already/],
    ['two workloads on one HPA', (file) => { file.workloads[1].hpa = 'web'; }, 'workloads[1].hpa', /"shop\/web" is there already/],
    ['a duplicate drill', (file) => { file.drills.push(file.drills[0]); }, 'drills[1].name', /is there already/],
    ['a duplicate pool', (file) => { file.stamps[0].cluster.pools.push({ name: 'user1', surgeMaxCount: 5 }); }, 'stamps[0].cluster.pools[1].name', /is there already/],
    ['one cluster in two stamps', (file) => { file.stamps[1].cluster.resourceId = file.stamps[0].cluster.resourceId.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'); }, 'stamps[1].cluster.resourceId', /is there already/],
    ['one origin in two stamps', (file) => { file.stamps[1].origins[0].origin = 'web-eastus2'; }, 'stamps[1].origins[0].origin', /belongs to stamp "eastus2" already/],
    ['one group twice in a stamp', (file) => { file.stamps[0].origins.push({ originGroup: 'web', origin: 'other' }); }, 'stamps[0].origins[1].originGroup', /is there already/],
    ['an origin in a group that nothing serves', (file) => { file.stamps[0].origins[0].originGroup = 'wbe'; }, 'stamps[0].origins[0].originGroup', /no workload serves group "wbe"/],
    ['a workload in an unknown group', (file) => { file.workloads[0].originGroup = 'api'; }, 'workloads[0].originGroup', /no stamp has an origin in group "api"; the groups are "web"/],
    ['a pool that no stamp has', (file) => { file.workloads[0].pools = ['gpu']; }, 'workloads[0].pools[0]', /no stamp has a pool "gpu"; the pools are "user1"/],
    ['a stamp without the pool', (file) => { file.stamps[1].cluster.pools[0].name = 'user2'; }, 'workloads[0].pools', /stamp "centralus" runs this workload and has none of these pools; it has "user2"/],
    ['a workload in an unknown stamp', (file) => { file.workloads[0].stamps = ['mars']; }, 'workloads[0].stamps[0]', /there is no stamp "mars"/],
    ['a drill of an unknown stamp', (file) => { file.drills[0].stamp = 'centralsu'; }, 'drills[0].stamp', /there is no stamp "centralsu"; the stamps are "eastus2", "centralus", "westus3"/],
    ['a bad schedule', (file) => { file.drills[0].schedule = '0 10 1 * *'; }, 'drills[0].schedule', /has 5 fields; six are needed/],
    ['a blocked window that runs backwards', (file) => { file.drills[0].blockedWindows[0].to = '2026-11-01'; }, 'drills[0].blockedWindows[0].to', /2026-11-01 is before 2026-11-23/],
    ['a day that is not in the calendar', (file) => { file.drills[0].blockedWindows[0].to = '2026-02-30'; }, 'drills[0].blockedWindows[0].to', /YYYY-MM-DD/],
    ['a cluster id of another type', (file) => { file.stamps[0].cluster.resourceId = file.stamps[0].gateway.resourceId; }, 'stamps[0].cluster.resourceId', /Microsoft.ContainerService\/managedClusters/],
    ['a subnet id that is a network', (file) => { file.stamps[0].gateway.nodeSubnetId = file.stamps[0].gateway.nodeSubnetId.replace(/\/subnets\/.*/, ''); }, 'stamps[0].gateway.nodeSubnetId', /subnets/],
    ['a classic Front Door with a profile\'s id', (file) => { file.frontDoor.kind = 'classic'; }, 'frontDoor.resourceId', /Microsoft.Network\/frontDoors/],
    ['http', (file) => { file.stamps[0].probe.url = 'http://eastus2.example.test/'; }, 'stamps[0].probe.url', /https/],
    ['a quorum above the minimum known', (file) => { file.signals = { quorum: 4, minimumKnown: 3 }; }, 'signals.quorum', /4 is above minimumKnown \(3\)/],
    ['thresholds the wrong way round', (file) => { file.signals = { errorRate: { degraded: 0.5 } }; }, 'signals.errorRate.degraded', /higher is worse/],
    ['falling thresholds the wrong way round', (file) => { file.signals = { nodesReadyPercent: { unhealthy: 90 } }; }, 'signals.nodesReadyPercent.degraded', /lower is worse/],
    ['a watch interval that no timer keeps', (file) => { file.signals = { watchIntervalSeconds: 45 }; }, 'signals.watchIntervalSeconds', /no even interval/],
    ['one that is no whole number of minutes', (file) => { file.signals = { watchIntervalSeconds: 90 }; }, 'signals.watchIntervalSeconds', /no even interval/],
    ['signals that are always stale', (file) => { file.signals = { watchIntervalSeconds: 300, staleAfterSeconds: 300 }; }, 'signals.staleAfterSeconds', /below two watch intervals/],
    ['signals that go stale before the next metric comes', (file) => { file.signals = { staleAfterSeconds: 239 }; }, 'signals.staleAfterSeconds', /below 240.*up to 3 minutes late/],
    ['lent room that ends before it can be there', (file) => { file.policy = { surgeExpiryMinutes: 25 }; }, 'policy.surgeExpiryMinutes', /25 is over before nodes \(15\) and pods \(10\).*more than 25/],
    ['a drain that ends before its room can be there', (file) => { file.policy = { drainExpiryMinutes: 30, nodeReadyTimeoutMinutes: 20 }; }, 'policy.drainExpiryMinutes', /more than 30/],
    ['a metric check with an http check\'s field', (file) => { file.preShiftChecks = [{ name: 'db', kind: 'metric', url: 'https://x.test/' }]; }, 'preShiftChecks[0].url', /unknown field/],
    ['more origins than a group holds', (file) => {
      const [stamp] = file.stamps;
      file.stamps = Array.from({ length: 51 }, (_, at) => ({ ...structuredClone(stamp), name: `s${at}`, gate: null, origins: [{ ...stamp.origins[0], origin: `o${at}` }], cluster: { ...stamp.cluster, resourceId: `${stamp.cluster.resourceId}${at}` } }));
      file.drills = [];
    }, 'stamps', /has 51 origins; Front Door holds 50/],
  ])('tells %s with its path', (_, edit, path, message) => {
    expect(problemsAfter(edit)).toContainEqual({ path, message: expect.stringMatching(message) as string });
  });

  it('tells all mistakes at once', () => {
    expect(problemsAfter((file) => { file.stamps[0].origins[0].normalWeight = 0; file.stamps[1].region = 'East US'; file.nmae = 1; }).map((one) => one.path)).toEqual(
      expect.arrayContaining(['stamps[0].origins[0].normalWeight', 'stamps[1].region', 'nmae']),
    );
  });
});

describe('ncrontab', () => {
  it.each(['0 0 10 1 * *', '*/30 * * * * *', '0 0 9-17/2 * Jan-Mar Mon,Wed', '0 30 6 29 2 *', '0 0 0 * * 0-6'])('takes %s', (expression) => {
    expect(ncrontabProblem(expression)).toBeNull();
  });
  it.each([
    ['0 0 10 1 *', /5 fields/], ['60 * * * * *', /second "60" is not within 0-59/], ['0 0 24 * * *', /hour/], ['0 0 0 0 * *', /day of month/], ['0 0 0 * 13 *', /month/],
    ['0 0 0 * * 7', /day of week/], ['0 0 0 L * *', /day of month/], ['0 0 0 * * Mon#1', /day of week/], ['@daily', /1 fields/], ['*/0 * * * * *', /step/], ['0 0 5-3 * * *', /backwards/], ['0 0 0 30 2 *', /never fires/],
  ])('refuses %s', (expression, message) => {
    expect(ncrontabProblem(expression)).toMatch(message);
  });
});

describe('what editors and readers get', () => {
  it('schema/fleet.schema.json and docs/fleet-file.md are current (npm run fleet:schema)', () => {
    expect(readFileSync(join(root, 'schema/fleet.schema.json'), 'utf8')).toBe(fleetJsonSchema());
    expect(readFileSync(join(root, 'docs/fleet-file.md'), 'utf8')).toBe(fleetReference());
  });

  it('the JSON Schema takes the sample and refuses what the app refuses', () => {
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    const validate = ajv.compile(JSON.parse(fleetJsonSchema()) as object);
    const file = parse(sampleText) as Record<string, unknown>;
    expect(validate(file)).toBe(true);
    expect(validate({ ...file, nmae: 1 })).toBe(false);
    expect(validate({ ...file, stamps: [] })).toBe(false);
  });

  it('every field is described', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties, items, oneOf, anyOf } = node as { properties?: Record<string, { description?: string }>; items?: unknown; oneOf?: unknown[]; anyOf?: unknown[] };
      for (const [name, field] of Object.entries(properties ?? {})) {
        if (field.description === undefined || field.description === '') undescribed.push(`${path}.${name}`);
        walk(field, `${path}.${name}`);
      }
      for (const inner of [items, ...(oneOf ?? []), ...(anyOf ?? [])]) walk(inner, path);
    };
    walk(JSON.parse(fleetJsonSchema()), '');
    expect(undescribed).toEqual([]);
  });
});
