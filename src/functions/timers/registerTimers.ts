import { app, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import type { Activities, OrchestrationStarter } from '../../activities/contracts.ts';
import type { DrillPunctuality } from '../../domain/decide/drill.ts';
import type { Fleet } from '../../domain/fleet.ts';
import type { RunRequest } from '../../domain/run.ts';
import { justWork, type WithinInvocation } from '../withinInvocation.ts';
import { orchestrationStarter } from '../durable/orchestrationStarter.ts';
import type { SteadyChore } from './steadyChore.ts';

/** Work that no run asks for: what is due by the clock. */
export interface Chores {
  /** Runs a look of the watch; what fails in passing is left to the next one. */
  readonly look: SteadyChore;
  reconcile(starter: OrchestrationStarter): Promise<void>;
  /** Goes on with an open run whose controller is lost. */
  takeOver(open: readonly RunRequest[], starter: OrchestrationStarter): Promise<void>;
  startDrill(drill: string, punctuality: DrillPunctuality, starter: OrchestrationStarter): Promise<void>;
}

/**
 * The watch every `signals.watchIntervalSeconds`, the reconciler every minute, each drill by its own schedule.
 * The host runs one instance of a timer at a time. One whose hour passed while no host ran it runs at the next start, past due (not
 * those below a minute): right for the reconciler, and for a drill at whatever hour that is a surprise.
 */
export function registerTimers(activities: Activities, chores: Chores, fleet: Fleet, within: WithinInvocation = justWork): void {
  const timer = (name: string, schedule: string, run: (starter: OrchestrationStarter, due: Timer) => Promise<void>): void => {
    app.timer(name, {
      schedule,
      extraInputs: [df.input.durableClient()],
      handler: (due, context) => within(context, () => run(orchestrationStarter(df.getClient(context), fleet), due)),
    });
  };
  timer('watchHealth', everySeconds(fleet.signals.watchIntervalSeconds), async (starter) => {
    let open: readonly RunRequest[] = [];
    await chores.look(async () => {
      const seen = await activities.observeFleet({ reason: 'timer' }, starter);
      ({ open } = seen);
      if (seen.start !== null) await activities.startRun(seen.start, starter);
    });
    await chores.takeOver(open, starter);
  });
  timer('reconcile', '0 * * * * *', (starter) => chores.reconcile(starter));
  for (const { name, schedule } of fleet.drills) {
    timer(`drill-${name}`, schedule, (starter, { isPastDue }) => chores.startDrill(name, isPastDue ? 'missed' : 'due', starter));
  }
}

/** NCRONTAB has no intervals above its fields: below a minute by seconds, from there by whole minutes. The fleet file takes no others. */
export function everySeconds(seconds: number): string {
  return seconds < 60 ? `*/${seconds} * * * * *` : `0 */${seconds / 60} * * * *`;
}
