import type { Ports } from '../ports/ports.ts';
import type { ActivityInput, ActivityOutput, Proceed, RunStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { recordStep } from './runLog.ts';

/** Marks on record where a run is. */
export async function enterPhase(ports: Ports, step: ActivityInput<'enterPhase'>): Promise<ActivityOutput<'enterPhase'>> {
  await recordStep(ports, step, `phase:${step.phase}`, { type: 'PhaseEntered', phase: step.phase });
  return { entered: step.phase };
}

/** Renews the fence during a wait that asks nothing else. */
export const keepFence = (ports: Ports, step: RunStep): Promise<Proceed> => mayProceed(ports, step);
