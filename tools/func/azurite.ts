import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endTree, isOver, startTree } from './processTree.ts';

export interface RunningAzurite {
  /** Of the development account, whose key was made for this run. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

const account = 'devstoreaccount1';
const services = ['blob', 'queue', 'table'] as const;
const patienceMs = 60_000;

/** Azurite's blob, queue and table services on free ports of loopback; its data are in a folder that goes with it. Throws when it does not come up. */
export async function startAzurite(): Promise<RunningAzurite> {
  const entry = path.join(path.dirname(createRequire(import.meta.url).resolve('azurite/package.json')), 'dist/src/azurite.js');
  const key = randomBytes(64).toString('base64');
  const ports = await freePorts(services.length);
  const folder = await mkdtemp(path.join(tmpdir(), 'spillway-azurite-'));
  const addresses = services.flatMap((service, index) => [`--${service}Host`, '127.0.0.1', `--${service}Port`, String(ports[index])]);
  const child = startTree(() =>
    spawn(process.execPath, [entry, ...addresses, '--location', folder, '--silent', '--skipApiVersionCheck', '--disableTelemetry'], {
      stdio: 'ignore',
      detached: process.platform !== 'win32',
      env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` },
    }),
  );
  const stop = async (): Promise<void> => {
    await endTree(child, 'SIGTERM');
    await rm(folder, { recursive: true, force: true });
  };
  const untilMs = Date.now() + patienceMs;
  while (!(await allAccept(ports))) {
    if (isOver(child) || Date.now() > untilMs) {
      await stop();
      throw new Error('Azurite did not begin to listen');
    }
    await sleep(200);
  }
  const endpoints = services.map((service, index) => `${service[0]?.toUpperCase()}${service.slice(1)}Endpoint=http://127.0.0.1:${ports[index]}/${account};`);
  return { connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`, stop };
}

/** Held together until all are known, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

const allAccept = async (ports: readonly number[]): Promise<boolean> => (await Promise.all(ports.map(accepts))).every((isOpen) => isOpen);

const accepts = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
