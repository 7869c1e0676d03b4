import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shellBlocks } from '../../tools/infra-check/workflowChecks.ts';
import { harness } from '../functions/http/harness.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'deploy.md'), 'utf8');
const script = shellBlocks(page).join('\n').replaceAll('\\\n', ' ');

interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Calls of the page's `api` function, with a region of the test's fleet where the page has the reader's own. */
const calls: readonly ApiCall[] = [...script.matchAll(/\bapi (.*?)"https:\/\/\$HOST\/(api\/[^"]+)"/g)].map(([, options = '', path = '']) => {
  const data = /--data '([^']*)'/.exec(options)?.[1];
  return {
    method: /--request (\w+)/.exec(options)?.[1] ?? 'GET',
    path: `/${path.replace('$DRILLED', 'eastus2').replace('$RUN', 'no-such-run')}`,
    body: data === undefined ? null : (JSON.parse(data) as unknown),
  };
});

/** What the API answers when a call is at fault itself, whatever the fleet's state. */
const atFault = [400, 404, 405, 415];

describe("the guide's calls of the API", () => {
  test('are found', () => {
    expect(calls.map((call) => `${call.method} ${call.path}`)).toContain('POST /api/regions/eastus2/drain');
    expect(calls.length).toBeGreaterThanOrEqual(9);
  });

  test.each(calls.map((call) => [`${call.method} ${call.path} ${JSON.stringify(call.body)}`, call] as const))('%s is one that the API takes', async (_, call) => {
    const answered = await harness().call(call.method, call.path, { ...(call.body === null ? {} : { body: call.body }), headers: { 'idempotency-key': 'guide' } });
    if (call.path.includes('no-such-run')) expect(answered).toMatchObject({ status: 404, body: { code: 'unknownRun' } });
    else expect(atFault).not.toContain(answered.status);
  });
});
