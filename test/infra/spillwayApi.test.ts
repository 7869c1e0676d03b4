import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Ran {
  readonly failed: boolean;
  readonly output: string;
}

/** Runs commands after the script that workflows source, with curl, az and sleep played by shell functions. */
function withScript(answers: readonly string[], commands: string): Promise<Ran> {
  const stubs = `
    set -eo pipefail
    asked=$(mktemp)
    curl() { case "$*" in
      *oidc.example.com*) echo '{"value":"assertion"}' ;;
      *) echo x >> "$asked"; sed -n "$(wc -l < "$asked")p" <<< "$ANSWERS" ;;
    esac; }
    az() { case "$1" in login) echo "signed in with $9" >&2 ;; account) echo api-token ;; esac; }
    sleep() { :; }`;
  const environment = { ...process.env, ANSWERS: answers.join('\n'), HOST: 'h', API_SCOPE: 'api://x', CLIENT: 'c', TENANT: 't', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'r', ACTIONS_ID_TOKEN_REQUEST_URL: 'https://oidc.example.com/?a=1' };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${stubs}\nsource .github/scripts/spillwayApi.sh\nsign_in\n${commands}`], { cwd: root, env: environment }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: stdout + stderr });
    });
  });
}

const running = '{"outcome":null,"phase":"surging"}';

describe("the workflows' own script", () => {
  test('waits for a run until it has completed', async () => {
    const ran = await withScript([running, running, '{"outcome":"completed","phase":"closed"}'], 'until_closed r1');
    expect(ran).toMatchObject({ failed: false });
    expect(ran.output).toContain('minute 1: open, surging');
    expect(ran.output).toContain('minute 2: completed, closed');
  });

  test('a run that ended otherwise fails the workflow, with its outcome', async () => {
    const ran = await withScript([running, '{"outcome":"undone","phase":"closed"}'], 'until_closed r1');
    expect(ran.failed).toBe(true);
    expect(ran.output).toContain('::error::run r1 ended as undone');
  });

  test('a refusal of the API stops the workflow', async () => {
    const ran = await withScript([], `curl() { echo '{"code":"fleetBusy"}'; return 22; }\nrun=$(call POST regions/swc/drain key '{}' | jq --raw-output .code)\necho "unreached $run"`);
    expect(ran.failed).toBe(true);
    expect(ran.output).not.toContain('unreached');
  });
});
