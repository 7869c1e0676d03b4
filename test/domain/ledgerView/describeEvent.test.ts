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
