import * as df from 'durable-functions';
import { activityNames } from '../../activities/contracts.ts';
import type { Activities } from '../../activities/index.ts';
import type { Fleet } from '../../domain/fleet.ts';
import { awaitRoom } from '../../orchestrations/awaitRoom.ts';
import { drill } from '../../orchestrations/drill.ts';
import { failback } from '../../orchestrations/failback.ts';
import { failover } from '../../orchestrations/failover.ts';
import type { orchestrationNames } from '../../orchestrations/names.ts';
import { surgeStamp } from '../../orchestrations/surgeStamp.ts';
import { watch } from '../../orchestrations/watch.ts';
import type { OrchestrationStarter } from '../../activities/startRun.ts';
import { justWork, type WithinInvocation } from '../withinInvocation.ts';
import { orchestrationStarter } from './orchestrationStarter.ts';

/** Registers every orchestration and activity under the names of the contracts, so that none can be missing (a missing one hangs for ever). */
export function registerDurable(activities: Activities, fleet: Fleet, within: WithinInvocation = justWork): void {
  const handlers: Record<keyof typeof orchestrationNames, df.OrchestrationHandler> = { failover, drain: failover, failback, drill, surgeStamp, awaitRoom, watch };
  for (const [name, handler] of Object.entries(handlers)) df.app.orchestration(name, handler);
  for (const name of activityNames) {
    if (name === 'startRun') continue;
    df.app.activity(name, { handler: (input, context) => within(context, (): Promise<unknown> => activities[name](input, noStarter)) });
  }
  df.app.activity('startRun', {
    extraInputs: [df.input.durableClient()],
    handler: (input, context) => within(context, () => activities.startRun(input, orchestrationStarter(df.getClient(context), fleet))),
  });
}

/** Only `startRun` starts orchestrations; the others have no client bound. */
const noStarter: OrchestrationStarter = {
  start: () => Promise.reject(new Error('this activity starts no orchestration')),
};
