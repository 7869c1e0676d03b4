import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { afterRead, answer, gateServer, readBlob, storageTokens } from '../../gitops/base/gate/gate.ts';
import type { BlobRead, Known } from '../../gitops/base/gate/gate.ts';
import { createSampleServer } from '../../gitops/base/web/server.ts';

const started: Server[] = [];
afterEach(() => {
  for (const server of started.splice(0)) server.close();
});

async function serve(server: Server): Promise<string> {
  started.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an AddressInfo.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serveWith = (listener: RequestListener): Promise<string> => serve(createServer(listener));

const nothing: Known = { state: 'open', expiresAt: null };
const noon = Date.parse('2026-11-22T12:00:00Z');
const closedUntil = (iso: string): BlobRead => ({ kind: 'read', text: JSON.stringify({ state: 'closed', expiresAt: iso, runId: 'r1', writtenAt: '2026-11-22T11:00:00Z' }) });

describe('gate state', () => {
  test('closes when the blob says so, and opens at the expiry', () => {
    const known = afterRead(nothing, closedUntil('2026-11-22T13:00:00Z'));
    expect(answer(known, noon)).toBe('closed');
    expect(answer(known, noon + 3_600_000)).toBe('open');
  });

  test('unreachable storage leaves the last state until its expiry, then opens (I5)', () => {
    const known = afterRead(afterRead(nothing, closedUntil('2026-11-22T13:00:00Z')), { kind: 'unreachable', why: 'timeout' });
    expect(answer(known, noon)).toBe('closed');
    expect(answer(known, noon + 3_600_000)).toBe('open');
  });

  test('a gate that never read anything is open', () => {
    expect(answer(afterRead(nothing, { kind: 'unreachable', why: 'refused' }), noon)).toBe('open');
  });

  test('an absent blob opens a closed gate', () => {
    expect(answer(afterRead(afterRead(nothing, closedUntil('2026-11-22T13:00:00Z')), { kind: 'absent' }), noon)).toBe('open');
  });

  test('closed without an expiry is open: nothing may be closed for ever', () => {
    expect(answer(afterRead(nothing, { kind: 'read', text: '{"state":"closed","expiresAt":null}' }), noon)).toBe('open');
  });

  test('whatever the blob holds, the gate answers, and closed always ends', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(answer(afterRead(nothing, { kind: 'read', text }), 8.64e15)).toBe('open');
      }),
    );
  });
});

describe('gate server', () => {
  test('the probe path follows the state, health does not', async () => {
    const states = { now: 'open' as 'open' | 'closed' };
    const url = await serve(gateServer('/spillway/gate', () => states.now));
    expect((await fetch(`${url}/spillway/gate`)).status).toBe(200);
    states.now = 'closed';
    expect((await fetch(`${url}/spillway/gate?probe=1`)).status).toBe(503);
    expect((await fetch(`${url}/spillway/gate`, { method: 'HEAD' })).status).toBe(503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/`)).status).toBe(404);
  });
});

describe('reading with workload identity', () => {
  const tokenFile = join(mkdtempSync(join(tmpdir(), 'gate-')), 'token');
  writeFileSync(tokenFile, 'service-account-token\n');

  test('exchanges the service account token, keeps the answer, renews it before it ends', async () => {
    const bodies: string[] = [];
    const authority = await serveWith((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(`${request.url} ${body}`);
        response.end(JSON.stringify({ access_token: `t${bodies.length}`, expires_in: 3600 }));
      });
    });
    let at = 0;
    const token = storageTokens({ authorityHost: `${authority}/`, tenantId: 'tenant', clientId: 'client', tokenFile }, () => at);
    expect(await token()).toBe('t1');
    expect(await token()).toBe('t1');
    at = 3_301_000;
    expect(await token()).toBe('t2');
    expect(bodies[0]).toContain('/tenant/oauth2/v2.0/token');
    expect(bodies[0]).toContain('client_assertion=service-account-token');
    expect(bodies[0]).toContain('scope=https%3A%2F%2Fstorage.azure.com%2F.default');
  });

  test('a refused token is unreachable storage, not an open gate', async () => {
    const authority = await serveWith((_, response) => response.writeHead(401).end('{"error":"invalid_client"}'));
    const token = storageTokens({ authorityHost: `${authority}/`, tenantId: 'tenant', clientId: 'client', tokenFile }, () => 0);
    expect((await readBlob('http://127.0.0.1:1/gate', token)).kind).toBe('unreachable');
  });

  test('200 is read, 404 is absent, anything else unreachable', async () => {
    const blob = await serveWith((request, response) => {
      const status = Number(request.url?.slice(1));
      const signed = request.headers.authorization === 'Bearer t' && request.headers['x-ms-version'] !== undefined;
      response.writeHead(signed ? status : 400).end('body');
    });
    const token = (): Promise<string> => Promise.resolve('t');
    expect(await readBlob(`${blob}/200`, token)).toEqual({ kind: 'read', text: 'body' });
    expect(await readBlob(`${blob}/404`, token)).toEqual({ kind: 'absent' });
    expect((await readBlob(`${blob}/403`, token)).kind).toBe('unreachable');
    expect((await readBlob(`${blob}/500`, token)).kind).toBe('unreachable');
    expect((await readBlob('http://127.0.0.1:1/', token)).kind).toBe('unreachable');
  });
});

describe('sample workload', () => {
  test('draining makes it unready and keeps it serving', async () => {
    const sample = createSampleServer('swc');
    const url = await serve(sample.server);
    expect(await (await fetch(url)).text()).toBe('swc\n');
    sample.drain();
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(url)).status).toBe(200);
  });
});
