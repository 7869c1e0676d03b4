import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Azure } from '../../sandbox/azure/index.ts';
import type { SimulatedApp } from '../../sandbox/simulation.ts';
import { installCoreApi } from '../../sandbox/host/index.ts';

/**
 * The app composed from source, its SDKs' own pipelines over the sandbox's faces without sockets. Imports the app only after
 * the host's stand-in is in place and, by the caller's order, after time has been put on the virtual clock.
 */
export async function inMemoryApp(): Promise<SimulatedApp> {
  installCoreApi();
  const { composeApp } = await import('../../src/composeApp.ts');
  return {
    kind: 'inMemory',
    hostJson: JSON.parse(readFileSync(join(import.meta.dirname, '../../host.json'), 'utf8')),
    compose(environment, azure) {
      composeApp({ ...process.env, ...environment }, '.', { httpClient: azure.httpClient(), credential: tenantCredential(azure), fetch: (url, init) => azure.fetchLike(url, init) });
    },
  };
}

const lifetimeMs = 3_600_000;

/**
 * Tokens of the simulation's own tenant, kept until near their end as the identity SDK keeps them: that one keeps them for the
 * life of the process, and each simulation has a tenant and a time of its own. `npm start` runs the managed identity itself.
 */
function tenantCredential(azure: Azure): TokenCredential {
  const kept = new Map<string, AccessToken>();
  return {
    getToken: (scopes) => {
      const audience = [scopes].flat()[0]?.replace(/\/\.default$/, '') ?? '';
      const now = azure.world.clock.now();
      const known = kept.get(audience);
      if (known !== undefined && known.expiresOnTimestamp - now > lifetimeMs / 12) return Promise.resolve(known);
      const issued = { token: azure.issueToken({ as: 'controlPlane', audience }), expiresOnTimestamp: now + lifetimeMs };
      kept.set(audience, issued);
      return Promise.resolve(issued);
    },
  };
}
