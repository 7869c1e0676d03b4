import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAzure } from '../../sandbox/azure/index.ts';
import type { PrincipalName } from '../../sandbox/azure/index.ts';
import { VirtualClock } from '../../sandbox/clock/index.ts';
import { createSampleWorld } from '../../sandbox/world/index.ts';
import type { SimulatedWorld } from '../../sandbox/world/index.ts';

export type KubectlSource = { readonly kind: 'found'; readonly version: string } | { readonly kind: 'none'; readonly why: string };

export function findKubectl(): KubectlSource {
  try {
    const version = execFileSync('kubectl', ['version', '--client'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return { kind: 'found', version: /Client Version: (\S+)/.exec(version)?.[1] ?? 'of an unknown version' };
  } catch {
    return { kind: 'none', why: 'kubectl is not on the PATH' };
  }
}

export interface KubectlAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface KubectlSession {
  readonly world: SimulatedWorld;
  readonly folder: string;
  /** Runs to its end, or for `forMs` of real time, which ends a watch. */
  kubectl(args: readonly string[], options?: { readonly as?: PrincipalName; readonly stdin?: string; readonly forMs?: number; readonly meanwhile?: () => Promise<void> }): Promise<KubectlAnswer>;
  /** Lets the world's time go on. */
  passSeconds(seconds: number): void;
  write(name: string, text: string): string;
  stop(): Promise<void>;
}

/** The sandbox on loopback, its first stamp's cluster in a kubeconfig, and a home of its own for kubectl's caches. */
export async function startSession(): Promise<KubectlSession> {
  const clock = new VirtualClock(Date.UTC(2026, 10, 22, 12));
  const world = createSampleWorld(clock, 7);
  const azure = createAzure(world);
  const { kube, caPemPath } = await azure.listen();
  const folder = mkdtempSync(join(tmpdir(), 'spillway-kubectl-'));
  const server = kube['eastus2'];
  const kubeconfig = (as: PrincipalName): string => {
    const path = join(folder, `kubeconfig-${as}`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'sandbox', cluster: { server, 'certificate-authority': caPemPath } }],
      users: [{ name: as, user: { token: azure.issueToken({ as, audience: 'aks' }) } }],
      contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: as, namespace: 'shop' } }],
      'current-context': 'sandbox',
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  };
  return {
    world,
    folder,
    kubectl: (args, options = {}) => run(args, { ...process.env, HOME: folder, KUBECONFIG: kubeconfig(options.as ?? 'owner') }, options),
    passSeconds(seconds) {
      clock.runUntil(clock.now() + seconds * 1000);
      world.settle();
    },
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    async stop() {
      await azure.close();
      world.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv, { stdin, forMs, meanwhile }: NonNullable<Parameters<KubectlSession['kubectl']>[1]>): Promise<KubectlAnswer> {
  const child = spawn('kubectl', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  child.stdin.end(stdin ?? '');
  const timer = forMs === undefined ? null : setTimeout(() => child.kill('SIGTERM'), forMs);
  const ended = new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code ?? -1));
  });
  await meanwhile?.();
  const code = await ended;
  if (timer !== null) clearTimeout(timer);
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}
