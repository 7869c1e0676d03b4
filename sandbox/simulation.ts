import tls from 'node:tls';
import { BusyTracker, installGlobals, Pacer, trackOutbound, VirtualClock, type Pace } from './clock/index.ts';
import { createAzure, resolveFleet, type Azure } from './azure/index.ts';
import { createLocalHost, type LocalHost, type LogLine } from './host/index.ts';
import { watchInvariants, type InvariantWatch } from './invariants/watchInvariants.ts';
import { warmUpMs } from './scenarios/index.ts';
import { createWorld, type SimulatedWorld, type WorldSpec } from './world/index.ts';

export interface SimulationOptions {
  readonly spec: WorldSpec;
  readonly fleetText: string;
  readonly seed: number;
  /** What the clock says at the start, epoch milliseconds. */
  readonly startMs: number;
  readonly pace: Pace;
  /** The built Functions app, loaded through its package.json as the real host does. */
  readonly appDir: string;
  readonly onLog?: (line: LogLine) => void;
}

/** An Azure on loopback and the Functions app in the local host, on one clock. */
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
 * Starts everything in this process: the world, its faces over TLS, the app unchanged in the local host. From here on this
 * process lives on the virtual clock (Date and timers included), and trusts the CA that was made for this start.
 */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const clock = new VirtualClock(options.startMs - warmUpMs);
  const tracker = new BusyTracker();
  const stopTracking = trackOutbound(tracker);
  const uninstall = installGlobals(clock);
  const world = createWorld(options.spec, { clock, seed: options.seed });
  clock.runUntil(options.startMs);
  world.settle();
  const invariants = watchInvariants(world);
  const azure = createAzure(world, { tracker });
  const endpoints = await azure.listen();
  if (endpoints.caPem !== null) tls.setDefaultCACertificates([...tls.getCACertificates('default'), endpoints.caPem]);
  const fleetText = resolveFleet(options.fleetText, endpoints);
  const host = await createLocalHost({
    appDir: options.appDir,
    clock,
    tracker,
    settings: { ...azure.environment(), SPILLWAY_FLEET: fleetText },
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
  });
  const pacer = new Pacer({ clock, tracker, pace: options.pace });
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
      uninstall();
      stopTracking();
      world.dispose();
    },
  };
}
