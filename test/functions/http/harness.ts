import { HttpRequest, InvocationContext, type HttpRequestInit } from '@azure/functions';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type FetchImplementation, type JWK } from 'jose';
import type { ChainedEntry, LedgerEntry, LedgerEvent } from '../../../src/domain/ledgerEvent.ts';
import { chainEntry } from '../../../src/domain/ledgerView/hashEntry.ts';
import type { Controls, RunRequest } from '../../../src/domain/run.ts';
import { createTokenVerifier } from '../../../src/functions/http/auth/tokenVerifier.ts';
import type { DecisionEvent, RunOpened } from '../../../src/activities/contracts.ts';
import type { HttpDeps } from '../../../src/functions/http/deps.ts';
import { routes } from '../../../src/functions/http/routes/index.ts';
import type { StateStore, Versioned } from '../../../src/ports/state.ts';
import { fleetAssessment, now, sampleFleet, samplePlan } from '../../domain/check/fixture.ts';

export const tenantId = '11111111-2222-4333-8444-555555555555';
export const authorityHost = 'https://login.example.test';
export const apiAudience = 'api://spillway';
export const alertAudience = 'api://spillway-alerts';

const { privateKey, publicKey } = await generateKeyPair('RS256');
const stranger = await generateKeyPair('RS256');
const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };

export interface TokenChange {
  readonly claims?: Record<string, unknown>;
  readonly issuer?: string;
  readonly audience?: string;
  readonly issuedAt?: number;
  readonly expiresAt?: number | null;
  readonly key?: 'ours' | 'strangers';
  readonly kid?: string;
}

/** A token as Entra makes it, signed with the tenant's key unless told otherwise. */
export async function token(roles: readonly string[], change: TokenChange = {}): Promise<string> {
  const issuedAt = Math.floor((change.issuedAt ?? now) / 1000);
  const signer: CryptoKey = change.key === 'strangers' ? stranger.privateKey : privateKey;
  const jwt = new SignJWT({ tid: tenantId, oid: 'oid-ada', preferred_username: 'ada@example.test', roles: [...roles], ver: '2.0', azp: 'client-1', ...change.claims })
    .setProtectedHeader({ alg: 'RS256', kid: change.kid ?? 'k1', typ: 'JWT' })
    .setIssuer(change.issuer ?? `${authorityHost}/${tenantId}/v2.0`)
    .setAudience(change.audience ?? apiAudience)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt);
  if (change.expiresAt !== null) jwt.setExpirationTime(Math.floor((change.expiresAt ?? now + 3_600_000) / 1000));
  return jwt.sign(signer);
}

export const actionGroupToken = (change: TokenChange = {}): Promise<string> =>
  token(['ActionGroupsSecureWebhook'], { audience: alertAudience, ...change, claims: { azp: '461e8683-5575-4561-ac7f-899cc907d62a', ...change.claims } });

export const keysFetch: FetchImplementation = () => Promise.resolve(Response.json({ keys: [jwk] }));

/** A state store in memory that keeps the port's promises: create once, replace under the etag only. */
export function memoryState(): StateStore & { readonly documents: Map<string, Versioned<unknown>>; readonly ttl: Map<string, number | undefined> } {
  const documents = new Map<string, Versioned<unknown>>();
  const ttl = new Map<string, number | undefined>();
  let version = 0;
  return {
    documents,
    ttl,
    async read<T>(key: Parameters<StateStore['read']>[0]) {
      return (documents.get(`${key.kind}/${key.id}`) as Versioned<T> | undefined) ?? null; // the caller names the type, as with the real store
    },
    async write(key, value, etag, ttlSeconds) {
      const id = `${key.kind}/${key.id}`;
      if ((documents.get(id)?.etag ?? null) !== etag) return { kind: 'conflict' };
      version += 1;
      documents.set(id, { id: key.id, value: structuredClone(value), etag: String(version) });
      ttl.set(id, ttlSeconds);
      return { kind: 'written', etag: String(version) };
    },
    async list<T>(kind: string, limit: number) {
      return [...documents].filter(([id]) => id.startsWith(`${kind}/`)).slice(0, limit).map(([, document]) => document as Versioned<T>); // as above
    },
  };
}

export interface Harness {
  readonly deps: HttpDeps;
  readonly opened: RunRequest[];
  readonly decisions: { readonly runId: string; readonly decision: DecisionEvent }[];
  readonly looks: string[];
  readonly recorded: LedgerEntry[];
  readonly logged: string[];
  readonly state: ReturnType<typeof memoryState>;
  readonly set: { controls: Controls; freshness: 'fresh' | 'lastKnown' };
  /** Puts a run into the ledger. */
  readonly addRun: (runId: string, events: readonly LedgerEvent[]) => void;
  readonly call: (method: string, path: string, init?: CallInit) => Promise<Answered>;
}

export interface CallInit {
  readonly roles?: readonly string[];
  readonly token?: string | null;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly headers?: Record<string, string>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  // eslint-disable-next-line typescript/no-explicit-any -- answers are looked at as the JSON they are
  readonly body: any;
}

export function harness(change: Partial<HttpDeps> & { readonly open?: (request: RunRequest) => RunOpened } = {}): Harness {
  const { open, ...overrides } = change;
  const state = memoryState();
  const runs = new Map<string, ChainedEntry[]>();
  const opened: RunRequest[] = [];
  const decisions: Harness['decisions'] = [];
  const looks: string[] = [];
  const recorded: LedgerEntry[] = [];
  const logged: string[] = [];
  const set: Harness['set'] = { controls: { killSwitch: 'off', mode: 'auto', setBy: 'grace', setAt: now - 1000 }, freshness: 'fresh' };
  let ids = 0;
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const addRun: Harness['addRun'] = (runId, events) => {
    const entries: ChainedEntry[] = [];
    events.forEach((event, index) => entries.push(chainEntry({ id: `${index}`, runId, at: now + index * 1000, controlRegion: 'westeurope', epoch: 3, stamps: ['eastus2'], event }, entries.at(-1) ?? null)));
    runs.set(runId, entries);
  };
  const deps: HttpDeps = {
    fleet: sampleFleet(), controlRegion: 'westeurope', clock, state,
    tokens: createTokenVerifier({ tenantId, authorityHost, apiAudience, alertAudience }, clock, keysFetch),
    ledger: {
      record: async (entry) => { recorded.push(entry); return { kind: 'stored' }; },
      readEntry: async () => null,
      readRun: async (runId) => runs.get(runId) ?? [],
      listRuns: async (query) => [...runs.values()].flatMap((entries) => entries.slice(0, 1)).filter((entry) => query.stamp === null || entry.stamps.includes(query.stamp)).slice(0, query.limit),
      drainOutbox: async () => ({ moved: 0, left: 0 }),
    },
    controls: {
      readControls: async () => ({ ...set, stops: {} }),
      stopRun: async () => 'ordered',
      setControls: async (controls, by) => { set.controls = { ...set.controls, ...controls, setBy: by, setAt: now }; return set.controls; },
    },
    view: { readAssessment: async () => fleetAssessment(), readRuns: async () => ({ activeRun: null, drained: [], recentRuns: [] }) },
    planDryRun: async () => ({ kind: 'planned', plan: samplePlan(), findings: [] }),
    capacity: { certificate: async () => null, simulate: () => Promise.reject(new Error('not in this test')) },
    randomId: () => String(ids += 1).padStart(8, '0'),
    log: (message) => logged.push(message),
    starterOf: () => ({
      openRun: async (request) => {
        const before = opened.some((one) => one.runId === request.runId);
        const result: RunOpened = open?.(request) ?? { kind: before ? 'exists' : 'opened', runId: request.runId };
        if (result.kind === 'opened') {
          opened.push(request);
          addRun(request.runId, [{ type: 'RunOpened', request }]);
        }
        return result;
      },
      requestAssessment: async (reason) => { looks.push(reason); },
      raiseDecision: async (runId, decision) => { decisions.push({ runId, decision }); },
    }),
    ...overrides,
  };
  return { deps, opened, decisions, looks, recorded, logged, state, set, addRun, call: (method, path, init) => send(deps, method, path, init ?? {}) };
}

/** Routes as the Functions host does: by method and path below /api. */
async function send(deps: HttpDeps, method: string, path: string, init: CallInit): Promise<Answered> {
  const url = new URL(path, 'https://spillway.example.test');
  for (const route of routes) {
    const params = route.method === method ? matched(`/api/${route.path}`, url.pathname) : null;
    if (params === null) continue;
    const bearer = init.token === undefined ? (route.access === 'actionGroup' ? await actionGroupToken() : await token(init.roles ?? ['Reader', 'Operator', 'Approver'])) : init.token;
    const given = init.rawBody ?? (init.body === undefined ? undefined : JSON.stringify(init.body));
    const text = method === 'GET' ? undefined : given;
    const request: HttpRequestInit = {
      method, url: url.href, params, query: Object.fromEntries(url.searchParams),
      headers: { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers },
      ...(text === undefined ? {} : { body: { string: text } }),
    };
    const response = await route.respond(deps, new HttpRequest(request), new InvocationContext());
    const headers = response.headers as Record<string, string>; // the routes answer with plain objects
    const body: unknown = response.jsonBody ?? (typeof response.body === 'string' ? JSON.parse(response.body) : null);
    return { status: response.status ?? 200, headers, body };
  }
  throw new Error(`no route ${method} ${path}`);
}

function matched(pattern: string, path: string): Record<string, string> | null {
  const names = [...pattern.matchAll(/{(\w+)}/g)].map((match) => match[1] ?? '');
  const found = new RegExp(`^${pattern.replaceAll(/{\w+}/g, '([^/]+)')}$`).exec(path);
  return found === null ? null : Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
}
