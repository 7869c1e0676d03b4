import { ChangeFeedStartFrom, CosmosClient, StatusCodes, type CosmosClientOptions } from '@azure/cosmos';
import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { Azure } from '../azure/index.ts';

/**
 * The whole ledger as it lies in Cosmos DB, read with the SDK by a reader of its own, in order of time: the change feed, so that
 * each look brings only what is new (entries never change). While a scenario has Cosmos DB down, what was read before it.
 */
export function ledgerReader(azure: Azure): () => Promise<readonly ChainedEntry[]> {
  const credential = { getToken: () => Promise.resolve({ token: azure.issueToken({ as: 'owner', audience: 'cosmos' }), expiresOnTimestamp: azure.world.clock.now() + 3_600_000 }) };
  const options: CosmosClientOptions = { endpoint: `${azure.endpoints.cosmos}/`, aadCredentials: credential, connectionPolicy: { enableEndpointDiscovery: false }, ...(azure.endpoints.caPem === null ? { httpClient: azure.httpClient() } : {}) };
  const container = new CosmosClient(options).database('spillway').container('ledger');
  const feed = container.items.getChangeFeedIterator<ChainedEntry>({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning() });
  const known = new Map<string, ChainedEntry>();
  let entries: readonly ChainedEntry[] = [];
  return async () => {
    if (azure.world.faults.active('cosmosDown') !== null) return entries;
    // The iterator throws no refusal: it gives it back as a page, and begins anew after it.
    for (let page = await feed.readNext(); page.statusCode === StatusCodes.Ok; page = await feed.readNext()) {
      for (const entry of page.result) known.set(`${entry.runId}/${entry.id}`, entry);
      entries = [...known.values()].toSorted((a, b) => a.at - b.at || a.seq - b.seq);
    }
    return entries;
  };
}
