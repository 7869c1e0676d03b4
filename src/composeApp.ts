import { randomUUID } from 'node:crypto';
import * as df from 'durable-functions';
import type { FetchImplementation } from 'jose';
import { certify } from './activities/certify.ts';
import { capacityAnswers } from './activities/capacityAnswers.ts';
import type { Activities } from './activities/contracts.ts';
import { createActivities } from './activities/index.ts';
import { measureFromRuns } from './activities/learntFromRuns.ts';
import { measureDrains } from './activities/measureDrains.ts';
import { openRun } from './activities/openRun.ts';
import { recordDecision } from './activities/recordDecision.ts';
import { planDryRun } from './activities/planDryRun.ts';
import { readAssessment } from './activities/readAssessment.ts';
import { recentFacts } from './activities/recentFacts.ts';
import { readFleetRuns, type RunState } from './activities/runIndex.ts';
import { reconcile } from './activities/reconcile.ts';
import { startDrill } from './activities/startDrill.ts';
import { takeOver } from './activities/takeOver.ts';
import { createPorts, type PortOverrides } from './adapters/createPorts.ts';
import { appLog, loggingTo } from './adapters/telemetry/appLog.ts';
import { showCertificate } from './adapters/telemetry/certificateMetric.ts';
import { beat } from './adapters/telemetry/heartbeat.ts';
import { loggedLedger } from './adapters/telemetry/loggedLedger.ts';
import { tracedActivities } from './adapters/telemetry/tracedActivities.ts';
import { tracedPorts } from './adapters/telemetry/tracedPorts.ts';
import { loadFleet } from './config/loadFleet.ts';
import { readSettings, type Settings } from './config/settings.ts';
import type { Fleet } from './domain/fleet.ts';
import { registerDurable } from './functions/durable/registerDurable.ts';
import { runStarter } from './functions/durable/runStarter.ts';
import { createTokenVerifier } from './functions/http/auth/tokenVerifier.ts';
import { registerHttp } from './functions/http/registerHttp.ts';
import { registerTimers } from './functions/timers/registerTimers.ts';
import { steadyChore, type SteadyChore } from './functions/timers/steadyChore.ts';
import type { WithinInvocation } from './functions/withinInvocation.ts';
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
  const created = createPorts(settings, fleet, overrides);
  const ports = tracedPorts({ ...created, ledger: loggedLedger(created.ledger, appLog) });
  const activities = tracedActivities(createActivities(ports));
  const facts = recentFacts(ports);
  const chore = (name: string): SteadyChore => steadyChore(name, appLog, () => ports.clock.now());
  const chores = { look: chore('the watch'), reconcile: chore('reconcile'), measureDrains: chore('measuring drains'), learn: chore('learning from runs'), certify: chore('certify'), takeOver: chore('looking for a lost controller') };
  registerDurable(activities, fleet, within);
  registerTimers(
    activities,
    {
      look: chores.look,
      reconcile: async (starter) => {
        beat(settings.controlRegion);
        let runs: readonly RunState[] = [];
        await chores.reconcile(async () => {
          runs = await reconcile(ports, starter);
        });
        await chores.measureDrains(() => measureDrains(ports, runs));
        await chores.learn(() => measureFromRuns(ports, runs));
        await chores.certify(async () => {
          const certificate = await certify(ports, await facts.refresh());
          if (certificate !== null) showCertificate(certificate, settings.controlRegion);
        });
      },
      takeOver: (open, starter) => chores.takeOver(() => takeOver(ports, starter, open)),
      startDrill: async (drill, punctuality, starter) => {
        await startDrill(ports, starter, drill, punctuality);
      },
    },
    fleet,
    within,
  );
  registerHttp(
    {
      ...ports,
      tokens: createTokenVerifier(settings, ports.clock, overrides.fetch),
      view: { readAssessment: () => readAssessment(ports), readRuns: () => readFleetRuns(ports) },
      planDryRun: (request) => planDryRun(ports, request),
      capacity: capacityAnswers(ports, facts),
      randomId: () => randomUUID().replaceAll('-', ''),
      log: (message, error) => appLog.write({ level: error === undefined ? 'warn' : 'error', message, ...(error === undefined ? {} : { error }) }),
      starterOf: (context) => runStarter(df.getClient(context), ports, { openRun: (starter, request) => openRun(ports, starter, request), recordDecision: (runId, decision) => recordDecision(ports, runId, decision) }),
    },
    df.input.durableClient(),
    within,
  );
  return { settings, fleet, ports, activities };
}

/** Readable lines go to the Functions host's log of the invocation that wrote them. */
const within: WithinInvocation = (context, work) =>
  loggingTo({ info: (line) => { context.info(line); }, warn: (line) => { context.warn(line); }, error: (line) => { context.error(line); } }, work);

const problemText = (headline: string, lines: readonly string[]): string => [`${headline}:`, ...lines.map((line) => `  ${line}`)].join('\n');
