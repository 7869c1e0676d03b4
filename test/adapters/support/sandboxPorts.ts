import { createAzure, type Azure } from '../../../sandbox/azure/index.ts';
import { VirtualClock } from '../../../sandbox/clock/index.ts';
import { createWorld, parseFleetForWorld, specFromFleet, type SimulatedWorld, type SpecOptions } from '../../../sandbox/world/index.ts';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { blobClients } from '../../../src/adapters/blob/blobClients.ts';
import { blobFence } from '../../../src/adapters/blob/fence.ts';
import { blobGate } from '../../../src/adapters/blob/gate.ts';
import { blobOutbox } from '../../../src/adapters/blob/outbox.ts';
import { cosmosContainers } from '../../../src/adapters/cosmos/cosmosClient.ts';
import { cosmosLedger } from '../../../src/adapters/cosmos/ledger.ts';
import { cosmosState } from '../../../src/adapters/cosmos/state.ts';
import { createPorts } from '../../../src/adapters/createPorts.ts';
import type { SdkContext } from '../../../src/adapters/http/sdkContext.ts';
import type { Fault } from '../../../sandbox/world/types.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { startMs } from './fakeContext.ts';
import { fleetFromText, sampleFleetText } from './fleet.ts';
import type { Fleet } from '../../../src/domain/fleet.ts';

/** The sandbox's Azure in memory, and the adapters on the real SDKs before it. */
export interface SandboxHarness {
  readonly azure: Azure;
  readonly world: SimulatedWorld;
  readonly clock: VirtualClock;
  readonly context: SdkContext;
  readonly ports: Ports;
  readonly fleet: Fleet;
  readonly advance: (ms: number) => void;
  /** How many requests of this kind went out so far, retries included. */
  requests(isOne: (method: string, url: string) => boolean): () => number;
  inject(fault: Fault): () => void;
  /** A second process of the same control plane: nothing cached. */
  another(): Ports;
}

const settings = (azure: Azure) => {
  const { endpoints } = azure;
  return {
    controlRegion: 'northcentralus',
    cosmosEndpoint: `${endpoints.cosmos}/`,
    cosmosDatabase: 'spillway',
    fenceBlobUrl: `${endpoints.blob}/stspillway/fence`,
    outboxBlobUrl: `${endpoints.blob}/stspillway/outbox-northcentralus`,
    armEndpoint: endpoints.arm,
    metricsEndpoint: endpoints.arm,
    logsEndpoint: endpoints.logs,
    pricesEndpoint: endpoints.prices,
    authorityHost: endpoints.authority,
    identityClientId: null,
  };
};

export function openSandbox(fleetText: string = sampleFleetText, options: SpecOptions = {}): SandboxHarness {
  const clock = new VirtualClock(startMs);
  const fleet = fleetFromText(fleetText);
  const world = createWorld(specFromFleet(parseFleetForWorld(fleetText), options), { clock, seed: 7 });
  const azure = createAzure(world);
  const credential = {
    getToken: (scopes: string | string[]) => {
      const audience = String(scopes).replace(/\/?\.default$/, '');
      return Promise.resolve({ token: azure.issueToken({ as: 'controlPlane', audience }), expiresOnTimestamp: Date.now() + 3_600_000 });
    },
  };
  const adapterClock = {
    now: () => clock.now(),
    // With a signal it is a time limit on other work, which must not be won by skipping ahead.
    sleep: (ms: number, signal?: AbortSignal) => {
      if (signal !== undefined) return new Promise<void>(() => undefined);
      clock.runUntil(clock.now() + ms);
      return Promise.resolve();
    },
  };
  const inner = azure.httpClient();
  const sent: { readonly method: string; readonly url: string }[] = [];
  const httpClient: HttpClient = {
    sendRequest: (request) => {
      sent.push({ method: request.method, url: request.url });
      return inner.sendRequest(request);
    },
  };
  const overrides = { credential, httpClient, clock: adapterClock, random: () => 0.5 };
  const make = (): Ports => createPorts(settings(azure), fleet, overrides);
  return {
    azure,
    world,
    clock,
    context: { credential, httpClient, clock: adapterClock, random: () => 0.5, armEndpoint: azure.endpoints.arm, metricsEndpoint: azure.endpoints.arm, logsEndpoint: azure.endpoints.logs },
    ports: make(),
    fleet,
    another: make,
    requests: (isOne) => () => sent.filter(({ method, url }) => isOne(method, url)).length,
    advance: (ms) => {
      clock.runUntil(clock.now() + ms);
    },
    inject: (fault) => {
      const id = world.faults.inject(fault);
      return () => {
        world.faults.heal(id);
      };
    },
  };
}

/** The stores alone, for contracts that need two of the same kind. */
export function storesOf({ context, azure }: SandboxHarness) {
  const options = settings(azure);
  const blobs = blobClients(context);
  const containers = cosmosContainers(context, { endpoint: options.cosmosEndpoint, database: options.cosmosDatabase });
  const outbox = blobOutbox(context, blobs, options.outboxBlobUrl);
  return {
    containers,
    outbox,
    fence: (controlRegion = options.controlRegion) => blobFence(context, blobs, options.fenceBlobUrl, controlRegion),
    gate: () => blobGate(context, blobs),
    state: () => cosmosState(context, containers.state),
    ledger: () => cosmosLedger(context, containers.ledger, outbox),
  };
}

/** Moves virtual time on while a call waits for it: for answers that take their time, or never come. */
export async function driven<T>(sandbox: SandboxHarness, call: Promise<T>): Promise<T> {
  const ended = call.then(() => 'ended' as const, () => 'ended' as const);
  for (let turn = 0; turn < 10_000; turn += 1) {
    const first = await Promise.race([ended, new Promise<'turn'>((resolve) => setImmediate(() => { resolve('turn'); }))]);
    if (first === 'ended') break;
    sandbox.advance(20);
  }
  return call;
}
