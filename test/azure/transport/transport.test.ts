import https from 'node:https';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHttpHeaders, createPipelineRequest, type HttpClient, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAzure, resolveFleet, type Azure, type Endpoints } from '../../../sandbox/azure/index.ts';
import { nextTurn } from '../../../sandbox/clock/index.ts';
import { ids, sampleAzure, startMs, type SampleAzure } from '../sampleAzure.ts';

let sample: SampleAzure;
let azure: Azure;
let client: HttpClient;
beforeEach(() => {
  sample = sampleAzure();
  azure = sample.azure;
  client = azure.httpClient();
});
afterEach(async () => {
  await azure.close();
});

const request = (url: string, more: Partial<PipelineRequest> = {}): PipelineRequest =>
  createPipelineRequest({ url, timeout: 0, ...more, headers: createHttpHeaders({ authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'arm' })}` }) });

const origins = `https://management.sandbox.test${ids.profile}/originGroups/web/origins?api-version=2024-02-01`;

async function failure(work: Promise<unknown>): Promise<{ readonly name: string; readonly code: unknown; readonly message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return { name: error.name, code: 'code' in error ? error.code : undefined, message: error.message };
  }
  throw new Error('it did not fail');
}

/** Lets what is under way get as far as it can without time. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
}

describe('the in-memory transport fails as sockets do', () => {
  it('refused', async () => {
    sample.world.faults.inject({ kind: 'armDown', how: 'refused' });
    expect(await failure(client.sendRequest(request(origins)))).toEqual({ name: 'RestError', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED management.sandbox.test:443' });
    expect(azure.tracker.isBusy).toBe(false);
  });

  it('reset', async () => {
    sample.world.faults.inject({ kind: 'armDown', how: 'reset' });
    expect(await failure(client.sendRequest(request(origins)))).toMatchObject({ name: 'RestError', code: 'ECONNRESET' });
  });

  it('timed out by the network after 127 s of the world, without holding time', async () => {
    sample.world.faults.inject({ kind: 'armDown', how: 'timeout' });
    const failed = failure(client.sendRequest(request(origins)));
    await quiet();
    expect(azure.tracker.isBusy).toBe(false);
    sample.clock.runUntil(startMs + 126_999);
    await quiet();
    sample.clock.runUntil(startMs + 127_000);
    expect(await failed).toMatchObject({ name: 'RestError', code: 'ETIMEDOUT' });
  });

  it("timed out by the request's own limit, in the world's time", async () => {
    sample.world.faults.inject({ kind: 'armDown', how: 'timeout' });
    const failed = failure(client.sendRequest(request(origins, { timeout: 5000 })));
    await quiet();
    sample.clock.runUntil(startMs + 5000);
    expect(await failed).toMatchObject({ name: 'AbortError' });
    expect(azure.tracker.isBusy).toBe(false);
  });

  it('aborted by the caller', async () => {
    sample.world.faults.inject({ kind: 'armDown', how: 'timeout' });
    const abort = new AbortController();
    const failed = failure(client.sendRequest(request(origins, { abortSignal: abort.signal })));
    await quiet();
    abort.abort();
    expect(await failed).toMatchObject({ name: 'AbortError' });
    expect(await failure(client.sendRequest(request(origins, { abortSignal: abort.signal })))).toMatchObject({ name: 'AbortError' });
  });

  it('aborted by the caller before or while a service that is up answers', async () => {
    const early = new AbortController();
    const atOnce = failure(client.sendRequest(request(origins, { abortSignal: early.signal })));
    early.abort();
    expect(await atOnce).toMatchObject({ name: 'AbortError' });
    const late = new AbortController();
    const slow = failure(client.sendRequest(request('https://eastus2.origin.sandbox.test/healthz', { abortSignal: late.signal })));
    await quiet();
    late.abort();
    expect(await slow).toMatchObject({ name: 'AbortError' });
    expect(azure.tracker.isBusy).toBe(false);
  });

  it('not found by name', async () => {
    expect(await failure(client.sendRequest(request('https://nowhere.sandbox.test/')))).toMatchObject({ code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND nowhere.sandbox.test' });
  });

  it('through fetch: a TypeError with the code as its cause', async () => {
    sample.world.faults.inject({ kind: 'armDown', how: 'refused' });
    const error: unknown = await azure.fetchLike(origins).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } });
  });
});

describe('the in-memory transport sends as sockets do', () => {
  it('takes headers in any case, as a socket does', async () => {
    const headers = { Authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'arm' })}` };
    expect((await azure.fetchLike(origins, { headers })).status).toBe(200);
    expect((await azure.fetchLike(origins)).status).toBe(401);
  });
});

describe('requests hold virtual time while they are under way', () => {
  it('and an answer that takes its latency lets it go on', async () => {
    const before = azure.tracker.changes;
    const answered = azure.fetchLike('https://eastus2.origin.sandbox.test/healthz');
    await quiet();
    expect(azure.tracker.changes).toBeGreaterThan(before);
    expect(azure.tracker.isBusy).toBe(false);
    sample.clock.runUntil(startMs + 1000);
    const response = await answered;
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('ok eastus2\n');
  });
});

describe('over TLS on loopback', () => {
  let endpoints: Endpoints;
  beforeEach(async () => {
    endpoints = await azure.listen();
  });

  const get = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, unknown>> }> =>
    new Promise((resolve, reject) => {
      const sent = https.get(url, { ca: endpoints.caPem ?? '', headers: { authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'arm' })}`, ...headers }, agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString(), headers: incoming.headers });
        });
      });
      sent.on('error', reject);
    });

  it('gives the same bytes as in memory', async () => {
    const viaTls = await get(origins.replace('https://management.sandbox.test', endpoints.arm));
    const inMemory: PipelineResponse = await client.sendRequest(request(origins));
    expect(viaTls.status).toBe(200);
    expect(viaTls.body).toBe(inMemory.bodyAsText);
    expect(readFileSync(endpoints.caPemPath ?? '', 'utf8')).toBe(endpoints.caPem);
  });

  it('is not trusted without its CA', async () => {
    await expect(new Promise((resolve, reject) => https.get(endpoints.arm, { agent: false }, resolve).on('error', reject))).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });

  it('has Resource Manager and Entra on one port, and every other service at its own', async () => {
    expect((await get(`${endpoints.authority}/adfs/.well-known/openid-configuration`)).status).toBe(200);
    expect((await get(`${endpoints.arm}/subscriptions?api-version=2020-01-01`)).status).toBe(200);
    expect((await get(`${endpoints.kube['westus3'] ?? ''}/version`, { authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'aks' })}` })).status).toBe(200);
    expect((await get(`${endpoints.admin}/world`)).status).toBe(200);
    expect((await get(`${endpoints.cosmos}/`, { authorization: 'none' })).status).toBe(401);
    expect((await get(`${endpoints.sink}/notices`)).status).toBe(200);
    expect((await get(endpoints.sink.replace('/sink', '/nothing'))).status).toBe(404);
  });

  it('takes tokens for the addresses that it has since it listens, and no longer once it is closed', async () => {
    const status = async (): Promise<number> => (await azure.fetchLike(origins, { headers: { authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: `${endpoints.arm}/`, version: 'v1' })}` } })).status;
    expect(await status()).toBe(200);
    await azure.close();
    expect(await status()).toBe(401);
  });

  it('plays a refused service as a connection that breaks off', async () => {
    sample.world.faults.inject({ kind: 'armDown', how: 'refused' });
    await expect(get(`${endpoints.arm}/subscriptions?api-version=2020-01-01`)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('names its own addresses in what it answers', async () => {
    const patched = await azure.fetchLike(`${endpoints.arm}${ids.profile}/originGroups/web/origins/web-eastus2?api-version=2024-02-01`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${azure.issueToken({ as: 'owner', audience: 'arm' })}`, 'content-type': 'application/json' },
      body: '{"properties":{"weight":9}}',
    });
    expect(patched.status).toBe(202);
    const poll = patched.headers.get('azure-asyncoperation') ?? '';
    expect(poll.startsWith(`${endpoints.arm}/`)).toBe(true);
    expect(poll.length).toBeGreaterThan(3900);
    expect((await get(poll)).body).toBe('{"status":"InProgress","error":{"code":"None","message":null}}');
    expect((await get(poll.slice(0, 2000))).status).toBe(403);
  });

  it('rewrites the addresses of a fleet file', () => {
    const text = readFileSync(new URL('../../../sandbox/fleets/three-regions.yaml', import.meta.url), 'utf8');
    const resolved = resolveFleet(text, endpoints);
    expect(resolved).not.toMatch(/https:\/\/[^\s]*sandbox\.test/);
    expect(resolved).toContain(`url: ${endpoints.origin['eastus2'] ?? ''}/healthz`);
    expect(resolved).toContain(`blobUrl: ${endpoints.blob}/stshopeastus2/gates/eastus2.json`);
    expect(resolved).toContain(`webhookUrl: ${endpoints.sink}/notices`);
    expect(resolveFleet('x: https://example.com/sandbox.test\ny: https://unknown.sandbox.test/', endpoints)).toBe('x: https://example.com/sandbox.test\ny: https://unknown.sandbox.test/');
  });

  it('gives the app its settings, and a shell its lines', () => {
    expect(azure.environment('westeurope')).toMatchObject({
      SPILLWAY_CONTROL_REGION: 'westeurope',
      SPILLWAY_ARM_ENDPOINT: endpoints.arm,
      SPILLWAY_AUTHORITY_HOST: endpoints.authority,
      IDENTITY_ENDPOINT: `${endpoints.arm}/msi/token`,
      NODE_EXTRA_CA_CERTS: endpoints.caPemPath,
    });
    expect(azure.shellSnippet()).toMatch(/^export SPILLWAY_CONTROL_REGION='northcentralus'\n[\s\S]*\naz login --service-principal /);
  });
});

describe('with a state folder', () => {
  it('a new life has the addresses, the CA and the tenant of the old one', async () => {
    const stateFolder = mkdtempSync(path.join(tmpdir(), 'spillway-state-'));
    try {
      const first = createAzure(sample.world, { stateFolder });
      const before = await first.listen();
      const token = first.issueToken({ as: 'owner', audience: 'arm' });
      await first.close();
      const second = createAzure(sample.world, { stateFolder });
      const after = await second.listen();
      expect(after).toEqual(before);
      expect(second.tokens.check(`Bearer ${token}`, ['https://management.azure.com'])).toMatchObject({ kind: 'valid' });
      expect(azure.tokens.check(`Bearer ${token}`, ['https://management.azure.com'])).toEqual({ kind: 'badSignature' });
      expect(statSync(path.join(stateFolder, 'tenant.key')).mode & 0o077).toBe(0);
      expect(statSync(path.join(stateFolder, 'server.key')).mode & 0o077).toBe(0);
      await second.close();
    } finally {
      rmSync(stateFolder, { recursive: true });
    }
  });
});
