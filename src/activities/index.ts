import type { Ports } from '../ports/ports.ts';
import { applyPart } from './applyPart.ts';
import { askApproval, recordApproval } from './approvals.ts';
import { callHooks } from './callHooks.ts';
import { closeRun } from './closeRun.ts';
import type { Activities } from './contracts.ts';
import { enterPhase, keepFence } from './enterPhase.ts';
import { holdDrill } from './holdDrill.ts';
import { makePlan } from './makePlan.ts';
import { observeFleet } from './observeFleet.ts';
import { proveCapacity } from './proveCapacity.ts';
import { startRun } from './startRun.ts';
import { takeFence } from './takeFence.ts';
import { undoWrites } from './undoWrites.ts';
import { verifyShift } from './verifyShift.ts';
import { verifySurge } from './verifySurge.ts';

/** Every effect of the product, over the ports. */
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
