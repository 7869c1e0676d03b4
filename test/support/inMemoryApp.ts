import type { TokenCredential } from '@azure/core-auth';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
      // The identity SDK keeps tokens for the life of the process, and each simulation has a tenant and a time of its own:
      // here tokens come from this simulation's tenant at each call. `npm start` runs the managed identity itself.
      const credential: TokenCredential = {
        getToken: (scopes) => {
          const audience = [scopes].flat()[0]?.replace(/\/\.default$/, '') ?? '';
          return Promise.resolve({ token: azure.issueToken({ as: 'controlPlane', audience }), expiresOnTimestamp: azure.world.clock.now() + 3_600_000 });
        },
      };
      composeApp({ ...process.env, ...environment }, '.', { httpClient: azure.httpClient(), credential, fetch: (url, init) => azure.fetchLike(url, init) });
    },
  };
}
