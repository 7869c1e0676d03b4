import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { realTimers } from '../clock/index.ts';
import { fleetDocumentOf, playFaults, startOf, worldSpecOf } from '../scenarios/index.ts';
import { playingFrom, type Beginning } from '../keptState.ts';
import { startSimulation } from '../simulation.ts';
import { chooseScenario } from './chooseScenario.ts';
import { openState } from './openState.ts';
import type { StartOptions } from './options.ts';

const longestGoodbyeMs = 3_000;

/** Everything stays up until Ctrl-C: the Azure, the app in the local host, a kubeconfig for each cluster. */
export async function serve(options: StartOptions, appDir: string): Promise<void> {
  const begin = async (): Promise<Beginning> => {
    const chosen = await chooseScenario(options);
    return { scenario: chosen, faults: 'played', seed: options.seed, startMs: startOf(chosen) };
  };
  const state = await openState(options.state, begin);
  const { scenario, faults, seed, startMs } = state?.beginning ?? (await begin());
  const fleetText = stringify(fleetDocumentOf(scenario));
  const simulation = await startSimulation({ spec: worldSpecOf(scenario), fleetText, seed, startMs, pace: options.speed, app: { kind: 'folder', appDir }, controllers: scenario.controllers.count, ...(state === null ? {} : { state }) });
  if (faults === 'played') playFaults(scenario, simulation.world, startMs, state?.earlier?.worldSavedAtMs);
  const { azure, host, controllers } = simulation;
  const { endpoints } = azure;
  const folder = endpoints.caPemPath === null ? '.' : join(endpoints.caPemPath, '..');
  const token = azure.issueToken({ as: 'approver', audience: 'api' });
  await writeFile(join(folder, 'token'), token, { mode: 0o600 });
  console.log(`Scenario ${scenario.name} ${state === null ? 'is playing' : playingFrom(state)}; everything stays up until Ctrl-C.

${controllers.map((one) => `  API            ${one.host?.origin ?? ''}/api/regions${controllers.length === 1 ? '' : `  (control plane in ${one.region})`}`).join('\n')}
  Azure          ${endpoints.arm}  (Resource Manager, Monitor metrics, Entra)
  admin          ${endpoints.admin}  (a page of the world; faults, clock, snapshot)
  clusters       ${Object.values(endpoints.kube).join('  ')}

# For a POSIX shell: settings of the app, and az registered with this Azure
${azure.shellSnippet()}

# The API, as an approver of the sandbox's tenant
export SPILLWAY_URL='${host.origin}'
export SPILLWAY_TOKEN="$(cat '${join(folder, 'token')}')"
curl -s -H "Authorization: Bearer $SPILLWAY_TOKEN" "$SPILLWAY_URL/api/regions"
`);
  const stop = async (): Promise<void> => {
    // An app that is busy with simulated hours a second may never be quiet: what is kept outlives a kill at any instant.
    realTimers.setTimeout(() => process.exit(0), longestGoodbyeMs);
    await simulation.stop();
    process.exit(0);
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
  await simulation.pacer.drive();
}
