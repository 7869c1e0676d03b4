import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned: snapshots and formatting are compared byte by byte, and another version may write them otherwise. */
export const pinnedBicepVersion = '0.49.2';

export interface Compiler {
  readonly path: string;
  readonly version: string;
  readonly origin: 'PATH' | 'az' | 'NuGet';
}

export type CompilerFound = { readonly kind: 'found'; readonly compiler: Compiler } | { readonly kind: 'missing'; readonly why: string };

/**
 * The pinned compiler: on PATH, or as `az bicep install` leaves it, or restored from NuGet by `dotnet` into
 * `<cacheFolder>/bicep` (once; linux-x64 is the only package there is).
 */
export async function findCompiler(cacheFolder: string): Promise<CompilerFound> {
  const onPath = await versionOf('bicep');
  if (onPath === pinnedBicepVersion) return { kind: 'found', compiler: { path: 'bicep', version: onPath, origin: 'PATH' } };
  const azPath = join(homedir(), '.azure', 'bin', 'bicep');
  if ((await versionOf(azPath)) === pinnedBicepVersion) return { kind: 'found', compiler: { path: azPath, version: pinnedBicepVersion, origin: 'az' } };
  const restored = await restore(cacheFolder);
  if (restored !== null) return { kind: 'found', compiler: { path: restored, version: pinnedBicepVersion, origin: 'NuGet' } };
  const other = onPath === null ? 'no bicep on PATH' : `bicep ${onPath} on PATH`;
  return { kind: 'missing', why: `${other}, and ${pinnedBicepVersion} could not be restored with dotnet` };
}

async function restore(cacheFolder: string): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const packages = join(cacheFolder, 'bicep', 'packages');
  const binary = join(packages, 'azure.bicep.commandline.linux-x64', pinnedBicepVersion, 'tools', 'bicep');
  if (!(await exists(binary))) {
    const project = join(import.meta.dirname, 'bicep.csproj');
    try {
      await run('dotnet', ['restore', project, `-p:RestorePackagesPath=${packages}`, `-p:BaseIntermediateOutputPath=${join(cacheFolder, 'bicep', 'obj')}/`]);
    } catch {
      return null;
    }
  }
  if (!(await exists(binary))) return null;
  await chmod(binary, 0o755);
  return (await versionOf(binary)) === pinnedBicepVersion ? binary : null;
}

async function versionOf(path: string): Promise<string | null> {
  try {
    const { stdout } = await run(path, ['--version']);
    return /version (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
