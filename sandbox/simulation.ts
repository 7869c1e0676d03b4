import tls from 'node:tls';
import { BusyTracker, installGlobals, Pacer, trackOutbound, VirtualClock, type Pace } from './clock/index.ts';
import { controlRegions, createAzure, createClockControl, resolveFleet, type Azure } from './azure/index.ts';
import { startController, type Controller } from './controller.ts';
import { createLocalHost, MemoryStore, RememberingStore, type InstanceStore, type LocalHost, type LogLine } from './host/index.ts';
import { ceilingOf } from './invariants/ceilingOf.ts';
import { watchInvariants, type InvariantWatch } from './invariants/watchInvariants.ts';
import type { KeptState } from './keptState.ts';
import { warmUpMs } from './scenarios/index.ts';
import { createWorld, restoreWorld, type SimulatedWorld, type WorldSpec } from './world/index.ts';

export interface SimulationOptions {
  readonly spec: WorldSpec;
  readonly fleetText: string;
  readonly seed: number;
  /** What the clock says at the start, epoch milliseconds. */
  readonly startMs: number;
  readonly pace: Pace;
  readonly app: SimulatedApp;
  /** How many control-plane regions run the app on this Azure; one unless given. */
  readonly controllers?: 1 | 2;
  readonly onLog?: (line: LogLine) => void;
  /** Where it is kept and, after an earlier life, goes on from. */
  readonly state?: KeptState;
}

/**
 * `folder`: the built Functions app, loaded through its package.json as the real host does, against an Azure on loopback over
 * TLS. `inMemory`: the same registrations made by `compose`, with the SDKs' requests handed to the same faces without a socket.
 */
export type SimulatedApp =
  | { readonly kind: 'folder'; readonly appDir: string }
  | { readonly kind: 'inMemory'; readonly hostJson: unknown; compose(environment: Readonly<Record<string, string>>, azure: Azure): void };

/** An Azure and the Functions app in a local host for each control-plane region, on one clock. */
export interface Simulation {
  readonly clock: VirtualClock;
  readonly world: SimulatedWorld;
  readonly azure: Azure;
  readonly controllers: readonly Controller[];
  /** Of the first controller that lives. */
  readonly host: LocalHost;
  readonly pacer: Pacer;
  readonly invariants: InvariantWatch;
  readonly fleetText: string;
  stop(): Promise<void>;
}

/**
 * Starts everything in this process: the world, its faces, the app in its local hosts. From here on this process lives on the
 * virtual clock (Date and timers included), and over TLS it trusts the CA that was made for this start.
 */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const { state } = options;
  const earlier = state?.earlier ?? null;
  const clock = new VirtualClock(earlier?.nowMs ?? options.startMs - warmUpMs);
  const tracker = new BusyTracker();
  const stopTracking = trackOutbound(tracker);
  const uninstall = installGlobals(clock);
  const world = earlier === null ? createWorld(options.spec, { clock, seed: options.seed }) : restoreWorld(earlier.world, clock);
  clock.runUntil(options.startMs);
  world.settle();
  const invariants = watchInvariants(world, ceilingOf(options.fleetText));
  const pacer = new Pacer({ clock, tracker, pace: options.pace });
  const azure = createAzure(world, { tracker, clockControl: createClockControl(clock, pacer), ...state?.azureOptions });
  state?.keep(world, clock);
  const fleetText = await reachable(azure, options);
  const { app } = options;
  const count = options.controllers ?? 1;
  const openHost = async (region: string, store: InstanceStore): Promise<LocalHost> => {
    const settings = { ...azure.environment(region), SPILLWAY_FLEET: fleetText };
    const host = await createLocalHost({
      clock,
      tracker,
      settings,
      store,
      ...(app.kind === 'folder' ? { appDir: app.appDir } : { hostJson: app.hostJson, register: () => app.compose(settings, azure), durableTransport: 'objects' }),
      ...(state === undefined ? {} : { port: state.apiPortOf(region) }),
      ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    });
    state?.keepApiPort(region, Number(new URL(host.origin).port));
    return host;
  };
  const controllers: Controller[] = [];
  for (const region of controlRegions.slice(0, count)) {
    const store = state?.hubOf(region) ?? (count === 1 ? new MemoryStore() : new RememberingStore());
    controllers.push(await startController(region, () => openHost(region, store)));
  }
  return {
    clock,
    world,
    azure,
    controllers,
    get host() {
      const living = controllers.flatMap(({ host }) => host ?? [])[0];
      if (living === undefined) throw new Error('no control-plane region lives');
      return living;
    },
    pacer,
    invariants,
    fleetText,
    async stop() {
      pacer.stop();
      for (const controller of controllers) await controller.kill();
      await azure.close();
      state?.close();
      uninstall();
      stopTracking();
      world.dispose();
    },
  };
}

/** Loopback addresses for an app that speaks TLS; the symbolic ones are known to the in-memory transport. */
async function reachable(azure: Azure, { app, fleetText }: SimulationOptions): Promise<string> {
  if (app.kind === 'inMemory') return fleetText;
  const endpoints = await azure.listen();
  if (endpoints.caPem !== null) tls.setDefaultCACertificates([...tls.getCACertificates('default'), endpoints.caPem]);
  return resolveFleet(fleetText, endpoints);
}
