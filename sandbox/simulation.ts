import tls from 'node:tls';
import { BusyTracker, installGlobals, Pacer, trackOutbound, VirtualClock, type Pace } from './clock/index.ts';
import { createAzure, createClockControl, resolveFleet, type Azure } from './azure/index.ts';
import { createLocalHost, type LocalHost, type LogLine } from './host/index.ts';
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

/** An Azure and the Functions app in the local host, on one clock. */
export interface Simulation {
  readonly clock: VirtualClock;
  readonly world: SimulatedWorld;
  readonly azure: Azure;
  readonly host: LocalHost;
  readonly pacer: Pacer;
  readonly invariants: InvariantWatch;
  readonly fleetText: string;
  stop(): Promise<void>;
}

/**
 * Starts everything in this process: the world, its faces, the app in the local host. From here on this process lives on the
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
  const invariants = watchInvariants(world);
  const pacer = new Pacer({ clock, tracker, pace: options.pace });
  const azure = createAzure(world, { tracker, clockControl: createClockControl(clock, pacer), ...state?.azureOptions });
  state?.keep(world, clock);
  const fleetText = await reachable(azure, options);
  const settings = { ...azure.environment(), SPILLWAY_FLEET: fleetText };
  const { app } = options;
  const host = await createLocalHost({
    clock,
    tracker,
    settings,
    ...(app.kind === 'folder' ? { appDir: app.appDir } : { hostJson: app.hostJson, register: () => app.compose(settings, azure), durableTransport: 'objects' }),
    ...(state === undefined ? {} : { store: state.durable, port: state.apiPort }),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
  });
  state?.keepApiPort(Number(new URL(host.origin).port));
  return {
    clock,
    world,
    azure,
    host,
    pacer,
    invariants,
    fleetText,
    async stop() {
      pacer.stop();
      await host.kill();
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
