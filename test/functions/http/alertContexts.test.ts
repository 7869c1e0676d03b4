import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAlertContext } from '../../../src/functions/http/alerts/alertContexts.ts';
import { stampsNamed } from '../../../src/functions/http/alerts/stampsNamed.ts';
import { sampleFleet } from '../../domain/check/fixture.ts';
import { alertKinds } from './alertBodies.ts';

const contextOf = (body: Record<string, unknown>): unknown => (body['data'] as { alertContext: unknown }).alertContext;
const fleet = sampleFleet();
const [east] = fleet.stamps;
if (east === undefined) throw new Error('the sample fleet has stamps');

describe('readAlertContext', () => {
  it('tells the kinds apart', () => {
    expect(alertKinds.map(([, body]) => readAlertContext(contextOf(body)).kind)).toEqual([
      'metric', 'metric', 'metric', 'webtest', 'logQuery', 'logQuery', 'legacyLog', 'activityLog', 'activityLog', 'activityLog', 'activityLog', 'serviceHealth', 'resourceHealth', 'prometheus', 'smartDetection', 'other',
    ]);
  });

  it('reads the regions of Service Health from the list, the text, or both', () => {
    const health = (properties: unknown) => readAlertContext({ eventSource: 'ServiceHealth', properties }).regions;
    expect(health({ region: 'East US 2, West US 3' })).toEqual(['East US 2', 'West US 3']);
    expect(health({ impactedServices: '[{"ImpactedRegions":[{"RegionName":"Central US"}]}]' })).toEqual(['Central US']);
    expect(health({ impactedServices: [{ ImpactedRegions: [{ RegionName: 'Central US' }] }], region: 'Central US' })).toEqual(['Central US']);
    for (const odd of ['not json', '{}', 7, null]) expect(health({ impactedServices: odd })).toEqual([]);
    expect(health(null)).toEqual([]);
  });

  it('property: never fails, whatever comes', () => {
    fc.assert(fc.property(fc.anything(), (context) => { expect(readAlertContext(context)).toHaveProperty('kind'); }));
  });
});

describe('stampsNamed', () => {
  const nothing = { kind: 'other' as const, names: [], regions: [], resourceIds: [] };

  it('knows a stamp by its resources and what lies in them, in any letter case, and by nothing that merely begins alike', () => {
    const cluster = east.cluster.resourceId;
    expect(stampsNamed(fleet, [cluster.toUpperCase()], nothing)).toEqual(['eastus2']);
    expect(stampsNamed(fleet, [`${cluster.toLowerCase()}/agentpools/user1`], nothing)).toEqual(['eastus2']);
    expect(stampsNamed(fleet, [`${cluster}-other`, fleet.frontDoor.resourceId, ''], nothing)).toEqual([]);
  });

  it('knows it by origin, host name with or without port, cluster, and region', () => {
    for (const name of ['web-eastus2', 'WEB-EASTUS2', 'eastus2.origin.sandbox.test', 'eastus2.origin.sandbox.test:443', 'aks-shop-eastus2']) {
      expect(stampsNamed(fleet, [], { ...nothing, names: [name] })).toEqual(['eastus2']);
    }
    expect(stampsNamed(fleet, [], { ...nothing, regions: ['East US 2', 'North Europe'] })).toEqual(['eastus2']);
    expect(stampsNamed(fleet, [], { ...nothing, names: ['eastus', 'web'] })).toEqual([]);
  });
});
