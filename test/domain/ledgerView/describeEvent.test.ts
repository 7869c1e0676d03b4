import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../../src/domain/ledgerView/describeEvent.ts';

describe('a changed certificate in words', () => {
  it('says which losses would be survived and which not, and the first limit', () => {
    expect(describeEvent({ type: 'CertificateChanged', survives: { eastus2: 'yes', centralus: 'no', westus3: 'no' }, binding: 'if centralus is lost, eastus2 lacks 3 nodes (poolMax): raise it' })).toBe(
      'certificate: would survive the loss of eastus2; would NOT survive the loss of centralus or westus3; if centralus is lost, eastus2 lacks 3 nodes (poolMax): raise it',
    );
    expect(describeEvent({ type: 'CertificateChanged', survives: { eastus2: 'unknown', centralus: 'yes', westus3: 'yes', northeurope: 'yes' }, binding: null })).toBe('certificate: would survive the loss of centralus, westus3 or northeurope; not known for the loss of eastus2');
  });
});

describe('a measured drain in words', () => {
  it('says of each origin group what the others served before and since', () => {
    const group = { name: 'web', latencyWindowMs: 30, origins: [], requestsPerSecond: { eastus2: 1000, centralus: 900, westus3: 600 }, requestsPerSecondDrained: { centralus: 1500, westus3: 1000 } };
    expect(describeEvent({ type: 'DrainMeasured', stamp: 'eastus2', groups: [group] })).toBe('users of eastus2 measured while it is drained: web: centralus from 900 to 1,500 requests/s, westus3 from 600 to 1,000 requests/s');
  });
});
