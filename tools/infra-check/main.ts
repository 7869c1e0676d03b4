/**
 * Checks infra/, gitops/ and the workflows, offline. `--update` rewrites the role table for Bicep and the snapshots.
 * Exit code 0 only when nothing failed; what was skipped is said.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSnapshots, checkSources } from './bicepChecks.ts';
import { findCompiler } from './bicepCompiler.ts';
import type { CheckResult } from './checkResult.ts';
import { judged, passed, skipped } from './checkResult.ts';
import { gateMeetsDeployment, hpasFitPools, manifestRules } from './manifestRules.ts';
import { parseManifests, render, sampleSubstitutions, substitute } from './manifests.ts';
import { roleTableJson } from './roleTableJson.ts';
import { snapshotRules } from './rules/index.ts';
import { parseSnapshot } from './snapshot.ts';
import { checkWorkflows } from './workflowChecks.ts';

const root = join(import.meta.dirname, '..', '..');
const infra = join(root, 'infra');
const mode = process.argv.includes('--update') ? 'update' : 'validate';

async function checkRoleTable(): Promise<CheckResult> {
  const path = join(infra, 'roles', 'roleTable.json');
  if (mode === 'update') await writeFile(path, roleTableJson());
  const equal = (await readFile(path, 'utf8')) === roleTableJson();
  return judged('infra/roles/roleTable.json is the role table in code', equal ? [] : ['differs from src/adapters/permissions.ts: run with --update']);
}

async function checkBicep(): Promise<readonly CheckResult[]> {
  const found = await findCompiler(join(root, '.cache'));
  if (found.kind === 'missing') {
    return [skipped('bicep', `the Bicep compiler was not found (${found.why}): build, lint, format and whether the snapshots are current were not checked`)];
  }
  process.stdout.write(`Bicep ${found.compiler.version} (${found.compiler.origin})\n`);
  return [...(await checkSources(found.compiler, infra)), ...(await checkSnapshots(found.compiler, infra, mode))];
}

async function checkRules(): Promise<readonly CheckResult[]> {
  const files = (await readdir(join(infra, 'params'))).filter((name) => name.endsWith('.snapshot.json')).toSorted();
  const results = await Promise.all(
    files.map(async (name) => {
      const snapshot = parseSnapshot(await readFile(join(infra, 'params', name), 'utf8'));
      return snapshotRules.map((rule) => judged(`${name.replace('.snapshot.json', '')}: ${rule.name}`, rule.check(snapshot)));
    }),
  );
  return results.flat();
}

async function checkManifests(): Promise<readonly CheckResult[]> {
  const folder = join(root, 'gitops', 'overlays');
  const rendered = await render(join(folder, 'flux'));
  if (rendered.kind === 'missing') return [skipped('gitops', `${rendered.why}: the manifests were not built and not checked`)];
  if (rendered.kind === 'failed') return [judged('kustomize gitops/overlays/flux', [rendered.why])];
  const argo = await render(join(folder, 'argo'));
  const manifests = parseManifests(substitute(rendered.text, sampleSubstitutions));
  const fits = ['trial', 'production'].map(async (name) => {
    const snapshot = parseSnapshot(await readFile(join(infra, 'params', `${name}.snapshot.json`), 'utf8'));
    return [
      judged(`${name}: the user pools hold every HPA at its maximum`, hpasFitPools(manifests, snapshot)),
      judged(`${name}: the gate is where Front Door asks, and may read its blob`, gateMeetsDeployment(manifests, snapshot)),
    ];
  });
  return [
    passed('kustomize gitops/overlays/flux'),
    judged('kustomize gitops/overlays/argo', argo.kind === 'failed' ? [argo.why] : []),
    ...manifestRules.map((rule) => judged(`gitops: ${rule.name}`, rule.check(manifests))),
    ...(await Promise.all(fits)).flat(),
  ];
}

const results = [await checkRoleTable(), ...(await checkBicep()), ...(await checkRules()), ...(await checkManifests()), ...(await checkWorkflows(root))];
for (const result of results) {
  const mark = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[result.outcome];
  process.stdout.write(`${mark}  ${result.name}\n${result.details.map((detail) => `      ${detail}\n`).join('')}`);
}
const count = (outcome: CheckResult['outcome']): number => results.filter((result) => result.outcome === outcome).length;
process.stdout.write(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped\n`);
process.exitCode = count('failed') === 0 ? 0 : 1;
