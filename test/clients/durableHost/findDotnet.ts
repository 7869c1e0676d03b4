import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const sdkMajor = 10;
const project = path.resolve(import.meta.dirname, 'host');

/** The release of the extension that the recordings were taken from. */
export const recordedVersion = '3.15.2';

/** SPILLWAY_DURABLE_EXTENSION names another. */
export const extensionVersion = process.env['SPILLWAY_DURABLE_EXTENSION'] ?? recordedVersion;

export type Dotnet = { readonly kind: 'found'; readonly version: string } | { readonly kind: 'none'; readonly why: string };

export function findDotnet(): Dotnet {
  const { error, stdout } = spawnSync('dotnet', ['--list-sdks'], { encoding: 'utf8' });
  if (error !== undefined) return { kind: 'none', why: `the .NET SDK ${sdkMajor} (dotnet) is not on PATH` };
  const versions = stdout.split('\n').flatMap((line) => line.split(' ')[0] ?? []).filter((version) => version !== '');
  const version = versions.find((each) => Number.parseInt(each, 10) >= sdkMajor);
  return version === undefined ? { kind: 'none', why: `the .NET SDK ${sdkMajor} is needed, and dotnet has ${versions.join(', ') || 'none'}` } : { kind: 'found', version };
}

/** Builds the host with the real extension from NuGet, where it is not built yet; the path of what to run. Rejects with the compiler's words. */
export async function buildDurableHost(): Promise<string> {
  const folder = path.resolve('node_modules/.cache/durable-host', extensionVersion);
  const dll = path.join(folder, 'bin', 'Microsoft.Azure.WebJobs.Script.dll');
  const args = ['build', project, '-c', 'Release', '-o', path.join(folder, 'bin'), '--nologo', '-v', 'quiet', `-p:BaseIntermediateOutputPath=${path.join(folder, 'obj')}/`, `-p:DurableExtension=${extensionVersion}`];
  const child = spawn('dotnet', args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0 || !existsSync(dll)) throw new Error(`the host of the Durable extension ${extensionVersion} could not be built (is NuGet reachable?):\n${output}`);
  return dll;
}
