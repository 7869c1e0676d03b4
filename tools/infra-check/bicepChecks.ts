import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Compiler } from './bicepCompiler.ts';
import type { CheckResult } from './checkResult.ts';
import { judged } from './checkResult.ts';
import { runCommand } from './command.ts';
import { isRecord, listAt, numberAt, recordAt, textAt } from './snapshot.ts';

/** Ids that snapshots are evaluated with: nobody's. */
const snapshotArguments = [
  '--subscription-id',
  '11111111-1111-1111-1111-111111111111',
  '--tenant-id',
  '22222222-2222-2222-2222-222222222222',
  '--location',
  'westeurope',
  '--deployment-name',
  'spillway',
];

const entryPoints = ['main.bicep', 'bootstrap.bicep'];

/** Azure refuses a template above 4 MB. */
const largestTemplateBytes = 4 * 1024 * 1024;

/** Build, lint and format of everything in `infra/`: no error, no warning, no difference. */
export async function checkSources(compiler: Compiler, infraFolder: string): Promise<readonly CheckResult[]> {
  const sources = await bicepFiles(infraFolder);
  const results: CheckResult[] = [];
  const lint = await runCommand(compiler.path, ['lint', '--pattern', '**/*.bicep'], infraFolder);
  results.push(judged(`bicep lint: ${sources.length} files without a warning`, [...new Set(lines(lint.output))]));
  results.push(judged('bicep format leaves no difference', await formatFindings(compiler, infraFolder, sources)));

  for (const entry of entryPoints) {
    const built = await runCommand(compiler.path, ['build', entry, '--stdout'], infraFolder);
    const findings = built.exitCode === 0 && built.output === built.stdout ? [] : lines(built.output.replace(built.stdout, ''));
    results.push(judged(`bicep build ${entry}`, findings));
    if (findings.length === 0) results.push(judged(`${entry}: ${templateRule}`, templateFindings(built.stdout)));
  }
  return results;
}

/** Formats a copy: the compiler formats many files at once only in place. */
async function formatFindings(compiler: Compiler, infraFolder: string, sources: readonly string[]): Promise<readonly string[]> {
  const copy = await mkdtemp(join(tmpdir(), 'infra-format-'));
  try {
    await cp(infraFolder, copy, { recursive: true });
    const ran = await runCommand(compiler.path, ['format', '--pattern', '**/*.bicep*'], copy);
    if (ran.exitCode !== 0) return lines(ran.output);
    const compared = await Promise.all(
      sources.map(async (file) => {
        const name = relative(infraFolder, file);
        const same = (await readFile(file, 'utf8')) === (await readFile(join(copy, name), 'utf8'));
        return same ? [] : [`${name}: bicep format would change it`];
      }),
    );
    return compared.flat();
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const templateRule = 'origins are seeded only, stamps come one after the other, Flux before what it follows';

/**
 * What a snapshot does not show: `@onlyIfNotExists`; conditions, which in a deleting stack would remove the resource; the
 * order in which things are made; and the size of the whole.
 */
export function templateFindings(template: string): readonly string[] {
  const findings: string[] = template.length > largestTemplateBytes ? [`${template.length} bytes, Azure takes ${largestTemplateBytes}`] : [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    if (!isRecord(value)) return;
    if (value.type === 'Microsoft.Cdn/profiles/originGroups/origins' && value.existing !== true) {
      if (!isRecord(value['@options']) || !('onlyIfNotExists' in value['@options'])) findings.push('an origin is not @onlyIfNotExists(): a deployment would set its weight back');
      if ('condition' in value) findings.push('an origin has a condition: a deleting stack would remove it');
    }
    if (value.type === 'Microsoft.KubernetesConfiguration/fluxConfigurations' && !listAt(value, 'dependsOn').includes('flux')) {
      findings.push('a Flux configuration does not wait for the Flux extension: the cluster has nothing to take it with');
    }
    if (textAt(value, 'copy.name') === 'stampModules' && (textAt(value, 'copy.mode') !== 'serial' || numberAt(value, 'copy.batchSize') !== 1)) {
      findings.push('stamps are deployed at the same time: one bad change reaches all of them');
    }
    Object.values(value).forEach(walk);
  };
  walk(JSON.parse(template));
  return findings;
}

/** Each parameter file against its committed snapshot; `update` writes them anew instead. */
export async function checkSnapshots(compiler: Compiler, infraFolder: string, mode: 'validate' | 'update'): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const file of (await bicepFiles(join(infraFolder, 'params'))).filter((source) => source.endsWith('.bicepparam'))) {
    const how = mode === 'update' ? 'overwrite' : 'validate';
    const ran = await runCommand(compiler.path, ['snapshot', file, '--mode', how, ...snapshotArguments], infraFolder);
    const name = relative(infraFolder, file);
    if (mode === 'update' && ran.exitCode === 0) await putInOrder(file.replace(/\.bicepparam$/, '.snapshot.json'));
    results.push(judged(`bicep snapshot ${name}`, ran.exitCode === 0 ? [] : [...lines(ran.output).slice(0, 60), 'differs from the committed snapshot: look at it, then run with --update']));
  }
  return results;
}

/** The compiler writes resources and outputs in the order in which it came to them: by name, a diff shows what changed and no more. */
async function putInOrder(path: string): Promise<void> {
  const snapshot: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!isRecord(snapshot)) throw new Error(`${path} is no snapshot`);
  const resources = listAt(snapshot, 'predictedResources').toSorted((left, right) => compare(textAt(left, 'id'), textAt(right, 'id')));
  const outputs = Object.fromEntries(Object.entries(recordAt(snapshot, 'outputs')).toSorted(([left], [right]) => compare(left, right)));
  await writeFile(path, `${JSON.stringify({ ...snapshot, predictedResources: resources, outputs }, null, 2)}\n`);
}

const compare = (left: string | null, right: string | null): number => ((left ?? '') < (right ?? '') ? -1 : 1);

async function bicepFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.bicep(param)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');
