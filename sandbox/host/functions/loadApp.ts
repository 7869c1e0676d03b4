import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../durable/jsonText.ts';

let loads = 0;

/** Parsed host.json of an app folder; undefined when there is none. */
export function readHostJson(appDir: string): unknown {
  const file = path.join(appDir, 'host.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : undefined;
}

/**
 * Loads an app folder as the Node.js worker does: what package.json's main names, a file or a glob. CommonJS and ES modules get a
 * fresh instance at every load; what they import from node_modules is shared, unless it is bundled.
 */
export async function loadAppFolder(appDir: string): Promise<void> {
  const packageFile = path.join(appDir, 'package.json');
  const parsed: unknown = JSON.parse(readFileSync(packageFile, 'utf8'));
  const main = isRecord(parsed) && typeof parsed['main'] === 'string' ? parsed['main'] : 'index.js';
  const isModulePackage = isRecord(parsed) && parsed['type'] === 'module';
  const files = /[*?{[]/.test(main) ? globSync(main, { cwd: appDir }).toSorted() : [main];
  if (files.length === 0) throw new Error(`package.json's main "${main}" in ${appDir} matches no file`);
  for (const file of files) await loadFile(path.resolve(appDir, file), isModulePackage);
}

async function loadFile(file: string, isModulePackage: boolean): Promise<void> {
  loads += 1;
  const extension = path.extname(file);
  if (extension === '.cjs' || (extension !== '.mjs' && extension !== '.mts' && !isModulePackage)) {
    const require = createRequire(file);
    const resolved = require.resolve(file);
    // oxlint-disable-next-line typescript/no-dynamic-delete -- the documented way to load a module anew
    delete require.cache[resolved];
    require(resolved);
    return;
  }
  await import(`${pathToFileURL(file).href}?load=${loads}`);
}
