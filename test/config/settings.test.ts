import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/settings.ts';

const tenant = '11111111-2222-4333-8444-555555555555';
const needed = {
  SPILLWAY_FLEET: 'fleet.yaml', SPILLWAY_CONTROL_REGION: 'westeurope', SPILLWAY_COSMOS_ENDPOINT: 'https://a.documents.azure.com:443/',
  SPILLWAY_FENCE_BLOB_URL: 'https://a.blob.core.windows.net/fence/', SPILLWAY_OUTBOX_BLOB_URL: 'https://a.blob.core.windows.net/outbox',
  SPILLWAY_TENANT_ID: tenant, SPILLWAY_API_AUDIENCE: 'api://spillway',
};

describe('readSettings', () => {
  it('fills in what may be left out', () => {
    expect(readSettings({ ...needed, PATH: '/bin', SPILLWAY_AUTHORITY_HOST: ' ' })).toEqual({
      kind: 'ready',
      settings: {
        fleet: 'fleet.yaml', controlRegion: 'westeurope', cosmosEndpoint: 'https://a.documents.azure.com:443/', cosmosDatabase: 'spillway',
        fenceBlobUrl: 'https://a.blob.core.windows.net/fence', outboxBlobUrl: 'https://a.blob.core.windows.net/outbox', armEndpoint: 'https://management.azure.com',
        metricsEndpoint: 'https://management.azure.com', logsEndpoint: 'https://api.loganalytics.io', pricesEndpoint: 'https://prices.azure.com', tenantId: tenant, apiAudience: 'api://spillway', alertAudience: 'api://spillway',
        authorityHost: 'https://login.microsoftonline.com', identityClientId: null, applicationInsightsConnectionString: null,
      },
    });
  });

  it('takes what is given', () => {
    const given = { ...needed, SPILLWAY_ARM_ENDPOINT: 'https://localhost:9/', SPILLWAY_ALERT_AUDIENCE: 'api://alerts', AZURE_CLIENT_ID: tenant, SPILLWAY_COSMOS_DATABASE: 'other' };
    expect(readSettings(given)).toMatchObject({ kind: 'ready', settings: { armEndpoint: 'https://localhost:9', metricsEndpoint: 'https://localhost:9', alertAudience: 'api://alerts', identityClientId: tenant, cosmosDatabase: 'other' } });
  });

  it('reads no prices where they are off', () => {
    expect(readSettings({ ...needed, SPILLWAY_PRICES_ENDPOINT: 'off' })).toMatchObject({ settings: { pricesEndpoint: null } });
    expect(readSettings({ ...needed, SPILLWAY_PRICES_ENDPOINT: 'https://prices.example.test/' })).toMatchObject({ settings: { pricesEndpoint: 'https://prices.example.test' } });
  });

  it.each(Object.keys(needed))('tells that %s is missing, and what to put there', (name) => {
    for (const value of [undefined, '', '  ']) {
      expect(readSettings({ ...needed, [name]: value })).toEqual({ kind: 'invalid', problems: [{ name, message: expect.stringMatching(/^is missing; put there the .{10}/) as string }] });
    }
  });

  it.each([['SPILLWAY_TENANT_ID', 'contoso'], ['SPILLWAY_COSMOS_ENDPOINT', 'cosmos'], ['SPILLWAY_CONTROL_REGION', 'West Europe'], ['AZURE_CLIENT_ID', 'me'], ['SPILLWAY_ARM_ENDPOINT', 'ftp://x']])('tells that %s is not usable', (name, value) => {
    expect(readSettings({ ...needed, [name]: value })).toEqual({ kind: 'invalid', problems: [{ name, message: expect.stringMatching(/^is not usable as it stands; put there/) as string }] });
  });

  it('tells all at once', () => {
    expect(readSettings({})).toMatchObject({ kind: 'invalid', problems: Object.keys(needed).map((name) => ({ name })) });
  });

  it('never repeats a value: it may be a secret', () => {
    expect(JSON.stringify(readSettings({ ...needed, SPILLWAY_TENANT_ID: 'hunter2' }))).not.toContain('hunter2');
  });
});
