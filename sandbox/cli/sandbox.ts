/** `npm run sandbox`: the Azure alone, kept up, with its admin face and page; the app is brought by whoever wants to. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createAzure, createClockControl, resolveFleet } from '../azure/index.ts';
import { BusyTracker, Pacer, VirtualClock } from '../clock/index.ts';
import { fleetDocumentOf, loadScenario, playFaults, worldSpecOf } from '../scenarios/index.ts';
import { createWorld } from '../world/index.ts';
import { readOptions } from './options.ts';

const read = readOptions(process.argv.slice(2));
if (read.kind === 'problem') {
  console.error(read.message);
  process.exit(2);
}
const { options } = read;
const isGiven = (name: string): boolean => process.argv.some((argument) => argument === name || argument.startsWith(`${name}=`));
const scenario = loadScenario(options.scenario);
/** Real time begins now: tokens, certificates and metrics of other processes go by the machine's clock. */
const startMs = Date.now();
const clock = new VirtualClock(startMs);
const tracker = new BusyTracker();
const world = createWorld(worldSpecOf(scenario), { clock, seed: options.seed });
const pacer = new Pacer({ clock, tracker, pace: isGiven('--speed') ? options.speed : 'real' });
const azure = createAzure(world, { tracker, clockControl: createClockControl(clock, pacer) });
const endpoints = await azure.listen();
if (isGiven('--scenario')) playFaults(scenario, world, startMs);
const folder = endpoints.caPemPath === null ? '.' : join(endpoints.caPemPath, '..');
await writeFile(join(folder, 'fleet.yaml'), resolveFleet(stringify(fleetDocumentOf(scenario)), endpoints));
console.log(`The sandbox is up until Ctrl-C.

  Azure    ${endpoints.arm}  (Resource Manager, Monitor metrics, Entra)
  page     ${endpoints.admin}/  (the world as it is; faults, clock)
  fleet    ${join(folder, 'fleet.yaml')}

# For a POSIX shell
${azure.shellSnippet()}
export SPILLWAY_FLEET='${join(folder, 'fleet.yaml')}'
`);
const stop = async (): Promise<void> => {
  pacer.stop();
  await azure.close();
  process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
await pacer.drive();
