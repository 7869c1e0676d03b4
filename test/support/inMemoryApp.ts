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
      composeApp({ ...process.env, ...environment }, '.', { httpClient: azure.httpClient(), fetch: (url, init) => azure.fetchLike(url, init) });
    },
  };
}
