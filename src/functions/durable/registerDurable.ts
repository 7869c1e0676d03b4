import * as df from 'durable-functions';
import { activityNames, type ActivityInput, type ActivityName } from '../../activities/contracts.ts';
import type { Activities } from '../../activities/index.ts';
import type { Fleet } from '../../domain/fleet.ts';
import { drill } from '../../orchestrations/drill.ts';
import { failback } from '../../orchestrations/failback.ts';
import { failover } from '../../orchestrations/failover.ts';
import type { orchestrationNames } from '../../orchestrations/names.ts';
import { surgeStamp } from '../../orchestrations/surgeStamp.ts';
import { watch } from '../../orchestrations/watch.ts';
import { orchestrationStarter } from './orchestrationStarter.ts';

/** Registers every orchestration and activity under the names of the contracts, so that none can be missing (a missing one hangs for ever). */
export function registerDurable(activities: Activities, fleet: Fleet): void {
  const handlers: Record<keyof typeof orchestrationNames, df.OrchestrationHandler> = { failover, drain: failover, failback, drill, surgeStamp, watch };
  for (const [name, handler] of Object.entries(handlers)) df.app.orchestration(name, handler);
  for (const name of activityNames) registerActivity(name, activities, fleet);
}

function registerActivity<N extends ActivityName>(name: N, activities: Activities, fleet: Fleet): void {
  df.app.activity(name, {
    extraInputs: [df.input.durableClient()],
    handler: (input: ActivityInput<N>, context) => activities[name](input, orchestrationStarter(df.getClient(context), fleet)),
  });
}
