import type { DurableClient } from 'durable-functions';
import type { OrchestrationStarter } from '../../activities/contracts.ts';
import type { Fleet } from '../../domain/fleet.ts';
import type { RunRequest } from '../../domain/run.ts';
import type { RunInput } from '../../orchestrations/failover.ts';
import { orchestrationNames } from '../../orchestrations/names.ts';
import type { RunLimits } from '../../orchestrations/shiftAway.ts';

/** Starts runs through the Durable client of an invocation. */
export function orchestrationStarter(client: DurableClient, fleet: Fleet): OrchestrationStarter {
  return {
    async start(request) {
      const input: RunInput = { request, limits: limitsOf(fleet, request) };
      try {
        await client.startNew(orchestrationNames[request.kind], { instanceId: request.runId, input });
      } catch (error) {
        if (!isAlreadyThere(error)) throw error;
      }
    },
  };
}

/** The limits that hold for the whole run, even if the fleet file changes in its middle. */
export function limitsOf({ policy, drills }: Fleet, request: RunRequest): RunLimits {
  return {
    nodeReadyTimeoutMinutes: policy.nodeReadyTimeoutMinutes,
    podReadyTimeoutMinutes: policy.podReadyTimeoutMinutes,
    approvalDeadlineMinutes: policy.approvalDeadlineMinutes,
    shiftVerifyTimeoutMinutes: policy.shiftVerifyTimeoutMinutes,
    drillHoldMinutes: drills.find(({ name }) => name === request.drill)?.holdMinutes ?? 0,
  };
}

/** The extension answers 409 while an instance of this id is pending, running or suspended; the SDK puts its text into the error. */
export const isAlreadyThere = (error: unknown): boolean => error instanceof Error && /already exists|HTTP 409/.test(error.message);
