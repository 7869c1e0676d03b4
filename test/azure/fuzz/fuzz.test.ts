import { describe, expect, it } from 'vitest';
import type { Azure } from '../../../sandbox/azure/index.ts';
import { ConnectionFault, type FaceResponse } from '../../../sandbox/azure/face.ts';
import { bytesOf, isStream } from '../../../sandbox/azure/transport/connection.ts';
import { sleepReal } from '../../../sandbox/clock/index.ts';
import { ids, sampleAzure } from '../sampleAzure.ts';
import { drawFrom, mutate, type FuzzRequest } from './mutate.ts';

/**
 * Requests to every face that are almost right: no crash, no 500, no hang. 1,000 a face from a fixed seed, 10,000 in the full scope; SPILLWAY_FUZZ=N
 * for another number, SPILLWAY_FUZZ_SEED for others.
 */
const requests = Number(process.env['SPILLWAY_FUZZ'] ?? (process.env['SPILLWAY_TEST_SCOPE'] === 'full' ? 10_000 : 1000));
const seed = Number(process.env['SPILLWAY_FUZZ_SEED'] ?? 20_261_123);
const hangMs = 10_000;

const json = { 'content-type': 'application/json' };
const get = (url: string, headers: Readonly<Record<string, string>> = {}): FuzzRequest => ({ method: 'GET', url, headers, body: null });
const send = (method: string, url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): FuzzRequest => ({ method, url, headers: { ...json, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });

const arm = 'https://management.sandbox.test';
const kube = 'https://eastus2.kube.sandbox.test';
const cosmos = 'https://cosmos.sandbox.test/dbs/spillway/colls';
const blob = 'https://blob.sandbox.test/stspillway';
const login = 'https://login.sandbox.test';
const admin = 'https://admin.sandbox.test';

/** Valid requests of each face, and how they are authorized. */
const corpus: Readonly<Record<string, { readonly authorize: (azure: Azure) => Readonly<Record<string, string>>; readonly requests: (azure: Azure) => readonly FuzzRequest[] }>> = {
  'Resource Manager': {
    authorize: (azure) => ({ authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'arm' })}` }),
    requests: () => [
      get(`${arm}/subscriptions?api-version=2019-11-01`),
      get(`${arm}/subscriptions/${ids.subscription}/resourceGroups?api-version=2021-04-01`),
      get(`${arm}/subscriptions/${ids.subscription}/resources?api-version=2021-04-01&$filter=resourceType%20eq%20'Microsoft.Cdn/profiles'`),
      get(`${arm}/subscriptions/${ids.subscription}/providers/Microsoft.Cdn?api-version=2021-04-01`),
      get(`${arm}${ids.profile}?api-version=2024-02-01`),
      get(`${arm}${ids.profile}/originGroups/web/origins?api-version=2024-02-01`),
      send('PATCH', `${arm}${ids.profile}/originGroups/web/origins/web-eastus2?api-version=2024-02-01`, { properties: { weight: 5, priority: 1, enabledState: 'Enabled' } }),
      send('PATCH', `${arm}${ids.profile}/originGroups/web?api-version=2024-02-01`, { properties: { loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3, additionalLatencyInMilliseconds: 30 }, healthProbeSettings: { probePath: '/healthz', probeIntervalInSeconds: 30 } } }),
      get(`${arm}${ids.cluster}?api-version=2026-06-01`),
      send('POST', `${arm}${ids.cluster}/listClusterUserCredential?api-version=2026-06-01`, {}),
      send('PUT', `${arm}${ids.cluster}/agentPools/user1?api-version=2026-06-01`, { properties: { enableAutoScaling: true, minCount: 3, maxCount: 20, count: 8, vmSize: 'Standard_D4s_v5', nodeLabels: { a: 'b' }, availabilityZones: ['1', '2', '3'] } }),
      get(`${arm}/subscriptions/${ids.subscription}/providers/Microsoft.Compute/locations/eastus2/usages?api-version=2024-07-01`),
      get(`${arm}/subscriptions/${ids.subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location%20eq%20'eastus2'`),
      get(`${arm}${ids.vnet}/usages?api-version=2024-05-01`),
    ],
  },
  Monitor: {
    authorize: (azure) => ({ authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'arm' })}` }),
    requests: () => [
      get(`${arm}${ids.profile}/providers/microsoft.insights/metrics?api-version=2024-02-01&metricnames=OriginRequestCount,OriginHealthPercentage&aggregation=Total,Average&interval=PT1M&timespan=PT20M&$filter=Origin%20eq%20'*'`),
      get(`${arm}${ids.gateway}/providers/Microsoft.Insights/metrics?api-version=2018-01-01&metricnames=HealthyHostCount&timespan=2026-11-23T11:00:00Z/2026-11-23T12:00:00Z&top=5&orderby=average%20asc`),
      get(`${arm}${ids.profile}/providers/microsoft.insights/metricDefinitions?api-version=2018-01-01`),
    ],
  },
  Entra: {
    authorize: () => ({}),
    requests: (azure) => [
      get(`${login}/${azure.tokens.tenantId}/v2.0/.well-known/openid-configuration`),
      get(`${login}/${azure.tokens.tenantId}/discovery/v2.0/keys`),
      send('POST', `${login}/${azure.tokens.tenantId}/oauth2/v2.0/token`, 'grant_type=client_credentials&client_id=11111111-2222-4333-8444-555555555555&client_secret=x&scope=https%3A%2F%2Fmanagement.azure.com%2F.default', { 'content-type': 'application/x-www-form-urlencoded' }),
      get(`${login}/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com`, { 'x-identity-header': azure.environment()['IDENTITY_HEADER'] ?? '' }),
    ],
  },
  Kubernetes: {
    authorize: (azure) => ({ authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'aks' })}` }),
    requests: () => [
      get(`${kube}/api/v1/nodes?limit=2`),
      get(`${kube}/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&fieldSelector=status.phase%3DRunning`),
      get(`${kube}/apis/apps/v1/namespaces/shop/deployments/web`),
      get(`${kube}/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers?watch=true&timeoutSeconds=1`),
      send('PATCH', `${kube}/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web?fieldManager=fuzz&force=true`, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { minReplicas: 20, maxReplicas: 60 } }, { 'content-type': 'application/apply-patch+yaml' }),
      send('PATCH', `${kube}/apis/apps/v1/namespaces/shop/deployments/web`, { spec: { replicas: 20 } }, { 'content-type': 'application/merge-patch+json' }),
      send('PATCH', `${kube}/apis/apps/v1/namespaces/shop/deployments/web`, [{ op: 'replace', path: '/spec/replicas', value: 21 }], { 'content-type': 'application/json-patch+json' }),
      send('PUT', `${kube}/apis/apps/v1/namespaces/shop/deployments/web/scale`, { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 22 } }),
      send('DELETE', `${kube}/api/v1/namespaces/shop/pods/none`, {}),
    ],
  },
  'Cosmos DB': {
    authorize: (azure) => ({ authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${azure.issueToken({ as: 'owner', audience: 'cosmos' })}`), 'x-ms-version': '2020-07-15', 'x-ms-date': 'Mon, 23 Nov 2026 12:00:00 GMT' }),
    requests: () => [
      get('https://cosmos.sandbox.test/'),
      get(`${cosmos}/ledger`),
      get(`${cosmos}/ledger/pkranges`),
      send('POST', `${cosmos}/ledger/docs`, { id: 'a-1', runId: 'r', seq: 1, kind: 'x' }, { 'x-ms-documentdb-partitionkey': '["r"]' }),
      get(`${cosmos}/ledger/docs/a-1`, { 'x-ms-documentdb-partitionkey': '["r"]' }),
      send('PUT', `${cosmos}/state/docs/mode`, { id: 'mode', kind: 'controls', value: 1 }, { 'x-ms-documentdb-partitionkey': '["controls"]', 'if-match': '"x"' }),
      send('POST', `${cosmos}/ledger/docs`, { query: 'SELECT * FROM c WHERE c.runId = @run ORDER BY c.seq', parameters: [{ name: '@run', value: 'r' }] }, { 'x-ms-documentdb-isquery': 'true', 'content-type': 'application/query+json', 'x-ms-documentdb-query-enablecrosspartition': 'true' }),
      get(`${cosmos}/ledger/docs`, { 'a-im': 'Incremental feed', 'x-ms-max-item-count': '10' }),
    ],
  },
  Blob: {
    authorize: (azure) => ({ authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'storage' })}`, 'x-ms-version': '2023-11-03' }),
    requests: () => [
      send('PUT', `${blob}/fence/epoch`, '1', { 'x-ms-blob-type': 'BlockBlob', 'content-length': '1' }),
      get(`${blob}/fence/epoch`),
      send('PUT', `${blob}/fence/epoch?comp=lease`, '', { 'x-ms-lease-action': 'acquire', 'x-ms-lease-duration': '15' }),
      get(`${blob}/fence?restype=container&comp=list&prefix=e&maxresults=5`),
      send('PUT', `${blob}/fence/epoch?comp=metadata`, '', { 'x-ms-meta-a': 'b' }),
      send('DELETE', `${blob}/fence/epoch`, ''),
    ],
  },
  'Origins, gateways, sink': {
    authorize: () => ({}),
    requests: () => [get('https://eastus2.origin.sandbox.test/healthz'), get('https://westus3.gateway.sandbox.test/'), send('POST', 'https://sink.sandbox.test/notices', { a: 1 }), get('https://sink.sandbox.test/')],
  },
  Admin: {
    authorize: () => ({}),
    requests: () => [
      get(`${admin}/world`),
      get(`${admin}/`),
      send('POST', `${admin}/faults`, { kind: 'slowPods', severity: 0.5 }),
      { method: 'DELETE', url: `${admin}/faults`, headers: {}, body: null },
      send('POST', `${admin}/clock`, { step: 5 }),
      get(`${admin}/token?as=operator&audience=api`),
      get(`${admin}/shell`),
    ],
  },
};

async function answerOf(azure: Azure, advance: () => void, request: FuzzRequest): Promise<number | 'connection fault' | 'hang'> {
  const gone = new AbortController();
  const body = request.body === null ? null : typeof request.body === 'string' ? Buffer.from(request.body) : request.body;
  const answering = azure.handle({ method: request.method, url: new URL(request.url), headers: request.headers, body, signal: gone.signal }).then(
    async (response: FaceResponse) => {
      gone.abort();
      if (!isStream(response.body)) await bytesOf(response.body);
      return response.status;
    },
    (error: unknown) => {
      if (error instanceof ConnectionFault) return 'connection fault' as const;
      throw error;
    },
  );
  const over = new AbortController();
  const hang = (async () => {
    // answers that take the world's time get it; what takes longer than ten seconds of the machine's hangs
    for (let turn = 0; turn < hangMs / 5 && !over.signal.aborted; turn += 1) {
      await sleepReal(5);
      advance();
    }
    return 'hang' as const;
  })();
  const first = await Promise.race([answering, hang]);
  over.abort();
  return first;
}

describe(`fuzz: ${requests} requests a face, seed ${seed}`, () => {
  it.each(Object.keys(corpus))('%s: no crash, no 500, no hang', async (name) => {
    const entry = corpus[name];
    if (entry === undefined) throw new Error('a face of the corpus');
    const { azure, clock, world } = sampleAzure();
    const draw = drawFrom(seed + name.length);
    const valid = entry.requests(azure);
    const authorization = entry.authorize(azure);
    const outcomes = new Map<string, number>();
    for (let count = 0; count < requests; count += 1) {
      const base = valid[Math.floor(draw() * valid.length)];
      if (base === undefined) throw new Error('a corpus has requests');
      const request = mutate(draw, { ...base, headers: { ...authorization, ...base.headers } });
      const host = new URL(base.url).hostname;
      const wrongHost = new URL(request.url).hostname !== host;
      const outcome = await answerOf(azure, () => clock.runUntil(clock.now() + 1000), request);
      // 501 says what is not there; 421 is a host that is not there
      const fine = typeof outcome === 'number' ? outcome < 500 || outcome === 501 : outcome === 'connection fault';
      if (!fine) expect.fail(`${name}, request ${count}: ${String(outcome)} for ${request.method} ${request.url}${wrongHost ? ' (another host)' : ''}\n${JSON.stringify(request.headers)}\n${String(request.body)}`);
      outcomes.set(String(outcome), (outcomes.get(String(outcome)) ?? 0) + 1);
      for (const { id } of world.faults.list()) world.faults.heal(id);
      if (count % 50 === 49) clock.runUntil(clock.now() + 60_000);
    }
    // a fuzz that only ever meets one refusal tests nothing
    expect(outcomes.size).toBeGreaterThan(2);
    expect([...outcomes].filter(([status]) => status.startsWith('2')).reduce((sum, [, times]) => sum + times, 0)).toBeGreaterThan(requests * 0.05);
  }, 600_000);
});
