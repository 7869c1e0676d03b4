import { describe, expect, test } from 'vitest';
import { evaluateExpression } from '../../tools/infra-check/armExpression.ts';
import { templateFindings } from '../../tools/infra-check/bicepChecks.ts';
import { deployedFleetOf } from '../../tools/infra-check/deployedFleet.ts';
import { readSnapshot } from './snapshots.ts';

const origin = { type: 'Microsoft.Cdn/profiles/originGroups/origins', '@options': { onlyIfNotExists: [] } };
const template = (resource: object): string => JSON.stringify({ resources: { fd: { properties: { template: { resources: { origin: resource } } } } } });

describe('compiled template', () => {
  test('a seeded origin is fine', () => {
    expect(templateFindings(template(origin))).toEqual([]);
  });

  test('an origin that every deployment writes is found', () => {
    expect(templateFindings(template({ type: origin.type }))).toHaveLength(1);
  });

  test('a conditional origin is found', () => {
    expect(templateFindings(template({ ...origin, condition: "[parameters('seed')]" })).join()).toMatch(/deleting stack/);
  });
});

describe('order in the compiled template', () => {
  const flux = { type: 'Microsoft.KubernetesConfiguration/fluxConfigurations', dependsOn: ['cluster', 'flux'] };
  const stamps = { type: 'Microsoft.Resources/deployments', copy: { name: 'stampModules', count: 2, mode: 'serial', batchSize: 1 } };

  test('Flux first, and one stamp after the other', () => {
    expect([...templateFindings(template(flux)), ...templateFindings(template(stamps))]).toEqual([]);
  });

  test('a configuration that does not wait for Flux is found', () => {
    expect(templateFindings(template({ ...flux, dependsOn: ['cluster'] })).join()).toMatch(/does not wait/);
  });

  test('stamps that are deployed together are found', () => {
    expect(templateFindings(template({ ...stamps, copy: { name: 'stampModules', count: 2 } })).join()).toMatch(/at the same time/);
  });
});

describe('expressions in outputs', () => {
  test('objects, arrays, formats, quotes and suffixes', () => {
    const text = "[createArray(createObject('name', 'it''s', 'n', 5, 'none', null()), format('https://{0}.blob.{1}/x', 'acc', environment().suffixes.storage))]";
    expect(evaluateExpression(text)).toEqual([{ name: "it's", n: 5, none: null }, 'https://acc.blob.core.windows.net/x']);
  });

  test('what only Azure knows is null', () => {
    expect(evaluateExpression("[reference('/subscriptions/1/x', '2024-01-01').a.b[0]]")).toBeNull();
  });

  test('an unknown function is refused, not guessed', () => {
    expect(() => evaluateExpression("[listKeys('x')]")).toThrow(/listKeys/);
  });
});

describe('deployed fleet', () => {
  test('a snapshot gives each stamp its cluster, gateway, origin and gate', () => {
    const fleet = deployedFleetOf(readSnapshot('production'));
    expect(fleet.stamps.map((stamp) => stamp.region)).toEqual(['eastus2', 'centralus', 'westus3']);
    expect(fleet.stamps[0]).toMatchObject({
      origins: [{ originGroup: 'web', origin: 'eus2', normalWeight: 500, priority: 1 }],
      pools: [{ name: 'user', surgeMaxCount: 60 }],
      privateUrl: 'https://eus2.origin.example.com:8443/',
    });
    expect(fleet.stamps[0]?.gateBlobUrl).toMatch(/^https:\/\/stprodgteus2\w{6}\.blob\.core\.windows\.net\/gate\/eus2\.json$/);
  });

  test('attach mode knows ids in other subscriptions', () => {
    const [stamp] = deployedFleetOf(readSnapshot('attach')).stamps;
    expect(stamp?.nodeSubnetId).toContain('/subscriptions/44444444-4444-4444-4444-444444444444/');
    expect(stamp?.origins).toEqual([]);
  });
});
