import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/**
 * Which folder may import which, type imports included. A folder may always import itself.
 * domain <- ports <- activities <- orchestrations; adapters and functions look inward; only the composition root knows everybody.
 */
const allowed: Record<string, readonly string[]> = {
  'src/domain': [],
  'src/ports': ['src/domain'],
  'src/activities': ['src/domain', 'src/ports'],
  'src/orchestrations': ['src/domain', 'src/activities/contracts.ts'],
  'src/adapters': ['src/domain', 'src/ports'],
  'src/config': ['src/domain'],
  'src/functions': ['src/domain', 'src/ports', 'src/config', 'src/orchestrations', 'src/activities/contracts.ts'],
  'sandbox/clock': [],
  'sandbox/world': ['src/domain/fleet.ts', 'src/config'],
  'sandbox/host': ['sandbox/clock'],
};

const root = join(import.meta.dirname, '..');

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function relativeImports(file: string): string[] {
  const { module } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  const statics = module.staticImports.map((one) => one.moduleRequest.value);
  const reexports = module.staticExports.flatMap((one) => one.entries.flatMap((entry) => (entry.moduleRequest === null ? [] : [entry.moduleRequest.value])));
  return [...statics, ...reexports].filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(file), name)));
}

const isUnder = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);

/** The shortest way by imports from a file to itself; null where there is none. */
function wayBack(file: string, importsOf: ReadonlyMap<string, readonly string[]>): string | null {
  const ways = new Map([[file, file]]);
  for (const [at, way] of ways) {
    for (const target of importsOf.get(at) ?? []) {
      if (target === file) return `${way} -> ${file}`;
      if (!ways.has(target)) ways.set(target, `${way} -> ${target}`);
    }
  }
  return null;
}

describe('import direction', () => {
  it.each(Object.entries(allowed))('%s imports only what it may', (folder, places) => {
    const wrong = sourceFiles(folder).flatMap((file) =>
      relativeImports(file)
        .filter((target) => !isUnder(target, folder) && !places.some((place) => isUnder(target, place)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('src never imports sandbox, test, tools or cli', () => {
    const wrong = sourceFiles('src').flatMap((file) =>
      relativeImports(file)
        .filter((target) => !isUnder(target, 'src'))
        .map((target) => `${file} imports ${relative('.', target)}`),
    );
    expect(wrong).toEqual([]);
  });

  it('no file of src reaches itself by its imports, types included', () => {
    const importsOf = new Map(sourceFiles('src').map((file) => [file, relativeImports(file)]));
    expect([...importsOf.keys()].flatMap((file) => wayBack(file, importsOf) ?? [])).toEqual([]);
  });

  it('the reading of deployments serves the sandbox and knows nothing of it', () => {
    const wrong = sourceFiles('tools/infra-check').flatMap((file) => relativeImports(file).filter((target) => isUnder(target, 'sandbox')).map((target) => `${file} imports ${target}`));
    expect(wrong).toEqual([]);
  });

  it('finds imports at all: a file known to import ports is seen to', () => {
    expect(relativeImports('src/activities/applyWrite.ts')).toContain('src/ports/ports.ts');
  });
});
