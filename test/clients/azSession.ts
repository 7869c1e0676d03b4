import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createAzure, createClockControl, type Azure, type Endpoints } from '../../sandbox/azure/index.ts';
import { principals, type PrincipalName } from '../../sandbox/azure/index.ts';
import { BusyTracker, Pacer, VirtualClock } from '../../sandbox/clock/index.ts';
import { createWorld, parseFleetForWorld, specFromFleet } from '../../sandbox/world/index.ts';
import type { World } from '../../sandbox/world/types.ts';

const run = promisify(execFile);

export interface AzAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A sandbox that listens, with az registered and logged in against it in a folder of its own. */
export interface AzSession {
  readonly azure: Azure;
  readonly world: World;
  readonly endpoints: Endpoints;
  az(...args: readonly string[]): Promise<AzAnswer>;
  /** Parsed output of a command that must succeed. */
  json(...args: readonly string[]): Promise<unknown>;
  kubectl(kubeconfig: string, ...args: readonly string[]): Promise<AzAnswer>;
  readonly folder: string;
  stop(): Promise<void>;
}

export interface AzSessionOptions {
  readonly fleetText?: string;
  readonly as?: PrincipalName;
  /** API profile of the CLI: an older one than `latest` sends older api-versions. */
  readonly profile?: string;
}

export async function findClient(name: string, ...versionArgs: readonly string[]): Promise<{ readonly kind: 'found'; readonly version: string } | { readonly kind: 'missing' }> {
  try {
    const { stdout } = await run(name, [...versionArgs], { timeout: 60_000 });
    return { kind: 'found', version: stdout.split('\n')[0]?.trim() ?? '' };
  } catch {
    return { kind: 'missing' };
  }
}

export const sampleFleetText = (): string => readFileSync(new URL('../../sandbox/fleets/three-regions.yaml', import.meta.url), 'utf8');

const historyMs = 20 * 60_000;

/** The world starts twenty minutes ago, so that there are metrics, and then keeps the machine's time. */
export async function startAzSession(options: AzSessionOptions = {}): Promise<AzSession> {
  const folder = mkdtempSync(path.join(tmpdir(), 'spillway-az-'));
  const clock = new VirtualClock(Date.now() - historyMs);
  const tracker = new BusyTracker();
  const pacer = new Pacer({ clock, tracker, pace: 'real' });
  const world = createWorld(specFromFleet(parseFleetForWorld(options.fleetText ?? sampleFleetText())), { clock, seed: 7 });
  clock.runUntil(Date.now());
  world.settle();
  const azure = createAzure(world, { stateFolder: folder, tracker, clockControl: createClockControl(clock, pacer) });
  const endpoints = await azure.listen();
  const driven = pacer.drive();
  const env = { ...process.env, REQUESTS_CA_BUNDLE: path.join(folder, 'ca.pem'), AZURE_CONFIG_DIR: path.join(folder, 'az'), AZURE_CORE_COLLECT_TELEMETRY: 'no', AZURE_CORE_NO_COLOR: 'yes' };
  const call = async (command: string, args: readonly string[]): Promise<AzAnswer> => {
    try {
      const { stdout, stderr } = await run(command, [...args], { env, timeout: 400_000, maxBuffer: 16 * 1024 * 1024 });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { readonly code?: unknown; readonly stdout?: string; readonly stderr?: string };
      return { code: typeof code === 'number' ? code : 1, stdout: stdout ?? '', stderr: stderr ?? String(error) };
    }
  };
  const az = (...args: readonly string[]): Promise<AzAnswer> => call('az', args);
  const must = async (...args: readonly string[]): Promise<string> => {
    const answer = await az(...args);
    if (answer.code !== 0) throw new Error(`az ${args.join(' ')}: ${answer.stderr}`);
    return answer.stdout;
  };
  const { arm } = endpoints;
  await must('cloud', 'register', '-n', 'SpillwaySandbox', '--endpoint-resource-manager', arm, '--endpoint-active-directory', `${arm}/adfs`, '--endpoint-active-directory-resource-id', arm, '--endpoint-active-directory-graph-resource-id', arm, '--endpoint-management', arm, '--suffix-storage-endpoint', 'localhost', '--suffix-keyvault-dns', '.vault.localhost');
  await must('cloud', 'set', '-n', 'SpillwaySandbox');
  if (options.profile !== undefined) await must('cloud', 'update', '-n', 'SpillwaySandbox', '--profile', options.profile);
  await must('login', '--service-principal', '-u', principals[options.as ?? 'owner'].clientId, '-p', 'sandbox', '--tenant', world.spec.tenantId);
  return {
    azure,
    world,
    endpoints,
    folder,
    az,
    json: async (...args) => JSON.parse(await must(...args, '-o', 'json')),
    kubectl: (kubeconfig, ...args) => call('kubectl', ['--kubeconfig', kubeconfig, ...args]),
    stop: async () => {
      pacer.stop();
      await driven;
      await azure.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
