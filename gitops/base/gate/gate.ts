// The gate of a stamp: Front Door's probes ask it, and drain the stamp when it says 503.
//
//   blob says closed, not expired      -> closed
//   blob says open, or is not there    -> open
//   blob cannot be read                -> the last state that was read, until it expires
//   closed has expired, or nothing was ever read -> open
//
// It fails open: a gate that cannot ask must not close a region, and a region that was closed while its storage went
// away opens by itself at the time that was set when it was closed. Its liveness and readiness have nothing to do with
// its state: a closed gate is a healthy pod.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';

export type GateState = 'open' | 'closed';

/** What the last readable blob said. `expiresAt` in epoch milliseconds; null = never closed by it. */
export interface Known {
  readonly state: GateState;
  readonly expiresAt: number | null;
}

export type BlobRead = { readonly kind: 'read'; readonly text: string } | { readonly kind: 'absent' } | { readonly kind: 'unreachable'; readonly why: string };

const open: Known = { state: 'open', expiresAt: null };

/** What is known after a read. A blob that is not understood counts as open: it says nothing about closing. */
export function afterRead(known: Known, read: BlobRead): Known {
  if (read.kind === 'unreachable') return known;
  if (read.kind === 'absent') return open;
  return parse(read.text);
}

/** What the gate answers at an instant. A closed state without an expiry is no state that Spillway writes: open. */
export function answer(known: Known, nowMs: number): GateState {
  return known.state === 'closed' && known.expiresAt !== null && nowMs < known.expiresAt ? 'closed' : 'open';
}

function parse(text: string): Known {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return open;
  }
  if (typeof value !== 'object' || value === null || !('state' in value) || value.state !== 'closed') return open;
  const expiresAt = 'expiresAt' in value && typeof value.expiresAt === 'string' ? Date.parse(value.expiresAt) : Number.NaN;
  return Number.isNaN(expiresAt) ? open : { state: 'closed', expiresAt };
}

export interface IdentitySettings {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly tokenFile: string;
}

/** Storage tokens by workload identity: the service account's own token is exchanged for one of Entra's, and kept. */
export function storageTokens(identity: IdentitySettings, now: () => number): () => Promise<string> {
  let kept: { readonly token: string; readonly renewAt: number } | null = null;
  return async () => {
    if (kept !== null && now() < kept.renewAt) return kept.token;
    const response = await fetch(new URL(`${identity.tenantId}/oauth2/v2.0/token`, identity.authorityHost), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: identity.clientId,
        scope: 'https://storage.azure.com/.default',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: (await readFile(identity.tokenFile, 'utf8')).trim(),
      }),
      signal: AbortSignal.timeout(4000),
    });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('access_token' in body) || typeof body.access_token !== 'string') {
      throw new Error(`Entra gave no token: ${response.status}`);
    }
    const seconds = 'expires_in' in body && typeof body.expires_in === 'number' ? body.expires_in : 300;
    kept = { token: body.access_token, renewAt: now() + (seconds - Math.min(300, seconds / 2)) * 1000 };
    return kept.token;
  };
}

/** One read of the blob. Never throws: whatever goes wrong is `unreachable`. */
export async function readBlob(blobUrl: string, token: () => Promise<string>): Promise<BlobRead> {
  try {
    const response = await fetch(blobUrl, {
      headers: { authorization: `Bearer ${await token()}`, 'x-ms-version': '2024-11-04' },
      signal: AbortSignal.timeout(4000),
    });
    const text = await response.text();
    if (response.status === 200) return { kind: 'read', text };
    if (response.status === 404) return { kind: 'absent' };
    return { kind: 'unreachable', why: `storage answered ${response.status}` };
  } catch (error) {
    return { kind: 'unreachable', why: error instanceof Error ? error.message : String(error) };
  }
}

/** The probe path answers 200 or 503; /livez and /readyz answer 200 whatever the state; anything else is 404. */
export function gateServer(gatePath: string, state: () => GateState): Server {
  return createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const health = path === '/livez' || path === '/readyz';
    const status = path === gatePath ? (state() === 'open' ? 200 : 503) : health ? 200 : 404;
    response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : `${path === gatePath ? state() : health ? 'ok' : 'not found'}\n`);
  });
}

const pollSeconds = 5;

if (import.meta.main) {
  const setting = (name: string): string => {
    const value = process.env[name];
    if (value === undefined || value === '') throw new Error(`${name} is missing`);
    return value;
  };
  const tokens = storageTokens(
    { authorityHost: setting('AZURE_AUTHORITY_HOST'), tenantId: setting('AZURE_TENANT_ID'), clientId: setting('AZURE_CLIENT_ID'), tokenFile: setting('AZURE_FEDERATED_TOKEN_FILE') },
    Date.now,
  );
  const blobUrl = setting('GATE_BLOB_URL');
  let known = open;
  const poll = async (): Promise<void> => {
    const read = await readBlob(blobUrl, tokens);
    const before = answer(known, Date.now());
    known = afterRead(known, read);
    const after = answer(known, Date.now());
    if (read.kind === 'unreachable') console.warn(`gate state cannot be read, ${after} for now: ${read.why}`);
    if (after !== before) console.log(`gate is ${after}`);
    setTimeout(() => void poll(), pollSeconds * 1000);
  };
  await poll();
  const server = gateServer(setting('GATE_PATH'), () => answer(known, Date.now())).listen(8080);
  process.on('SIGTERM', () => setTimeout(() => server.close(() => process.exit(0)), 10_000));
}
