import { CosmosClient, type CosmosClientOptions } from '@azure/cosmos';
import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { Azure } from '../azure/index.ts';

/** The whole ledger as it lies in Cosmos DB, read with the SDK by a reader of its own, in order of time.
 * While a scenario has Cosmos DB down, what was read before it. */
export function ledgerReader(azure: Azure): () => Promise<readonly ChainedEntry[]> {
  const credential = { getToken: () => Promise.resolve({ token: azure.issueToken({ as: 'owner', audience: 'cosmos' }), expiresOnTimestamp: azure.world.clock.now() + 3_600_000 }) };
  const options: CosmosClientOptions = { endpoint: `${azure.endpoints.cosmos}/`, aadCredentials: credential, connectionPolicy: { enableEndpointDiscovery: false }, ...(azure.endpoints.caPem === null ? { httpClient: azure.httpClient() } : {}) };
  const container = new CosmosClient(options).database('spillway').container('ledger');
  let last: readonly ChainedEntry[] = [];
  return async () => {
    if (azure.world.faults.active('cosmosDown') !== null) return last;
    const { resources } = await container.items.query<ChainedEntry>('SELECT * FROM c').fetchAll();
    last = resources.toSorted((a, b) => a.at - b.at || a.seq - b.seq);
    return last;
  };
}
