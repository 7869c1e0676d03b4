import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Standalone } from '../../sandbox/standalone.ts';

/** A control-plane region in an operating-system process of its own: the built app, on a sandbox that lives in another. */
export interface ControllerProcess {
  readonly region: string;
  /** Stands still until `thaw`: what has been sent is on its way, answers wait. */
  freeze(): void;
  thaw(): void;
  /** As `kill -9`; resolves once the process is gone. */
  kill(): Promise<void>;
}

export interface ControllerProcessOptions {
  readonly region: string;
  /** The built app. */
  readonly appDir: string;
  /** Keeps its task hub from one life to the next. */
  readonly hubFolder: string;
}

const entry = path.resolve(import.meta.dirname, '../../sandbox/cli/controller.ts');

/** `npm run controller` with the lines that `npm run sandbox` prints. Resolves once its API answers; rejects with its words when it ends before. */
export async function startControllerProcess({ azure, endpoints, fleetFile }: Standalone, { region, appDir, hubFolder }: ControllerProcessOptions): Promise<ControllerProcess> {
  const child = spawn(process.execPath, [entry, '--region', region, '--app', appDir, '--state', hubFolder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...azure.environment(), SPILLWAY_SANDBOX: endpoints.admin, SPILLWAY_FLEET: fleetFile },
  });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let output = '';
  await new Promise<void>((isUp, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('/api/regions')) isUp();
      });
    }
    child.once('error', fail);
    child.once('exit', () => fail(new Error(`the controller in ${region} ended:\n${output}`)));
  });
  return {
    region,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      process.off('exit', endWithUs);
    },
  };
}
