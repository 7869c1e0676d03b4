import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from './apiserverProcess.ts';

const entry = resolve('node_modules/azurite/dist/src/blob/main.js');

export const findAzurite = (): { readonly kind: 'found' } | { readonly kind: 'none'; readonly why: string } =>
  existsSync(entry) ? { kind: 'found' } : { kind: 'none', why: 'the npm package azurite is not installed' };

export interface RunningAzurite {
  readonly url: string;
  readonly account: string;
  /** Made for this run. */
  readonly key: string;
  stop(): Promise<void>;
}

/** Azurite's blob service on a free port; its data are in a folder that goes with it. */
export async function startAzurite(): Promise<RunningAzurite> {
  const port = await freePort();
  const [account, key] = ['contract', randomBytes(64).toString('base64')];
  const folder = mkdtempSync(join(tmpdir(), 'spillway-azurite-'));
  const child = spawn(process.execPath, [entry, '--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', folder, '--silent', '--skipApiVersionCheck', '--disableTelemetry'], { stdio: 'ignore', env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` } });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 120; attempt++) {
    if (child.exitCode !== null) break;
    if (await accepts(port)) return { url: `http://127.0.0.1:${port}/${account}`, account, key, stop };
    await new Promise((later) => setTimeout(later, 250));
  }
  await stop();
  throw new Error('Azurite did not begin to listen');
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
