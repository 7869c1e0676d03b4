import path from 'node:path';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { BusyTracker } from '../clock/index.ts';
import type { World } from '../world/types.ts';
import type { ClockControl } from './admin/clockControl.ts';
import { createAdminFace } from './admin/index.ts';
import { createArmFace } from './arm/index.ts';
import { certificatesIn } from './certificates.ts';
import { clusterFaces } from './clusterFaces.ts';
import { dataFaces, type DataFaceOptions } from './dataFaces.ts';
import { createAuthorizer, type RoleEnforcement } from './entra/authorizer.ts';
import { createEntraFace } from './entra/index.ts';
import { aksServerAppId, principals, spillwayApiAppId, type PrincipalName } from './entra/principals.ts';
import { signingKeyIn } from './entra/signingKey.ts';
import { createTokens, type TokenRequest, type Tokens } from './entra/tokens.ts';
import { environmentFor, identityHeader, shellSnippet } from './environment.ts';
import type { Face, FaceRequest, FaceResponse } from './face.ts';
import { createOriginFace } from './origins/index.ts';
import { edgeTarget, gatewayHost, hostOnManagementPort, hosts, kubeHost, originHost, symbolicEndpoints, type Endpoints } from './routing.ts';
import { listenTls, type Listener } from './server.ts';
import { createSink, type Notice } from './sink/index.ts';
import { ensureFolder, readPorts, removeFolder, writePorts } from './stateFolder.ts';
import type { ConnectionDeps } from './transport/connection.ts';
import { createFetchLike, type FetchLike } from './transport/fetchLike.ts';
import { createHttpClient } from './transport/httpClient.ts';
import { createWaits } from './transport/waits.ts';

export { createClockControl, type ClockControl } from './admin/clockControl.ts';
export { environmentFor, identityHeader, shellSnippet } from './environment.ts';
export { resolveFleet, symbolicEndpoints, type Endpoints } from './routing.ts';
export { aksServerAppId, azureMonitorWebhookAppId, principals, spillwayApiAppId, type PrincipalName } from './entra/principals.ts';
export type { FetchLike } from './transport/fetchLike.ts';
export type { Notice } from './sink/index.ts';
export type { RoleEnforcement } from './entra/authorizer.ts';

export interface AzureOptions {
  /** Whether the product's role table is enforced; it is unless told otherwise. */
  readonly roleEnforcement?: RoleEnforcement;
  /** Counts requests under way, so that virtual time stands still meanwhile. */
  readonly tracker?: BusyTracker;
  /**
   * Keeps the CA, the tenant's signing key and the ports, so that clients of an earlier life go on; left out: a new
   * temporary folder for ca.pem, and the process's own key.
   */
  readonly stateFolder?: string;
  /** How the admin face steps and paces the clock; left out, it cannot. See createClockControl. */
  readonly clockControl?: ClockControl;
  /** Stores of an earlier life, for the data services. */
  readonly data?: DataFaceOptions;
}

export interface IssueTokenOptions extends Partial<Omit<TokenRequest, 'principal' | 'audience'>> {
  readonly as: PrincipalName;
  /** A service, or any audience as it stands in the token. `alerts` is the Spillway API with the action group's role. */
  readonly audience: 'arm' | 'cosmos' | 'storage' | 'aks' | 'api' | 'alerts' | (string & {});
}

export interface ListenOptions {
  /** Of Resource Manager; the others are taken as they are free. */
  readonly port?: number;
}

/** An Azure of one world: every face by its symbolic host, reached in memory or over TLS on loopback. */
export interface Azure {
  readonly world: World;
  readonly faces: ReadonlyMap<string, Face>;
  readonly tokens: Tokens;
  readonly tracker: BusyTracker;
  readonly notices: readonly Notice[];
  /** Where clients find it: loopback ports once it listens, symbolic hosts before. */
  readonly endpoints: Endpoints;
  /** Dispatches by host. Throws ConnectionFault for what a network would do. */
  handle(request: FaceRequest): Promise<FaceResponse>;
  /** For the Azure SDKs (`{ httpClient }`) and @azure/identity. */
  httpClient(): HttpClient;
  /** For fetch and the HttpLibrary of @kubernetes/client-node. */
  readonly fetchLike: FetchLike;
  issueToken(options: IssueTokenOptions): string;
  /** Settings for the app against `endpoints`. */
  environment(controlRegion?: string): Readonly<Record<string, string>>;
  shellSnippet(): string;
  listen(options?: ListenOptions): Promise<Endpoints>;
  close(): Promise<void>;
}

export function createAzure(world: World, options: AzureOptions = {}): Azure {
  const tracker = options.tracker ?? new BusyTracker();
  const stampNames = [...world.stamps.keys()];
  const symbolic = symbolicEndpoints(stampNames);
  let listening: Endpoints | null = null;
  const current = (): Endpoints => listening ?? symbolic;
  const addresses = (): readonly Endpoints[] => (listening === null ? [symbolic] : [listening, symbolic]);
  const endpointsFor = (request: FaceRequest): Endpoints => (request.url.hostname.endsWith('.sandbox.test') || listening === null ? symbolic : listening);
  const now = (): number => world.clock.now();
  const tokens = createTokens({
    tenantId: world.spec.tenantId,
    now,
    authority: () => current().authority,
    ...(options.stateFolder === undefined ? {} : { key: signingKeyIn(ensureFolder(options.stateFolder)) }),
  });
  const authorizer = createAuthorizer(options.roleEnforcement ?? 'enforced');
  const waits = createWaits(world.clock, tracker);
  const sink = createSink(now);

  const deps = { world, tokens, authorizer, addresses, waits };
  const faces = new Map<string, Face>([
    [hosts.arm, createArmFace({ world, tokens, authorizer, addresses, endpointsFor })],
    [hosts.authority, createEntraFace({ tokens, now, faults: world.faults, identityHeader, addresses })],
    [hosts.sink, sink.face],
    ...stampNames.map((stamp): readonly [string, Face] => [originHost(stamp), createOriginFace(world, stamp, 'origin', waits)]),
    ...stampNames.map((stamp): readonly [string, Face] => [gatewayHost(stamp), createOriginFace(world, stamp, 'gateway', waits)]),
    [
      hosts.admin,
      createAdminFace({
        world,
        notices: sink.notices,
        clockControl: options.clockControl ?? null,
        park: () => tracker.park(),
        shellSnippet: () => shellSnippet(current(), { tenantId: world.spec.tenantId }),
        issueToken: (as, audience) => issueToken(tokens, current(), { as, audience }),
      }),
    ],
    ...clusterFaces(deps),
    ...dataFaces(deps, options.data ?? {}),
  ]);

  const handle = async (request: FaceRequest): Promise<FaceResponse> => {
    const face = faces.get(request.url.hostname.toLowerCase());
    if (face === undefined) return { status: 421, headers: { 'content-type': 'text/plain' }, body: `the sandbox has no host ${request.url.hostname}\n` };
    return await face(request);
  };

  const connection: ConnectionDeps = {
    handle: async (request) => {
      const target = listening === null ? null : loopbackTarget(request.url, listening);
      return target === null ? await handle(request) : await dispatch(target, request);
    },
    knows: (url) => (faces.has(url.hostname.toLowerCase()) || (listening !== null && loopbackTarget(url, listening) !== null) ? 'known' : 'unknown'),
    tracker,
    waits,
  };

  /** A face by host, with the URL that it should see: its own where paths were rewritten, the client's elsewhere. */
  const dispatch = async (target: Target, request: FaceRequest): Promise<FaceResponse> => {
    const face = faces.get(target.host);
    if (face === undefined) return { status: 404, headers: { 'content-type': 'text/plain' }, body: `the sandbox has nothing at ${request.url.pathname}\n` };
    return await face(target.url === null ? request : { ...request, url: target.url });
  };

  const listeners: Listener[] = [];

  const listen = async ({ port = 0 }: ListenOptions = {}): Promise<Endpoints> => {
    if (listening !== null) return listening;
    const folder = ensureFolder(options.stateFolder);
    const certificates = await certificatesIn(folder);
    const before = readPorts(folder);
    const ports: Record<string, number> = {};
    const open = async (service: string, targetOf: (url: URL) => Target, wanted = before[service] ?? 0): Promise<string> => {
      const listener = await listenTls({
        certificates,
        port: wanted,
        tracker,
        handle: (request) => (faces.has(request.url.hostname) ? handle(request) : dispatch(targetOf(request.url), request)),
      });
      listeners.push(listener);
      ports[service] = listener.port;
      return `https://localhost:${listener.port}`;
    };
    const fixed = (host: string): ((url: URL) => Target) => () => ({ host, url: null });
    const arm = await open('arm', (url) => ({ host: hostOnManagementPort(url), url: null }), port === 0 ? before['arm'] : port);
    const edge = await open('edge', edgeOf);
    const kube: Record<string, string> = {};
    for (const stamp of stampNames) kube[stamp] = await open(`kube-${stamp}`, fixed(kubeHost(stamp)));
    const perStamp = (kind: 'origin' | 'gateway'): Readonly<Record<string, string>> => Object.fromEntries(stampNames.map((stamp) => [stamp, `${edge}/${kind}/${stamp}`]));
    listening = {
      arm,
      authority: arm,
      identity: `${arm}/msi/token`,
      cosmos: await open('cosmos', fixed(hosts.cosmos)),
      blob: await open('blob', fixed(hosts.blob)),
      sink: `${edge}/sink`,
      admin: await open('admin', fixed(hosts.admin)),
      kube,
      origin: perStamp('origin'),
      gateway: perStamp('gateway'),
      caPem: certificates.caPem,
      caPemPath: certificates.caPemPath,
    };
    writePorts(folder, ports);
    return listening;
  };

  const close = async (): Promise<void> => {
    const folder = listening?.caPemPath;
    listening = null;
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
    // what nobody asked to keep goes with the listeners it was made for
    if (options.stateFolder === undefined && typeof folder === 'string') removeFolder(path.dirname(folder));
  };

  return {
    world,
    faces,
    tokens,
    tracker,
    notices: sink.notices,
    get endpoints() {
      return current();
    },
    handle,
    httpClient: () => createHttpClient(connection, world.clock),
    fetchLike: createFetchLike(connection),
    issueToken: (request) => issueToken(tokens, current(), request),
    environment: (controlRegion) => environmentFor(current(), { tenantId: world.spec.tenantId, ...(controlRegion === undefined ? {} : { controlRegion }) }),
    shellSnippet: () => shellSnippet(current(), { tenantId: world.spec.tenantId }),
    listen,
    close,
  };
}

interface Target {
  readonly host: string;
  readonly url: URL | null;
}

const edgeOf = (url: URL): Target => {
  const target = edgeTarget(url);
  return target === null ? { host: '', url: null } : { host: target.hostname, url: target };
};

/** In-memory clients may use the loopback addresses too, once there are some. */
function loopbackTarget(url: URL, endpoints: Endpoints): Target | null {
  const at = (address: string): boolean => new URL(address).host === url.host;
  if (at(endpoints.arm)) return { host: hostOnManagementPort(url), url: null };
  if (at(endpoints.sink)) return edgeOf(url);
  if (at(endpoints.cosmos)) return { host: hosts.cosmos, url: null };
  if (at(endpoints.blob)) return { host: hosts.blob, url: null };
  if (at(endpoints.admin)) return { host: hosts.admin, url: null };
  const stamp = Object.entries(endpoints.kube).find(([, address]) => at(address))?.[0];
  return stamp === undefined ? null : { host: kubeHost(stamp), url: null };
}

function issueToken(tokens: Tokens, endpoints: Endpoints, { as, audience, ...more }: IssueTokenOptions): string {
  const principal = principals[as];
  switch (audience) {
    case 'arm':
      return tokens.issue({ principal, audience: 'https://management.azure.com/', version: 'v1', ...more });
    case 'cosmos':
      return tokens.issue({ principal, audience: endpoints.cosmos, version: 'v1', ...more });
    case 'storage':
      return tokens.issue({ principal, audience: 'https://storage.azure.com/', version: 'v1', ...more });
    case 'aks':
      return tokens.issue({ principal, audience: aksServerAppId, version: 'v1', ...more });
    case 'api':
    case 'alerts':
      return tokens.issue({ principal, audience: spillwayApiAppId, version: 'v2', roles: principal.apiRoles, ...more });
    default:
      return tokens.issue({ principal, audience, ...more });
  }
}
