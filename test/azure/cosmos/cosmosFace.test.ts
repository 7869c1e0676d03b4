import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeFeedStartFrom, CosmosClient } from '@azure/cosmos';
import type { Container, ErrorResponse } from '@azure/cosmos';
import { beforeEach, describe, expect, it } from 'vitest';
import { compactCosmosChanges, createCosmosFace, createCosmosStore, dataActions, openChangeJournal, spillwayContainers } from '../../../sandbox/azure/cosmos/index.ts';
import type { CosmosAccess, CosmosChange, CosmosFaceOptions } from '../../../sandbox/azure/cosmos/index.ts';
import { ConnectionFault } from '../../../sandbox/azure/face.ts';
import type { Fault } from '../../../sandbox/world/types.ts';
import { faceHttpClient, fixedToken } from '../blob/faceHttpClient.ts';

const start = Date.UTC(2026, 10, 22);

interface Subject {
  readonly ledger: Container;
  readonly state: Container;
  readonly clock: { now: number };
  readonly faults: Map<string, Fault>;
  readonly asked: CosmosAccess[];
}

function subject(options: Partial<CosmosFaceOptions> = {}): Subject {
  const clock = { now: start };
  const faults = new Map<string, Fault>();
  const asked: CosmosAccess[] = [];
  const face = createCosmosFace({
    clock: { now: () => clock.now },
    checkToken: (_token, access) => {
      asked.push(access);
      return { kind: 'ok' };
    },
    faults: { active: (kind) => faults.get(kind) ?? null },
    ...options,
  });
  const database = clientOf(face).database('spillway');
  return { ledger: database.container('ledger'), state: database.container('state'), clock, faults, asked };
}

const clientOf = (face: ReturnType<typeof createCosmosFace>, token = 't') =>
  new CosmosClient({
    endpoint: 'https://cosmos.sandbox.test',
    aadCredentials: fixedToken(token),
    httpClient: faceHttpClient(face),
    connectionPolicy: { enableEndpointDiscovery: false, enableBackgroundEndpointRefreshing: false, retryOptions: { maxRetryAttemptCount: 0 } },
  });

async function refusal(call: Promise<unknown>): Promise<ErrorResponse> {
  const outcome = await call.then(() => null, (error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('the call was not refused');
  return outcome;
}

const entry = (runId: string, seq: number, more: Record<string, unknown> = {}) => ({ id: `r1:${seq}`, runId, seq, at: 1000 + seq, stamps: ['eastus2'], event: { type: 'Step' }, ...more });

describe('cosmos face: items through the SDK', () => {
  let s: Subject;
  beforeEach(() => {
    s = subject();
  });

  it('creates once, reads back with system properties', async () => {
    const created = await s.ledger.items.create(entry('run1', 0));
    expect(created.statusCode).toBe(201);
    expect(created.requestCharge).toBeGreaterThan(0);
    const { resource, etag } = await s.ledger.item('r1:0', 'run1').read();
    expect(resource).toMatchObject({ ...entry('run1', 0), _etag: etag, _ts: start / 1000 });
    expect((await refusal(s.ledger.items.create(entry('run1', 0, { seq: 5 })))).code).toBe(409);
    expect((await s.ledger.items.create(entry('run2', 0))).statusCode).toBe(201);
  });

  it('answers a missing item as the SDK shows it', async () => {
    const { resource, statusCode } = await s.ledger.item('none', 'run1').read();
    expect([resource, statusCode]).toEqual([undefined, 404]);
    expect((await refusal(s.state.item('none', 'x').replace({ id: 'none', kind: 'x' }))).code).toBe(404);
    expect((await refusal(s.state.item('none', 'x').delete())).code).toBe(404);
  });

  it('holds the unique key of a partition', async () => {
    await s.ledger.items.create(entry('run1', 1));
    const refused = await refusal(s.ledger.items.create({ ...entry('run1', 1), id: 'other' }));
    expect([refused.code, refused.message.includes('Unique index constraint violation')]).toEqual([409, true]);
    await s.ledger.items.create({ ...entry('run2', 1), id: 'other' });
  });

  it('replaces under If-Match only with the current etag', async () => {
    const { etag } = await s.state.items.create({ id: 'mode', kind: 'controls', mode: 'observe' });
    const next = await s.state.item('mode', 'controls').replace({ id: 'mode', kind: 'controls', mode: 'auto' }, { accessCondition: { type: 'IfMatch', condition: etag } });
    expect(next.etag).not.toBe(etag);
    const refused = await refusal(s.state.item('mode', 'controls').replace({ id: 'mode', kind: 'controls', mode: 'x' }, { accessCondition: { type: 'IfMatch', condition: etag } }));
    expect(refused.code).toBe(412);
    expect((await s.state.item('mode', 'controls').read<{ mode: string }>()).resource?.mode).toBe('auto');
    expect((await refusal(s.state.item('mode', 'controls').delete({ accessCondition: { type: 'IfMatch', condition: etag } }))).code).toBe(412);
    expect((await s.state.item('mode', 'controls').delete()).statusCode).toBe(204);
  });

  it('upserts', async () => {
    expect((await s.state.items.upsert({ id: 'a', kind: 'k', n: 1 })).statusCode).toBe(201);
    expect((await s.state.items.upsert({ id: 'a', kind: 'k', n: 2 })).statusCode).toBe(200);
  });

  it('lets an item expire at its ttl, where the container has it on', async () => {
    await s.state.items.create({ id: 'short', kind: 'k', ttl: 60 });
    await s.state.items.create({ id: 'long', kind: 'k' });
    await s.ledger.items.create(entry('run1', 0, { ttl: 1 }));
    s.clock.now += 59_000;
    expect((await s.state.item('short', 'k').read()).statusCode).toBe(200);
    s.clock.now += 1000;
    expect((await s.state.item('short', 'k').read()).statusCode).toBe(404);
    expect((await s.state.items.query('SELECT * FROM c', { partitionKey: 'k' }).fetchAll()).resources).toHaveLength(1);
    expect((await s.state.items.create({ id: 'short', kind: 'k' })).statusCode).toBe(201);
    expect((await s.ledger.item('r1:0', 'run1').read()).statusCode).toBe(200);
    expect((await refusal(s.state.items.create({ id: 'bad', kind: 'k', ttl: 0 }))).code).toBe(400);
  });

  it('refuses ids and partition keys that do not fit', async () => {
    expect((await refusal(s.ledger.items.create({ ...entry('r', 1), id: 'x'.repeat(1100) }))).code).toBe(400);
    const wrong = await refusal(s.state.item('x', 'other').replace({ id: 'x', kind: 'k' }));
    expect(wrong.code).toBe(400);
  });

  it('reads only what has changed, takes no more than 2 MB, and says what it does not do', async () => {
    const { etag } = await s.ledger.items.create(entry('run1', 0));
    const item = s.ledger.item('r1:0', 'run1');
    expect((await item.read({ accessCondition: { type: 'IfNoneMatch', condition: etag } })).statusCode).toBe(304);
    expect((await refusal(s.ledger.items.create(entry('run1', 1, { text: 'x'.repeat(2 * 1024 * 1024) })))).code).toBe(413);
    expect((await refusal(item.delete({ accessCondition: { type: 'IfMatch', condition: '"stale"' } }))).code).toBe(412);
    expect((await refusal(item.patch([{ op: 'add', path: '/more', value: 1 }]))).code).toBe(501);
    expect((await refusal(s.ledger.items.query('SELECT * FROM c', { partitionKey: 'run1', continuationToken: 'garbage' }).fetchNext())).code).toBe(400);
  });

  it('runs a batch as a whole or not at all', async () => {
    const create = (seq: number) => ({ operationType: 'Create' as const, resourceBody: entry('run1', seq) });
    const done = await s.ledger.items.batch([create(0), create(1), { operationType: 'Read', id: 'r1:0' }], 'run1');
    expect(done.result?.map(({ statusCode }) => statusCode)).toEqual([201, 201, 200]);
    const failed = await s.ledger.items.batch([create(2), create(1), create(3)], 'run1');
    expect([failed.code, failed.result?.map(({ statusCode }) => statusCode)]).toEqual([207, [424, 409, 424]]);
    expect((await s.ledger.items.query('SELECT * FROM c', { partitionKey: 'run1' }).fetchAll()).resources).toHaveLength(2);
  });
});

describe('cosmos face: queries', () => {
  let s: Subject;
  beforeEach(async () => {
    s = subject();
    for (const [runId, seq, at, type, stamps] of [
      ['run1', 0, 100, 'RunOpened', ['eastus2']],
      ['run1', 1, 110, 'PlanMade', ['eastus2', 'westus3']],
      ['run1', 2, 120, 'RunClosed', ['eastus2']],
      ['run2', 0, 200, 'RunOpened', ['westus3']],
      ['run3', 0, 300, 'RunOpened', ['eastus2', 'centralus']],
    ] as const)
      await s.ledger.items.create({ id: `e${seq}`, runId, seq, at, stamps, event: { type } });
  });

  it('reads a partition in order, in pages', async () => {
    const query = { query: 'SELECT * FROM c WHERE c.runId = @runId ORDER BY c.seq ASC', parameters: [{ name: '@runId', value: 'run1' }] };
    const pages: number[][] = [];
    const iterator = s.ledger.items.query<{ seq: number }>(query, { partitionKey: 'run1', maxItemCount: 2 });
    while (iterator.hasMoreResults()) pages.push((await iterator.fetchNext()).resources.map(({ seq }) => seq));
    expect(pages).toEqual([[0, 1], [2]]);
  });

  it('answers the tail of a run', async () => {
    const query = { query: 'SELECT TOP 1 c.seq, c.hash FROM c WHERE c.runId = @runId ORDER BY c.seq DESC', parameters: [{ name: '@runId', value: 'run1' }] };
    expect((await s.ledger.items.query(query, { partitionKey: 'run1' }).fetchAll()).resources).toEqual([{ seq: 2 }]);
  });

  it('merges a query over all partitions through the query plan', async () => {
    const query = {
      query: "SELECT TOP @limit * FROM c WHERE c.event.type = 'RunOpened' AND c.at >= @from AND c.at < @to AND ARRAY_CONTAINS(c.stamps, @stamp) ORDER BY c.at DESC",
      parameters: [{ name: '@limit', value: 2 }, { name: '@from', value: 0 }, { name: '@to', value: 1000 }, { name: '@stamp', value: 'eastus2' }],
    };
    expect((await s.ledger.items.query<{ runId: string }>(query).fetchAll()).resources.map(({ runId }) => runId)).toEqual(['run3', 'run1']);
  });

  it('OFFSET LIMIT, VALUE and projections over all partitions', async () => {
    const all = async (text: string) => (await s.ledger.items.query(text).fetchAll()).resources;
    expect(await all('SELECT VALUE c.at FROM c ORDER BY c.at ASC OFFSET 1 LIMIT 3')).toEqual([110, 120, 200]);
    expect(await all('SELECT c.at, c.event.type AS type FROM c WHERE c.at > 150 ORDER BY c.at')).toEqual([{ at: 200, type: 'RunOpened' }, { at: 300, type: 'RunOpened' }]);
    expect(await all('SELECT VALUE c.runId FROM c WHERE c.at IN (100, 300) OR c.seq = 2')).toEqual(['run1', 'run1', 'run3']);
    expect(await all('SELECT VALUE {"a": c.seq} FROM c WHERE NOT IS_DEFINED(c.nothing) AND c.at >= 300')).toEqual([{ a: 0 }]);
    expect(await all("SELECT * FROM c WHERE c.at = 'x' OR c.at < 'x'")).toEqual([]);
  });

  it.each([
    ['SELECT COUNT(1) FROM c', 'COUNT'],
    ['SELECT * FROM c JOIN s IN c.stamps', 'JOIN'],
    ['SELECT DISTINCT c.runId FROM c', 'DISTINCT'],
    ['SELECT c.runId FROM c GROUP BY c.runId', 'GROUP BY'],
    ['SELECT * FROM c WHERE c.a LIKE \'x\'', 'LIKE'],
    ['SELECT * FROM c WHERE UPPER(c.a) = \'X\'', 'UPPER'],
    ['SELECT * FROM c WHERE c.a + 1 = 2', 'operator +'],
    ['SELECT 1', 'FROM'],
    ['SELECT * FROM c WHERE', 'Syntax error'],
    ['SELECT * FROM c WHERE d.x = 1', 'could not be resolved'],
    ['SELECT * FROM c WHERE c.x = @missing', '@missing'],
    ['SELECT ^ FROM c', 'Syntax error'],
  ])('refuses %s and names %s', async (text, name) => {
    const refused = await refusal(s.ledger.items.query(text, { partitionKey: 'run1' }).fetchAll());
    expect([refused.code, refused.message]).toEqual([400, expect.stringContaining(name)]);
  });

  it('reads all items in pages', async () => {
    const { resources } = await s.ledger.items.readAll({ maxItemCount: 2 }).fetchAll();
    expect(resources).toHaveLength(5);
  });

  it.each([
    ['from now', () => ChangeFeedStartFrom.Now(), [304, 200], ['late']],
    ['from an instant', () => ChangeFeedStartFrom.Time(new Date(start + 60_000)), [304, 200], ['late']],
    ['of one partition', () => ChangeFeedStartFrom.Beginning('run2'), [200, 304], ['e0']],
  ] as const)('follows the change feed %s', async (_name, from, statuses, ids) => {
    const feed = s.ledger.items.getChangeFeedIterator<{ readonly id: string }>({ changeFeedStartFrom: from() });
    const first = await feed.readNext();
    s.clock.now += 120_000;
    await s.ledger.items.create({ id: 'late', runId: 'run9', seq: 0, at: 400, stamps: [], event: {} });
    const second = await feed.readNext();
    expect([first.statusCode, second.statusCode]).toEqual(statuses);
    expect([first, second].flatMap(({ result }) => result.map(({ id }) => id))).toEqual(ids);
  });

  it('follows the change feed: latest version, from the beginning and from a token', async () => {
    const feed = s.ledger.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning(), maxItemCount: 3 });
    const first = await feed.readNext();
    const second = await feed.readNext();
    expect([first.result.length, second.result.length]).toEqual([3, 2]);
    expect((await feed.readNext()).statusCode).toBe(304);
    await s.ledger.items.create({ id: 'e9', runId: 'run9', seq: 9, at: 9, stamps: [], event: {} });
    expect((await feed.readNext()).result.map(({ id }: { id: string }) => id)).toEqual(['e9']);
  });
});

describe('cosmos face: who may, and what fails', () => {
  it('tells the check each action by its published name', async () => {
    const s = subject();
    await s.ledger.items.create(entry('run1', 0));
    await s.ledger.items.query('SELECT * FROM c', { partitionKey: 'run1' }).fetchAll();
    const at = { database: 'spillway', container: 'ledger' };
    expect(s.asked).toContainEqual({ action: dataActions.create, ...at });
    expect(s.asked).toContainEqual({ action: dataActions.executeQuery, ...at });
    expect(s.asked).toContainEqual({ action: dataActions.readMetadata, ...at });
  });

  it('an append-only role creates and reads, and can neither replace, upsert nor delete', async () => {
    const allowed: ReadonlySet<string> = new Set([dataActions.readMetadata, dataActions.create, dataActions.read, dataActions.executeQuery, dataActions.readChangeFeed]);
    const s = subject({ checkToken: (_token, { action }) => (allowed.has(action) ? { kind: 'ok' } : { kind: 'refused', status: 403 }) });
    await s.ledger.items.create(entry('run1', 0));
    const item = s.ledger.item('r1:0', 'run1');
    for (const call of [item.replace(entry('run1', 0)), s.ledger.items.upsert(entry('run1', 0)), item.delete()]) expect((await refusal(call)).code).toBe(403);
    const batch = await s.ledger.items.batch([{ operationType: 'Delete', id: 'r1:0' }], 'run1');
    expect(batch.result?.map(({ statusCode }) => statusCode)).toEqual([403]);
    expect((await item.read()).statusCode).toBe(200);
  });

  it('refuses bad tokens, keys and no authorization at all', async () => {
    const s = subject({ checkToken: () => ({ kind: 'refused', status: 401 }) });
    expect((await refusal(s.ledger.item('a', 'b').read())).code).toBe(401);
    const face = createCosmosFace({ clock: { now: () => start }, checkToken: () => ({ kind: 'ok' }), faults: { active: () => null } });
    const send = async (authorization?: string) => (await face({ method: 'GET', url: new URL('https://cosmos.sandbox.test/'), headers: authorization === undefined ? {} : { authorization }, body: null, signal: null })).status;
    expect([await send(), await send('type=master&ver=1.0&sig=x'), await send('type%3Daad%26ver%3D1.0%26sig%3Dx')]).toEqual([401, 401, 200]);
  });

  it('throttles the fraction asked for, with the time to wait', async () => {
    const s = subject();
    s.faults.set('cosmosThrottled', { kind: 'cosmosThrottled', severity: 0.5, retryAfterMs: 250 });
    const outcomes: unknown[] = [];
    for (let seq = 0; seq < 6; seq++) outcomes.push(await s.ledger.items.create(entry('run1', seq)).then(() => 'stored', (error: ErrorResponse) => [error.code, error.retryAfterInMs]));
    expect(outcomes.filter((one) => one === 'stored')).toHaveLength(3);
    expect(outcomes.filter((one) => one !== 'stored')).toEqual([[429, 250], [429, 250], [429, 250]]);
  });

  it('is down as a 503 or as a broken connection', async () => {
    const s = subject();
    s.faults.set('cosmosDown', { kind: 'cosmosDown' });
    expect((await refusal(s.ledger.item('a', 'b').read())).code).toBe(503);
    s.faults.set('cosmosDown', { kind: 'cosmosDown', how: 'refused' });
    expect(await refusal(s.ledger.item('a', 'b').read())).toBeInstanceOf(ConnectionFault);
  });

  it('leaves databases and containers to infrastructure', async () => {
    const s = subject();
    expect((await refusal(s.ledger.database.containers.create({ id: 'x', partitionKey: '/p' }))).code).toBe(403);
    expect((await refusal(s.ledger.delete())).code).toBe(403);
    expect((await s.ledger.read()).resource).toMatchObject({ id: 'ledger', partitionKey: { paths: ['/runId'] }, uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/seq'] }] } });
    expect((await s.ledger.database.read()).resource?.id).toBe('spillway');
    expect((await refusal(s.ledger.database.container('none').items.create({ id: 'a' }))).code).toBe(404);
  });
});

describe('cosmos store', () => {
  it('is rebuilt from its recorded changes and from its saved state', async () => {
    const recorded: CosmosChange[] = [];
    const store = createCosmosStore(spillwayContainers(), { record: (change) => recorded.push(change) });
    const s = subject({ store });
    const { etag } = await s.state.items.create({ id: 'a', kind: 'k', n: 1 });
    await s.state.items.create({ id: 'b', kind: 'k' });
    await s.state.item('b', 'k').delete();
    await s.ledger.items.create(entry('run1', 0));
    for (const saved of [recorded, store.save()]) {
      const again = subject({ store: createCosmosStore(spillwayContainers(), { saved: structuredClone(saved) }) });
      expect((await again.state.item('a', 'k').read()).etag).toBe(etag);
      expect((await again.state.item('b', 'k').read()).statusCode).toBe(404);
      expect((await again.ledger.item('r1:0', 'run1').read()).resource).toMatchObject({ seq: 0 });
      expect((await refusal(again.ledger.items.create({ ...entry('run1', 0), id: 'second' }))).code).toBe(409);
    }
  });
});

describe('a store kept in a folder', () => {
  const open = (folder: string) => {
    const journal = openChangeJournal<CosmosChange>(join(folder, 'cosmos.jsonl'), compactCosmosChanges);
    return { journal, s: subject({ store: createCosmosStore(spillwayContainers(), { saved: journal.saved, record: journal.record }) }) };
  };

  it('is there again after a kill, without a line that was cut short and without what a failed batch did', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spillway-journal-'));
    try {
      const first = open(folder);
      await first.s.ledger.items.create(entry('run1', 0));
      await first.s.ledger.items.batch([{ operationType: 'Create', resourceBody: entry('run1', 1) }, { operationType: 'Create', resourceBody: entry('run1', 0) }], 'run1');
      for (const mode of ['observe', 'auto']) await first.s.state.items.upsert({ id: 'mode', kind: 'controls', mode });
      appendFileSync(join(folder, 'cosmos.jsonl'), '{"type":"put","database":"spill');
      const second = open(folder);
      expect(second.journal.saved).toHaveLength(2);
      expect((await second.s.ledger.items.readAll().fetchAll()).resources).toHaveLength(1);
      expect((await second.s.state.item('mode', 'controls').read<{ mode: string }>()).resource?.mode).toBe('auto');
      await second.s.ledger.items.create(entry('run1', 1));
      second.journal.close();
      first.journal.close();
      expect(readFileSync(join(folder, 'cosmos.jsonl'), 'utf8').trim().split('\n')).toHaveLength(3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
