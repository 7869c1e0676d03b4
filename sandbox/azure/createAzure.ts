import path from 'node:path';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { BusyTracker } from '../clock/index.ts';
import type { World } from '../world/types.ts';
import type { ClockControl } from './admin/clockControl.ts';
import { createAdminFace } from './admin/index.ts';
import { createArmFace } from './arm/index.ts';
import { clusterFaces } from './clusterFaces.ts';
import { dataFaces, type DataFaceOptions } from './dataFaces.ts';
import { createAuthorizer, type RoleEnforcement } from './entra/authorizer.ts';
import { createEntraFace } from './entra/index.ts';
import { issueToken, type IssueTokenOptions } from './entra/issueToken.ts';
import { signingKeyIn } from './entra/signingKey.ts';
import { createTokens, type Tokens } from './entra/tokens.ts';
import { environmentFor, identityHeader, shellSnippet } from './environment.ts';
import type { Face, FaceRequest, FaceResponse } from './face.ts';
import { createLogsFace } from './logs/index.ts';
import { createOriginFace } from './origins/index.ts';
import { createPricesFace } from './prices/index.ts';
import { listenOnLoopback, type Listening, type Target } from './listening.ts';
import { gatewayHost, hosts, originHost, symbolicEndpoints, type Endpoints } from './routing.ts';
import { createSink, type Notice } from './sink/index.ts';
import { ensureFolder, removeFolder } from './stateFolder.ts';
import type { ConnectionDeps } from './transport/connection.ts';
import { createFetchLike, type FetchLike } from './transport/fetchLike.ts';
import { createHttpClient } from './transport/httpClient.ts';
import { createWaits } from './transport/waits.ts';

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
  /** Told of each request that a face has answered, before the answer goes out; `host` is the symbolic one. */
  readonly onAnswer?: (host: string, request: FaceRequest) => void;
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
  let listening: Listening | null = null;
  const current = (): Endpoints => listening?.endpoints ?? symbolic;
  let known: readonly Endpoints[] = [symbolic];
  const addresses = (): readonly Endpoints[] => known;
  const endpointsFor = (request: FaceRequest): Endpoints => (request.url.hostname.endsWith('.sandbox.test') || listening === null ? symbolic : listening.endpoints);
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
  const served = new Map<string, Face>([
    [hosts.arm, createArmFace({ world, tokens, authorizer, addresses, endpointsFor })],
    [hosts.authority, createEntraFace({ tokens, now, faults: world.faults, identityHeader, addresses })],
    [hosts.sink, sink.face],
    [hosts.prices, createPricesFace(world)],
    [hosts.logs, createLogsFace({ world, tokens, authorizer, addresses })],
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
  const { onAnswer } = options;
  const faces = onAnswer === undefined ? served : new Map([...served].map(([host, face]) => [host, telling(face, (request) => onAnswer(host, request))]));

  const handle = async (request: FaceRequest): Promise<FaceResponse> => {
    const face = faces.get(request.url.hostname);
    if (face === undefined) return { status: 421, headers: { 'content-type': 'text/plain' }, body: `the sandbox has no host ${request.url.hostname}\n` };
    return await face(request);
  };

  /** By host where the client names one of the sandbox's, else by the port it came to. */
  const dispatch = async (target: Target, request: FaceRequest): Promise<FaceResponse> => {
    if (faces.has(request.url.hostname)) return await handle(request);
    const face = faces.get(target.host);
    if (face === undefined) return { status: 404, headers: { 'content-type': 'text/plain' }, body: `the sandbox has nothing at ${request.url.pathname}\n` };
    return await face(target.url === null ? request : { ...request, url: target.url });
  };

  const connection: ConnectionDeps = {
    handle: (request) => {
      const face = faces.get(request.url.hostname);
      if (face !== undefined) return face(request);
      const target = listening?.targetOf(request.url) ?? null;
      return target === null ? null : dispatch(target, request);
    },
    tracker,
    waits,
  };

  const listen = async ({ port = 0 }: ListenOptions = {}): Promise<Endpoints> => {
    listening ??= await listenOnLoopback({ stampNames, folder: ensureFolder(options.stateFolder), port, tracker, dispatch });
    known = [listening.endpoints, symbolic];
    return listening.endpoints;
  };

  const close = async (): Promise<void> => {
    const open = listening;
    listening = null;
    known = [symbolic];
    await open?.close();
    // what nobody asked to keep goes with the listeners it was made for
    const caPemPath = open?.endpoints.caPemPath ?? null;
    if (options.stateFolder === undefined && caPemPath !== null) removeFolder(path.dirname(caPemPath));
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

const telling =
  (face: Face, tell: (request: FaceRequest) => void): Face =>
  async (request) => {
    const response = await face(request);
    tell(request);
    return response;
  };
