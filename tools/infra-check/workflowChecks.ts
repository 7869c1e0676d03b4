import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { CheckResult } from './checkResult.ts';
import { judged, skipped } from './checkResult.ts';
import { runCommand } from './command.ts';
import { isRecord, listAt, recordAt, textAt } from './snapshot.ts';

export interface ShellStep {
  readonly name: string;
  readonly script: string;
}

/** Every `run:` of a workflow or composite action, with GitHub's own expressions made into plain words. */
export function shellSteps(file: string, workflow: unknown): readonly ShellStep[] {
  const jobs = Object.entries(recordAt(workflow, 'jobs')).flatMap(([job, body]) => listAt(body, 'steps').map((step) => [job, step] as const));
  const composite = listAt(workflow, 'runs.steps').map((step) => ['action', step] as const);
  return [...jobs, ...composite].flatMap(([job, step], index) => {
    const script = textAt(step, 'run');
    return script === null ? [] : [{ name: `${file}: ${job}, step ${textAt(step, 'name') ?? index + 1}`, script }];
  });
}

/** What makes a workflow unsafe, as far as its text shows it. */
export function workflowFindings(file: string, workflow: unknown): readonly string[] {
  const text = JSON.stringify(workflow);
  const permissions = recordAt(workflow, 'permissions');
  return [
    ...('jobs' in recordAt({ workflow }, 'workflow') ? [] : [`${file}: no jobs`]),
    ...(Object.keys(permissions).length === 0 ? [`${file}: says no permissions`] : []),
    ...(/secrets\.(?!GITHUB_TOKEN)/.test(text) ? [`${file}: uses a stored secret; sign in by OIDC`] : []),
    ...(text.includes('azure/login') && permissions['id-token'] !== 'write' ? [`${file}: signs in without id-token: write`] : []),
    ...shellSteps(file, workflow)
      .filter((step) => step.script.includes('${{'))
      .map((step) => `${step.name}: an expression inside the script; hand it over by env`),
  ];
}

export async function checkWorkflows(root: string): Promise<readonly CheckResult[]> {
  const folder = join(root, '.github', 'workflows');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yml'));
  const parsed = await Promise.all(
    files.map(async (name) => {
      const document = parseDocument(await readFile(join(folder, name), 'utf8'));
      const body: unknown = document.toJS();
      return { name, errors: document.errors.map((error) => `${name}: ${error.message}`), body: isRecord(body) ? body : {} };
    }),
  );
  return [
    judged(
      `${files.length} workflows parse, sign in without secrets and pass values by environment`,
      parsed.flatMap(({ name, errors, body }) => [...errors, ...workflowFindings(name, body)]),
    ),
    await shellIsClean(root, parsed.flatMap(({ name, body }) => shellSteps(name, body))),
  ];
}

async function shellIsClean(root: string, steps: readonly ShellStep[]): Promise<CheckResult> {
  const name = `shellcheck: ${steps.length} scripts in workflows`;
  const findings: string[] = [];
  for (const step of steps) {
    const ran = await runCommand('shellcheck', ['--shell=bash', '--severity=style', '-'], root, `set -euo pipefail\n${step.script}`);
    if (ran.exitCode === null) return skipped(name, 'shellcheck was not found: the shell in the workflows was not checked');
    if (ran.exitCode !== 0) findings.push(step.name, ran.output.trim());
  }
  return judged(name, findings);
}
