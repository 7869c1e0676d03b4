import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { createAzure, createClockControl, resolveFleet, type Azure, type Endpoints } from './azure/index.ts';
import { BusyTracker, Pacer, VirtualClock, type Pace } from './clock/index.ts';
import type { KeptState } from './keptState.ts';
import { fleetDocumentOf, playFaults, warmUpMs, worldSpecOf, type Scenario } from './scenarios/index.ts';
import { createWorld, restoreWorld, type SimulatedWorld } from './world/index.ts';

export interface StandaloneOptions {
  /** Gives the fleet. */
  readonly scenario: Scenario;
  readonly seed: number;
  readonly pace: Pace;
  /** `played`: the scenario's faults come, counted from now; `none`: all is well until somebody breaks something. */
  readonly faults: 'played' | 'none';
  /** Where it is kept and, after an earlier life, goes on from. */
  readonly state?: KeptState;
}

/** An Azure on loopback without the app. */
export interface Standalone {
  readonly azure: Azure;
  readonly world: SimulatedWorld;
  readonly endpoints: Endpoints;
  /** Holds ca.pem and fleet.yaml. */
  readonly folder: string;
  /** The fleet file with this Azure's addresses. */
  readonly fleetFile: string;
  /** Lets the clock run; resolves after stop. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Its clock starts at the machine's, by which other processes read tokens, certificates and metrics; there is a past to read. After
 * an earlier life the world has gone on in between, as Azure does while nobody looks.
 */
export async function startStandalone({ scenario, seed, pace, faults, state }: StandaloneOptions): Promise<Standalone> {
  const earlier = state?.earlier ?? null;
  const startMs = state?.beginning.startMs ?? Date.now();
  const clock = new VirtualClock(earlier?.nowMs ?? startMs - warmUpMs);
  const tracker = new BusyTracker();
  const world = earlier === null ? createWorld(worldSpecOf(scenario), { clock, seed }) : restoreWorld(earlier.world, clock);
  if (earlier === null) clock.runUntil(startMs);
  if (faults === 'played') playFaults(scenario, world, startMs, earlier?.worldSavedAtMs);
  if (pace === 'real') clock.runUntil(Date.now());
  world.settle();
  const pacer = new Pacer({ clock, tracker, pace });
  const azure = createAzure(world, { tracker, clockControl: createClockControl(clock, pacer), ...state?.azureOptions });
  state?.keep(world, clock);
  const endpoints = await azure.listen();
  const { caPemPath } = endpoints;
  if (caPemPath === null) throw new Error('a sandbox that listens has a CA');
  const folder = path.dirname(caPemPath);
  const fleetFile = path.join(folder, 'fleet.yaml');
  await writeFile(fleetFile, resolveFleet(stringify(fleetDocumentOf(scenario)), endpoints));
  return {
    azure,
    world,
    endpoints,
    folder,
    fleetFile,
    async run() {
      // what was started in between took its time
      if (pace === 'real') clock.runUntil(Date.now());
      await pacer.drive();
    },
    async stop() {
      pacer.stop();
      await azure.close();
      state?.close();
      world.dispose();
    },
  };
}
