/**
 * `npm run start:func`: the built app in the real Azure Functions host (Core Tools), against the sandbox on loopback and Azurite.
 * Real time, since the host has no other. Everything that is started here ends here: on Ctrl-C, and when the host ends.
 */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { defaultScenario, loadScenario } from '../sandbox/scenarios/index.ts';
import { startStandalone } from '../sandbox/standalone.ts';
import { startAzurite } from './func/azurite.ts';
import { endTree, startTree } from './func/processTree.ts';

const usage = `npm run start:func -- [options]
  --scenario NAME|FILE  an outage to play from now on (none unless given; npm start -- --list names them)
  --seed N              same seed, same world (default 7)
  --port N              of the Functions host (default 7071)
  --app DIR             the built app (default dist/app)`;

function quit(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  const wholeNumber = (name: string, text: string): number => {
    if (!/^\d+$/.test(text)) quit(`--${name} takes a whole number, not "${text}"\n\n${usage}`);
    return Number(text);
  };
  try {
    const { values } = parseArgs({
      strict: true,
      options: { scenario: { type: 'string' }, seed: { type: 'string', default: '7' }, port: { type: 'string', default: '7071' }, app: { type: 'string', default: 'dist/app' } },
    });
    return { scenario: values.scenario ?? null, seed: wholeNumber('seed', values.seed), port: wholeNumber('port', values.port), appDir: path.resolve(values.app) };
  } catch (error) {
    return quit(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** Where a shell would find it; null when it is not installed. */
function findOnPath(command: string): string | null {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe', '.bat'] : [''];
  const candidates = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '').flatMap((folder) => endings.map((ending) => path.join(folder, `${command}${ending}`)));
  return candidates.find((file) => existsSync(file) && statSync(file).isFile()) ?? null;
}

/** npm puts this project's Node first on PATH; the worker of an older Core Tools may refuse one so new: it gets the person's own, where there is one. */
function pathOfOwnNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const others = folders.filter((folder) => !folder.endsWith(path.join('node_modules', '.bin')));
  return others.some((folder) => folder !== '' && existsSync(path.join(folder, 'node'))) ? others.join(path.delimiter) : process.env['PATH'];
}

const { scenario, seed, port, appDir } = readArguments();
const func = findOnPath('func') ?? quit('Azure Functions Core Tools (func) is not on PATH; install it with: npm i -g azure-functions-core-tools@4');
if (!existsSync(path.join(appDir, 'host.json'))) quit(`${appDir} has no host.json: build the app first (npm run build)`);

const settingsFile = path.join(appDir, 'local.settings.json');
/** Of what was started, in order; called the other way round. */
const ends: (() => Promise<unknown>)[] = [];
let ending: Promise<never> | null = null;
const end = (exitCode: number): Promise<never> => (ending ??= endAll(exitCode));

async function endAll(exitCode: number): Promise<never> {
  for (const endOne of ends.toReversed()) await endOne();
  process.exit(exitCode);
}

/** Ended once it is up, too, when the end comes while it starts. */
async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  ends.push(() => starting.then((one) => one.stop(), () => undefined));
  const one = await starting;
  return ending === null ? one : await ending;
}

process.on('SIGINT', () => void end(130));
process.on('SIGTERM', () => void end(143));
process.on('SIGHUP', () => void end(129));

try {
  const sandbox = await started(startStandalone({ scenario: loadScenario(scenario ?? defaultScenario), seed, pace: 'real', faults: scenario === null ? 'none' : 'played' }));
  const azurite = await started(startAzurite());
  const { azure, endpoints, fleetFile } = sandbox;
  const settings: Readonly<Record<string, string>> = {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    AzureWebJobsStorage: azurite.connectionString,
    ...azure.environment(),
    SPILLWAY_FLEET: fleetFile,
  };
  ends.push(() => rm(settingsFile, { force: true }));
  await writeFile(settingsFile, `${JSON.stringify({ IsEncrypted: false, Values: settings }, null, 2)}\n`, { mode: 0o600 });
  console.log(`The Functions host starts against the sandbox; everything ends with Ctrl-C.

  Azure    ${endpoints.arm}  (Resource Manager, Monitor metrics, Entra)
  page     ${endpoints.admin}/  (the world as it is; faults, clock)
  API      http://localhost:${port}/api/regions

export SPILLWAY_TOKEN="$(curl -s --cacert '${endpoints.caPemPath ?? ''}' '${endpoints.admin}/token?as=approver&audience=api')"
curl -s -H "Authorization: Bearer $SPILLWAY_TOKEN" http://localhost:${port}/api/regions
`);
  // func takes what the environment has before what the settings file has: lines of another sandbox that were pasted into this shell.
  // Node reads NODE_EXTRA_CA_CERTS once, as it starts: the worker must inherit it.
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in settings)));
  const isWindows = process.platform === 'win32';
  const environment = { ...others, ...(isWindows ? {} : { PATH: pathOfOwnNode() }), NODE_EXTRA_CA_CERTS: endpoints.caPemPath ?? undefined };
  const host = startTree(() => spawn(isWindows ? 'func' : func, ['start', '--port', String(port)], { cwd: appDir, env: environment, stdio: ['ignore', 'inherit', 'inherit'], detached: !isWindows, shell: isWindows }));
  ends.push(() => endTree(host, 'SIGINT'));
  host.once('error', (error) => {
    console.error(`func could not be started: ${error.message}`);
    void end(1);
  });
  host.once('exit', (code) => void end(code ?? 1));
  await sandbox.run();
} catch (error) {
  if (ending === null) console.error(error instanceof Error ? error.message : String(error));
  await end(1);
}
