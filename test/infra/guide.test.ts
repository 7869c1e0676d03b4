import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shellBlocks } from '../../tools/infra-check/workflowChecks.ts';
import { harness } from '../functions/http/harness.ts';

const scriptOf = (page: string): string => shellBlocks(readFileSync(join(import.meta.dirname, '..', '..', 'docs', page), 'utf8')).join('\n').replaceAll('\\\n', ' ');

interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** With a region of the test's fleet where a page has the reader's own. */
function apiCall(path: string, options: string): ApiCall {
  const data = /(?:--data|-d) '([^']*)'/.exec(options)?.[1];
  return {
    method: /(?:--request|-X) (\w+)/.exec(options)?.[1] ?? 'GET',
    path: `/api/${path.replace('$DRILLED', 'eastus2').replace('$RUN', 'no-such-run')}`,
    body: data === undefined ? null : (JSON.parse(data) as unknown),
  };
}

/** Calls of each page's own `api` function. */
const guide = [...scriptOf('deploy.md').matchAll(/\bapi (.*?)"https:\/\/\$HOST\/api\/([^"]+)"/g)].map(([, options = '', path = '']) => apiCall(path, options));
const runbook = [...scriptOf('runbook.md').matchAll(/^api ([^\s(]+)(.*)$/gm)].map(([, path = '', options = '']) => apiCall(path, options));

/** What the API answers when a call is at fault itself, whatever the fleet's state. */
const atFault = [400, 404, 405, 415];

describe.each([
  { page: 'deploy.md', calls: guide, among: 'POST /api/regions/eastus2/drain', atLeast: 9 },
  { page: 'runbook.md', calls: runbook, among: 'PUT /api/controls', atLeast: 13 },
])("$page's calls of the API", ({ calls, among, atLeast }) => {
  test('are found', () => {
    expect(calls.map((call) => `${call.method} ${call.path}`)).toContain(among);
    expect(calls.length).toBeGreaterThanOrEqual(atLeast);
  });

  test.each(calls.map((call) => [`${call.method} ${call.path} ${JSON.stringify(call.body)}`, call] as const))('%s is one that the API takes', async (_, call) => {
    const answered = await harness().call(call.method, call.path, { ...(call.body === null ? {} : { body: call.body }), headers: { 'idempotency-key': 'guide' } });
    if (call.path.includes('no-such-run')) expect(answered).toMatchObject({ status: 404, body: { code: 'unknownRun' } });
    else expect(atFault).not.toContain(answered.status);
  });
});
