/** `npm run sandbox`: the Azure alone, kept up, with its admin face and page; the app is brought by whoever wants to. */
import { playingFrom, type Beginning } from '../keptState.ts';
import { startStandalone } from '../standalone.ts';
import { chooseScenario } from './chooseScenario.ts';
import { openState } from './openState.ts';
import { readOptions } from './options.ts';

const read = readOptions(process.argv.slice(2));
if (read.kind === 'problem') {
  console.error(read.message);
  process.exit(2);
}
const { options } = read;
const isGiven = (name: string): boolean => process.argv.some((argument) => argument === name || argument.startsWith(`${name}=`));
const begin = async (): Promise<Beginning> => ({ scenario: await chooseScenario(options), faults: isGiven('--scenario') ? 'played' : 'none', seed: options.seed, startMs: Date.now() });
const state = await openState(options.state, begin);
const { scenario, faults, seed } = state?.beginning ?? (await begin());
const sandbox = await startStandalone({ scenario, faults, seed, pace: isGiven('--speed') ? options.speed : 'real', ...(state === null ? {} : { state }) });
const { azure, endpoints, fleetFile } = sandbox;
console.log(`The sandbox is up until Ctrl-C${state === null ? '' : `; scenario ${scenario.name} ${playingFrom(state)}`}.

  Azure    ${endpoints.arm}  (Resource Manager, Monitor metrics, Entra)
  page     ${endpoints.admin}/  (the world as it is; faults, clock)
  fleet    ${fleetFile}

# For a POSIX shell
${azure.shellSnippet()}
export SPILLWAY_FLEET='${fleetFile}'
`);
const stop = async (): Promise<void> => {
  await sandbox.stop();
  process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
await sandbox.run();
