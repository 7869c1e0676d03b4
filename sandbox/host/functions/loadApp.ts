import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script, constants } from 'node:vm';
import { isRecord } from '../durable/jsonText.ts';

let loads = 0;

/** Parsed host.json of an app folder; undefined when there is none. */
export function readHostJson(appDir: string): unknown {
  const file = path.join(appDir, 'host.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : undefined;
}

/**
 * Loads an app folder as the Node.js worker does: what package.json's main names, a file or a glob. Every load makes fresh
 * instances of those modules; what they import from node_modules is shared, unless it is bundled into them.
 */
export async function loadAppFolder(appDir: string): Promise<void> {
  const parsed: unknown = JSON.parse(readFileSync(path.join(appDir, 'package.json'), 'utf8'));
  const main = isRecord(parsed) && typeof parsed['main'] === 'string' ? parsed['main'] : 'index.js';
  const isModulePackage = isRecord(parsed) && parsed['type'] === 'module';
  const files = /[*?{[]/.test(main) ? globSync(main, { cwd: appDir }).toSorted() : [main];
  if (files.length === 0) throw new Error(`package.json's main "${main}" in ${appDir} matches no file`);
  for (const file of files) await loadFile(createRequire(path.join(appDir, 'package.json')).resolve(path.resolve(appDir, file)), isModulePackage);
}

async function loadFile(file: string, isModulePackage: boolean): Promise<void> {
  loads += 1;
  const extension = path.extname(file);
  if (extension === '.cjs' || (extension !== '.mjs' && extension !== '.mts' && !isModulePackage)) runCommonJs(file);
  else await import(`${pathToFileURL(file).href}?load=${loads}`);
}

type CommonJsWrapper = (this: unknown, exports: unknown, require: NodeJS.Require, module: { exports: unknown }, filename: string, dirname: string) => void;

const compiled = new Map<string, { readonly version: string; readonly script: Script }>();

/** A bundle of many megabytes takes V8 longer to compile than to run: hosts of one process share the compiled code, not the module. */
function runCommonJs(file: string): void {
  const { mtimeMs, size } = statSync(file);
  const version = `${mtimeMs}:${size}`;
  let known = compiled.get(file);
  if (known?.version !== version) {
    const source = readFileSync(file, 'utf8').replace(/^#!.*/, '');
    known = { version, script: new Script(Module.wrap(source), { filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }) };
    compiled.set(file, known);
  }
  // a script of this wrapper evaluates to the wrapper function
  const run = known.script.runInThisContext() as CommonJsWrapper;
  const module = { exports: {} };
  run.call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file));
}
