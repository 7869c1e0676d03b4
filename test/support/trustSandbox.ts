import tls from 'node:tls';
import type { Endpoints } from '../../sandbox/azure/routing.ts';

/** This process trusts the CA of a sandbox that listens, too. */
export function trustSandbox({ caPem }: Endpoints): void {
  if (caPem !== null) tls.setDefaultCACertificates([...tls.getCACertificates('default'), caPem]);
}
