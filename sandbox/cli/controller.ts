/**
 * `npm run controller`: the built app in a local host, as a process of its own, on the sandbox that another process keeps up and
 * whose printed lines are in this one's environment. Two of them are two control-plane regions.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { parseArgs } from 'node:util';
import { controlRegions } from '../azure/environment.ts';
import { BusyTracker, installGlobals, realTimers } from '../clock/index.ts';
import { createLocalHost, DiskStore, MemoryStore } from '../host/index.ts';
import { followClock } from './followClock.ts';

const usage = `npm run controller -- [options]
  --region NAME  its control-plane region: ${controlRegions.join(' or ')} (default: what the environment says)
  --state DIR    keep its task hub in DIR: started again with it, orchestrations go on where they were
  --port N       of its API (default a free one)
  --app DIR      the built app (default dist/app)`;

const longestGoodbyeMs = 3_000;

function quit(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({ strict: true, options: { region: { type: 'string' }, state: { type: 'string' }, port: { type: 'string', default: '0' }, app: { type: 'string', default: 'dist/app' } } });
    if (values.region !== undefined && !controlRegions.some((each) => each === values.region)) quit(`--region takes ${controlRegions.join(' or ')}, not "${values.region}"\n\n${usage}`);
    if (!/^\d+$/.test(values.port)) quit(`--port takes a whole number, not "${values.port}"\n\n${usage}`);
    return { region: values.region ?? null, state: values.state ?? null, port: Number(values.port), appDir: path.resolve(values.app) };
  } catch (error) {
    return quit(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

const printed = (name: string): string => process.env[name] ?? quit(`${name} is not set: paste the lines that npm run sandbox prints into this shell`);

const { region, state, port, appDir } = readArguments();
const admin = printed('SPILLWAY_SANDBOX');
const outbox = printed('SPILLWAY_OUTBOX_BLOB_URL');
const ca = readFileSync(printed('NODE_EXTRA_CA_CERTS'), 'utf8');
tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca]);
const clock = await followClock(admin).catch((error: unknown) => quit(error instanceof Error ? error.message : String(error)));
installGlobals(clock);
const controlRegion = region ?? printed('SPILLWAY_CONTROL_REGION');
const host = await createLocalHost({
  clock,
  tracker: new BusyTracker(),
  appDir,
  port,
  // only what differs from the lines of the sandbox; an outbox is its region's own
  settings: { SPILLWAY_CONTROL_REGION: controlRegion, SPILLWAY_OUTBOX_BLOB_URL: outbox.replace(/outbox-[^/]*$/, `outbox-${controlRegion}`) },
  store: state === null ? new MemoryStore() : new DiskStore(state),
  onLog: ({ level, category, message }) => {
    if (category === 'host' && level === 'error') console.error(message);
  },
});
console.log(`The control plane in ${controlRegion} is up until Ctrl-C.

  API      ${host.origin}/api/regions`);
const stop = async (): Promise<void> => {
  realTimers.setTimeout(() => process.exit(0), longestGoodbyeMs);
  await host.stop();
  process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
