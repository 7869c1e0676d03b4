import { describe, expect, it } from 'vitest';
import { createCosmosFace } from '../../../sandbox/azure/cosmos/index.ts';
import { bodyOf, fuzzCount, fuzzFace, fuzzTimeoutMs, pathOf } from '../kubernetes/fuzz.ts';
import type { Random } from '../kubernetes/fuzz.ts';

const item = { id: 'a', runId: 'run1', kind: 'k', seq: 1, at: 5, ttl: 60, stamps: ['eastus2'], event: { type: 'RunOpened' } };
const words = ['SELECT', 'TOP', '*', 'VALUE', 'c', 'c.at', 'c["a"]', 'FROM', 'WHERE', '=', '>=', '<', 'AND', 'OR', 'NOT', '(', ')', 'ARRAY_CONTAINS(c.stamps, @s)', '@p', '1', "'x'", 'ORDER BY', 'DESC', ',', 'OFFSET', 'LIMIT', 'JOIN', 'IN', '[', ']', '{', '}', ':', '-', 'COUNT(1)', 'NULL', 'undefined', '\u0000'];
const texts = ['SELECT * FROM c', 'SELECT TOP @p c.seq FROM c WHERE c.runId = @s ORDER BY c.seq DESC', 'SELECT VALUE c.id FROM c WHERE c.at >= 1 OFFSET 0 LIMIT 2'];

function queryBody(r: Random): unknown {
  const query = r.chance(0.5) ? r.pick(texts) : Array.from({ length: r.below(14) + 1 }, () => r.pick(words)).join(' ');
  return { query, parameters: [{ name: '@p', value: r.pick([1, -1, 'x', null]) }, { name: '@s', value: 'run1' }] };
}

const operation = (operationType: string) => ({ operationType, id: 'a', resourceBody: item, partitionKey: '["run1"]' });

function request(r: Random) {
  const tail = r.pick([[], ['docs'], ['docs'], ['docs'], ['docs', r.pick(['a', 'b', 'none'])], ['docs', 'a'], ['pkranges'], ['sprocs', 'x']]);
  const path = r.chance(0.05) ? '/' : pathOf(r, ['dbs', r.chance(0.95) ? 'spillway' : 'other', 'colls', r.pick(['ledger', 'ledger', 'ledger', 'state', 'none']), ...tail]);
  const kind = r.pick(['item', 'item', 'query', 'plan', 'batch', 'feed']);
  const flags: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    item: r.chance(0.3) ? { 'x-ms-documentdb-is-upsert': 'true' } : {},
    query: { 'x-ms-documentdb-isquery': 'true' },
    plan: { 'x-ms-cosmos-is-query-plan-request': 'True' },
    batch: { 'x-ms-cosmos-is-batch-request': 'true', 'x-ms-cosmos-batch-atomic': r.pick(['true', 'false']) },
    feed: { 'a-im': r.pick(['Incremental Feed', 'Full-Fidelity Feed']), 'if-none-match': r.pick(['*', '"1"', 'x', '""']) },
  };
  const seeds = kind === 'query' || kind === 'plan' ? [queryBody(r)] : kind === 'batch' ? [[operation('Create'), operation(r.pick(['Read', 'Delete', 'Replace', 'Upsert', 'Patch', 'x']))]] : [item, { ...item, id: 'b', runId: 'run2' }];
  const extra: Record<string, string> = {};
  if (r.chance(0.9)) extra['x-ms-documentdb-partitionkey'] = r.chance(0.7) ? '["run1"]' : r.pick(['["k"]', '["run2"]', '[{}]', '[]', '["a","b"]', '[[1]]', '{', '"x"', '[null]', '[1]']);
  if (r.chance(0.2)) extra['if-match'] = r.pick(['*', '"x"', '']);
  if (r.chance(0.2)) extra['x-ms-max-item-count'] = r.pick(['1', '-1', '0', 'x', '9999999']);
  if (r.chance(0.2)) extra['x-ms-continuation'] = r.pick(['x', '+RID:~a#RT:1#TRC:1#FPC:1', '#TRC:99999999999999999999#']);
  if (r.chance(0.5)) extra['x-ms-documentdb-query-enablecrosspartition'] = 'true';
  return {
    method: r.pick(['GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']),
    url: new URL(`https://cosmos.sandbox.test${path}`),
    headers: { authorization: r.chance(0.97) ? 'type=aad&ver=1.0&sig=t' : r.pick(['x', 'type=master&ver=1.0&sig=x', '%']), ...flags[kind], ...extra },
    body: bodyOf(r, seeds),
  };
}

describe('cosmos face under fuzzed requests', () => {
  it(`answers ${fuzzCount} requests without a crash, a 500 or a hang`, async () => {
    let now = Date.UTC(2026, 10, 22);
    const face = createCosmosFace({ clock: { now: () => (now += 1000) }, checkToken: () => ({ kind: 'ok' }), faults: { active: () => null } });
    const { statuses } = await fuzzFace(face, request, (response, text) => {
      if (text === '') expect([204, 304]).toContain(response.status);
      else JSON.parse(text);
      if (response.status >= 400) expect(JSON.parse(text)).toMatchObject({ code: expect.any(String) as string, message: expect.any(String) as string });
    });
    expect(Object.keys(statuses).map(Number)).toEqual(expect.arrayContaining([200, 201, 400, 401, 404, 405, 409, 412, 501]));
  }, fuzzTimeoutMs);
});
