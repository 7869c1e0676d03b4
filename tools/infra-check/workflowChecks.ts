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
    ...(permissions['id-token'] === 'write' ? signedInFindings(file, workflow) : []),
    ...(shellSteps(file, workflow).some((step) => step.script.includes('|')) && textAt(workflow, 'defaults.run.shell') !== 'bash'
      ? [`${file}: without defaults.run.shell: bash a failure inside a pipe goes unnoticed`]
      : []),
    ...usedActions(workflow)
      .filter((action) => !action.startsWith('./') && !/@[0-9a-f]{40}$/.test(action))
      .map((action) => `${file}: ${action} is a tag, which somebody else can move; name the commit`),
    ...shellSteps(file, workflow)
      .filter((step) => step.script.includes('${{'))
      .map((step) => `${step.name}: an expression inside the script; hand it over by env`),
  ];
}

/** What holds of a workflow that signs in to Azure: a named environment can be guarded, and two at once would undo each other. */
const signedInFindings = (file: string, workflow: unknown): readonly string[] => [
  ...Object.entries(recordAt(workflow, 'jobs'))
    .filter(([, job]) => textAt(job, 'environment') === null)
    .map(([job]) => `${file}: job ${job} signs in outside an environment`),
  ...(textAt(workflow, 'concurrency.group') === null ? [`${file}: says nothing of concurrency`] : []),
];

const usedActions = (workflow: unknown): readonly string[] =>
  Object.values(recordAt(workflow, 'jobs'))
    .flatMap((job) => listAt(job, 'steps'))
    .map((step) => textAt(step, 'uses'))
    .filter((action) => action !== null);

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
      `${files.length} workflows parse, sign in without secrets, name commits and stop at failures`,
      parsed.flatMap(({ name, errors, body }) => [...errors, ...workflowFindings(name, body)]),
    ),
    await shellIsClean(root, [...parsed.flatMap(({ name, body }) => shellSteps(name, body)), ...(await sourcedScripts(root)), ...(await guideScripts(root))]),
  ];
}

/** Scripts that workflows share. */
async function sourcedScripts(root: string): Promise<readonly ShellStep[]> {
  const folder = join(root, '.github', 'scripts');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sh'));
  return Promise.all(files.map(async (name) => ({ name: `.github/scripts/${name}`, script: await readFile(join(folder, name), 'utf8') })));
}

/** Commands that a person is told to type, in the order of the page: a variable that one block sets, a later one uses. */
async function guideScripts(root: string): Promise<readonly ShellStep[]> {
  return Promise.all(
    ['deploy.md', 'cost.md', 'runbook.md'].map(async (name) => ({ name: `docs/${name}`, script: shellBlocks(await readFile(join(root, 'docs', name), 'utf8')).join('\n') })),
  );
}

/** The fenced `bash` blocks of a page. */
export const shellBlocks = (markdown: string): readonly string[] => [...markdown.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

async function shellIsClean(root: string, steps: readonly ShellStep[]): Promise<CheckResult> {
  const name = `shellcheck: ${steps.length} scripts of workflows and guides`;
  const findings: string[] = [];
  for (const step of steps) {
    const ran = await runCommand('shellcheck', ['--shell=bash', '--severity=style', '--external-sources', '-'], root, `set -euo pipefail\n${step.script}`);
    if (ran.exitCode === null) return skipped(name, 'shellcheck was not found: the shell of workflows and guides was not checked');
    if (ran.exitCode !== 0) findings.push(step.name, ran.output.trim());
  }
  return judged(name, findings);
}
