/** `npm run sandbox`: the Azure alone, kept up, with its admin face and page; the app is brought by whoever wants to. */
import { loadScenario } from '../scenarios/index.ts';
import { startStandalone } from '../standalone.ts';
import { readOptions } from './options.ts';

const read = readOptions(process.argv.slice(2));
if (read.kind === 'problem') {
  console.error(read.message);
  process.exit(2);
}
const { options } = read;
const isGiven = (name: string): boolean => process.argv.some((argument) => argument === name || argument.startsWith(`${name}=`));
const sandbox = await startStandalone({
  scenario: loadScenario(options.scenario),
  seed: options.seed,
  pace: isGiven('--speed') ? options.speed : 'real',
  faults: isGiven('--scenario') ? 'played' : 'none',
});
const { azure, endpoints, fleetFile } = sandbox;
console.log(`The sandbox is up until Ctrl-C.

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
