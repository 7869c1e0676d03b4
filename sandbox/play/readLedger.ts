import { CosmosClient, type CosmosClientOptions } from '@azure/cosmos';
import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { Azure } from '../azure/index.ts';

/** The whole ledger as it lies in Cosmos DB, read with the SDK by a reader of its own, in order of time. */
export function ledgerReader(azure: Azure): () => Promise<readonly ChainedEntry[]> {
  const credential = { getToken: () => Promise.resolve({ token: azure.issueToken({ as: 'owner', audience: 'cosmos' }), expiresOnTimestamp: azure.world.clock.now() + 3_600_000 }) };
  const options: CosmosClientOptions = { endpoint: `${azure.endpoints.cosmos}/`, aadCredentials: credential, connectionPolicy: { enableEndpointDiscovery: false } };
  const container = new CosmosClient(options).database('spillway').container('ledger');
  return async () => {
    const { resources } = await container.items.query<ChainedEntry>('SELECT * FROM c').fetchAll();
    return resources.toSorted((a, b) => a.at - b.at || a.seq - b.seq);
  };
}
