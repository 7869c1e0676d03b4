/**
 * `npm run ledger:verify`: reads a whole ledger and checks the hash chain of every run. Exit code 1 when one is broken.
 *
 *   npm run ledger:verify -- --endpoint https://ACCOUNT.documents.azure.com:443/ [--database spillway]
 *
 * Without options it takes SPILLWAY_COSMOS_ENDPOINT and SPILLWAY_COSMOS_DATABASE, as `npm start -- --serve` prints them.
 * Signs in as the app does: the managed identity where there is one, else the developer's own login.
 */
import { systemClock } from '../src/adapters/clock/system.ts';
import { cosmosContainers } from '../src/adapters/cosmos/cosmosClient.ts';
import { createCredential } from '../src/adapters/entra/credential.ts';
import { verifyChain } from '../src/domain/ledgerView/verifyChain.ts';
import type { ChainedEntry } from '../src/domain/ledgerEvent.ts';
import { readArgs } from './readArgs.ts';

const values = readArgs(
  { endpoint: { type: 'string' }, database: { type: 'string' } },
  'npm run ledger:verify -- [--endpoint https://ACCOUNT.documents.azure.com:443/] [--database spillway]',
);
const endpoint = values.endpoint ?? process.env['SPILLWAY_COSMOS_ENDPOINT'];
if (endpoint === undefined) {
  console.error('Which ledger? Give --endpoint https://ACCOUNT.documents.azure.com:443/ or set SPILLWAY_COSMOS_ENDPOINT.');
  process.exit(2);
}
const credential = createCredential({
  clientId: process.env['AZURE_CLIENT_ID'] ?? null,
  identityEndpoint: process.env['IDENTITY_ENDPOINT'] ?? null,
  authorityHost: process.env['AZURE_AUTHORITY_HOST'] ?? 'https://login.microsoftonline.com',
});
const armEndpoint = 'https://management.azure.com';
const { ledger } = cosmosContainers(
  { credential, armEndpoint, metricsEndpoint: armEndpoint, logsEndpoint: 'https://api.loganalytics.io', clock: systemClock, random: Math.random },
  { endpoint, database: values.database ?? process.env['SPILLWAY_COSMOS_DATABASE'] ?? 'spillway' },
);

const runs = new Map<string, ChainedEntry[]>();
for await (const { resources } of ledger.items.query<ChainedEntry>('SELECT * FROM c').getAsyncIterator()) {
  for (const entry of resources) runs.set(entry.runId, [...(runs.get(entry.runId) ?? []), entry]);
}
let broken = 0;
for (const [runId, entries] of [...runs].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  const verified = verifyChain(entries);
  if (verified.kind === 'intact') {
    console.log(`intact  ${runId}  ${verified.entries} entries, last hash ${verified.lastHash.slice(0, 16)}`);
    continue;
  }
  broken += 1;
  console.log(`BROKEN  ${runId}`);
  for (const { seq, id, what, message } of verified.breaks) console.log(`        ${seq} ${id}: ${what}, ${message}`);
}
console.log(`${runs.size} chains, ${broken} broken`);
process.exit(broken === 0 ? 0 : 1);
