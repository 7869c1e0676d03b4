import * as df from 'durable-functions';
import { activityNames, type Activities, type ActivityName, type OrchestrationStarter } from '../../activities/contracts.ts';
import type { Fleet } from '../../domain/fleet.ts';
import { awaitRoom } from '../../orchestrations/awaitRoom.ts';
import { awaitShift } from '../../orchestrations/awaitShift.ts';
import { drill } from '../../orchestrations/drill.ts';
import { failback } from '../../orchestrations/failback.ts';
import { failover } from '../../orchestrations/failover.ts';
import { orchestrationNames } from '../../orchestrations/names.ts';
import { surgeStamp } from '../../orchestrations/surgeStamp.ts';
import { watch } from '../../orchestrations/watch.ts';
import { justWork, type WithinInvocation } from '../withinInvocation.ts';
import { orchestrationStarter } from './orchestrationStarter.ts';

/**
 * Registers every orchestration and activity under the names of the contracts, and checks at start that none is missing: on
 * Durable a call of a name that nobody registered hangs for ever, silently.
 */
export function registerDurable(activities: Activities, fleet: Fleet, within: WithinInvocation = justWork): void {
  const handlers: Record<keyof typeof orchestrationNames, df.OrchestrationHandler> = { failover, drain: failover, failback, drill, surgeStamp, awaitRoom, awaitShift, watch };
  const registered = new Set<string>();
  const orchestration = (name: string, handler: df.OrchestrationHandler): void => {
    df.app.orchestration(name, handler);
    registered.add(name);
  };
  const activity = (name: ActivityName, options: df.ActivityOptions): void => {
    df.app.activity(name, options);
    registered.add(name);
  };
  for (const [name, handler] of Object.entries(handlers)) orchestration(name, handler);
  for (const name of activityNames) {
    if (name === 'startRun') continue;
    activity(name, { handler: (input, context) => within(context, (): Promise<unknown> => activities[name](input, noStarter)) });
  }
  activity('startRun', {
    extraInputs: [df.input.durableClient()],
    handler: (input, context) => within(context, () => activities.startRun(input, orchestrationStarter(df.getClient(context), fleet))),
  });
  checkRegistered(registered);
}

/** @throws Error naming every activity and orchestration that is called by name and was not registered. */
export function checkRegistered(registered: ReadonlySet<string>): void {
  const missing = [...activityNames, ...Object.values(orchestrationNames)].filter((name) => !registered.has(name));
  if (missing.length > 0) throw new Error(`not registered, and called by name: ${missing.join(', ')}; a call of one would hang for ever`);
}

/** Only `startRun` starts orchestrations; the others have no client bound. */
const noStarter: OrchestrationStarter = {
  start: () => Promise.reject(new Error('this activity starts no orchestration')),
};
