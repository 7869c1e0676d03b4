import { randomUUID } from 'node:crypto';
import * as df from 'durable-functions';
import type { FetchImplementation } from 'jose';
import { certify } from './activities/certify.ts';
import { createActivities, type Activities } from './activities/index.ts';
import { planDryRun } from './activities/planDryRun.ts';
import { readAssessment } from './activities/readAssessment.ts';
import { recentFacts } from './activities/recentFacts.ts';
import { readFleetRuns } from './activities/runIndex.ts';
import { reconcile } from './activities/reconcile.ts';
import { startDrill } from './activities/startDrill.ts';
import { measureStartTimes } from './activities/startTimes.ts';
import { takeOver } from './activities/takeOver.ts';
import { createPorts, type PortOverrides } from './adapters/createPorts.ts';
import { beat } from './adapters/telemetry/heartbeat.ts';
import { tracedActivities } from './adapters/telemetry/tracedActivities.ts';
import { tracedPorts } from './adapters/telemetry/tracedPorts.ts';
import { loadFleet } from './config/loadFleet.ts';
import { readSettings, type Settings } from './config/settings.ts';
import type { Fleet } from './domain/fleet.ts';
import { registerDurable } from './functions/durable/registerDurable.ts';
import { runStarter } from './functions/durable/runStarter.ts';
import { createTokenVerifier } from './functions/http/auth/tokenVerifier.ts';
import { capacityAnswers } from './functions/http/capacityAnswers.ts';
import { registerHttp } from './functions/http/registerHttp.ts';
import { registerTimers } from './functions/timers/registerTimers.ts';
import { TransientError } from './ports/outcome.ts';
import type { Ports } from './ports/ports.ts';

export interface App {
  readonly settings: Settings;
  readonly fleet: Fleet;
  readonly ports: Ports;
  readonly activities: Activities;
}

/** What a process may put in place of its own transport: the same requests then go through it. */
export interface AppOverrides extends PortOverrides {
  /** For the keys of the token authority. */
  readonly fetch?: FetchImplementation;
}

/**
 * The composition root: settings and fleet file are read once, adapters built, functions registered. A mistake in either
 * stops the start with every problem named, before anything is registered.
 */
export function composeApp(environment: Readonly<Record<string, string | undefined>>, baseFolder: string, overrides: AppOverrides = {}): App {
  const read = readSettings(environment);
  if (read.kind === 'invalid') throw new Error(problemText('The app settings need mending', read.problems.map(({ name, message }) => `${name}: ${message}`)));
  const { settings } = read;
  const loaded = loadFleet(settings.fleet, baseFolder);
  if (loaded.kind === 'invalid') throw new Error(problemText('The fleet file needs mending', loaded.problems.map(({ path, message }) => `${path}: ${message}`)));
  const { fleet } = loaded;
  const ports = tracedPorts(createPorts(settings, fleet, overrides));
  const activities = tracedActivities(createActivities(ports));
  const facts = recentFacts(ports);
  registerDurable(activities, fleet);
  registerTimers(
    activities,
    {
      reconcile: async (starter) => {
        beat(settings.controlRegion);
        await unlessTransient(() => reconcile(ports, starter));
        await unlessTransient(() => measureStartTimes(ports));
        await unlessTransient(async () => {
          await certify(ports, await facts.refresh());
        });
      },
      takeOver: (open, starter) => unlessTransient(() => takeOver(ports, starter, open)),
      startDrill: async (drill, punctuality, starter) => {
        await startDrill(ports, starter, drill, punctuality);
      },
    },
    fleet,
  );
  registerHttp(
    {
      ...ports,
      tokens: createTokenVerifier(settings, ports.clock, overrides.fetch),
      view: { readAssessment: () => readAssessment(ports), readRuns: () => readFleetRuns(ports) },
      planDryRun: (request) => planDryRun(ports, request),
      capacity: capacityAnswers(ports, facts),
      randomId: () => randomUUID().replaceAll('-', ''),
      log: (message, error) => console.error(message, error ?? ''),
      starterOf: (context) => runStarter(df.getClient(context), ports),
    },
    df.input.durableClient(),
  );
  return { settings, fleet, ports, activities };
}

/** What runs every minute needs no retry of its own: the next minute is one. */
async function unlessTransient(chore: () => Promise<void>): Promise<void> {
  try {
    await chore();
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    console.warn(`chore put off: ${error.message}`);
  }
}

const problemText = (headline: string, lines: readonly string[]): string => [`${headline}:`, ...lines.map((line) => `  ${line}`)].join('\n');
