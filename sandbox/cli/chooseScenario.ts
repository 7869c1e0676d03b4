import { readDeployment } from '../deployed/readDeployment.ts';
import { loadScenario, onDeployment, worldSpecOf, type Scenario } from '../scenarios/index.ts';
import type { StartOptions } from './options.ts';

/** The scenario that was asked for, on its own fleet or on a deployed one. What cannot be had ends the process with the reason. */
export async function chooseScenario(options: StartOptions): Promise<Scenario> {
  try {
    return await scenarioFor(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return process.exit(2);
  }
}

/** @throws Error saying what does not fit: no such scenario, a file that is not there, a fleet that no world can be made of. */
export async function scenarioFor({ scenario, deployment }: Pick<StartOptions, 'scenario' | 'deployment'>): Promise<Scenario> {
  const chosen = loadScenario(scenario);
  if (deployment === null) return chosen;
  const adapted = onDeployment(chosen, await readDeployment(deployment));
  worldSpecOf(adapted);
  return adapted;
}
