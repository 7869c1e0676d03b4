import type { Ports } from '../ports/ports.ts';
import { applyPart } from './applyPart.ts';
import { askApproval, recordApproval } from './approvals.ts';
import { callHooks } from './callHooks.ts';
import { closeRun } from './closeRun.ts';
import type { ActivityInput, ActivityName, ActivityOutput } from './contracts.ts';
import { enterPhase, keepFence } from './enterPhase.ts';
import { holdDrill } from './holdDrill.ts';
import { makePlan } from './makePlan.ts';
import { observeFleet } from './observeFleet.ts';
import { proveCapacity } from './proveCapacity.ts';
import { startRun, type OrchestrationStarter } from './startRun.ts';
import { takeFence } from './takeFence.ts';
import { undoWrites } from './undoWrites.ts';
import { verifyShift } from './verifyShift.ts';
import { verifySurge } from './verifySurge.ts';

export type Activities = { readonly [N in ActivityName]: (input: ActivityInput<N>, starter: OrchestrationStarter) => Promise<ActivityOutput<N>> };

/** Every effect of the product, over the ports. `starter` is the Durable client of the invocation. */
export function createActivities(ports: Ports): Activities {
  return {
    observeFleet: (input) => observeFleet(ports, input),
    startRun: (input, starter) => startRun(ports, starter, input),
    takeFence: (input) => takeFence(ports, input),
    keepFence: (input) => keepFence(ports, input),
    makePlan: (input) => makePlan(ports, input),
    enterPhase: (input) => enterPhase(ports, input),
    askApproval: (input) => askApproval(ports, input),
    recordApproval: (input) => recordApproval(ports, input),
    applyPart: (input) => applyPart(ports, input),
    verifySurge: (input) => verifySurge(ports, input),
    proveCapacity: (input) => proveCapacity(ports, input),
    verifyShift: (input) => verifyShift(ports, input),
    holdDrill: (input) => holdDrill(ports, input),
    undoWrites: (input) => undoWrites(ports, input),
    callHooks: (input) => callHooks(ports, input),
    closeRun: (input) => closeRun(ports, input),
  };
}
