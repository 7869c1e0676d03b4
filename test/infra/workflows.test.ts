import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkWorkflows, shellBlocks, shellSteps, workflowFindings } from '../../tools/infra-check/workflowChecks.ts';

const root = join(import.meta.dirname, '..', '..');

describe('workflows', () => {
  test('parse, sign in by OIDC, pass values by environment; their shell is clean where shellcheck is there', async () => {
    const results = await checkWorkflows(root);
    expect(results.filter((result) => result.outcome === 'failed')).toEqual([]);
  });

  const job = (step: object): object => ({
    permissions: { contents: 'read', 'id-token': 'write' },
    concurrency: { group: 'production' },
    defaults: { run: { shell: 'bash' } },
    jobs: { a: { environment: 'production', steps: [step] } },
  });

  test('a workflow with all of it has no finding', () => {
    expect(workflowFindings('w', job({ run: 'curl x | jq .' }))).toEqual([]);
  });

  test('an action by its tag is found: somebody else can move it', () => {
    expect(workflowFindings('w', job({ uses: 'azure/login@v2' })).join()).toMatch(/name the commit/);
  });

  test('a pipe whose failures go unnoticed is found', () => {
    expect(workflowFindings('w', { ...job({ run: 'curl x | jq .' }), defaults: {} }).join()).toMatch(/inside a pipe/);
  });

  test('a sign-in outside an environment, or beside another one, is found', () => {
    const found = workflowFindings('w', { ...job({ run: 'x' }), concurrency: {}, jobs: { a: { steps: [] } } }).join();
    expect(found).toMatch(/outside an environment/);
    expect(found).toMatch(/nothing of concurrency/);
  });

  test('commands of a guide are taken from its bash blocks alone', () => {
    expect(shellBlocks('text\n```bash\necho a\n```\n```json\n{}\n```\n```bash\necho b\n```\n')).toEqual(['echo a\n', 'echo b\n']);
  });

  test('a stored secret is found', () => {
    expect(workflowFindings('w', job({ uses: 'azure/login@v2', with: { creds: '${{ secrets.AZURE }}' } })).join()).toMatch(/stored secret/);
  });

  test('an expression inside a script is found: it would be code', () => {
    expect(workflowFindings('w', job({ run: 'echo ${{ inputs.stamp }}' })).join()).toMatch(/hand it over by env/);
  });

  test('a sign-in without a token permission is found', () => {
    expect(workflowFindings('w', { permissions: { contents: 'read' }, jobs: { a: { steps: [{ uses: 'azure/login@v2' }] } } }).join()).toMatch(/id-token/);
  });

  test('scripts are taken from jobs and from composite actions', () => {
    expect(shellSteps('w', { jobs: { a: { steps: [{ run: 'x' }, { uses: 'y' }] } }, runs: { steps: [{ run: 'z' }] } }).map((step) => step.script)).toEqual(['x', 'z']);
  });
});
