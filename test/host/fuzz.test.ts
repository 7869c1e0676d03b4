import { app } from '@azure/functions';
import * as df from 'durable-functions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startTestHost } from './startTestHost.ts';

const instanceIds = fc.constantFrom('waits', 'over', 'nosuch', '@counter@k', '%', '%2F', '%E0%A4%A', 'ä', 'a b', '..');
const segments = fc.oneof(fc.constantFrom('orchestrators', 'instances', 'entities', 'waiter', 'raiseEvent', 'terminate', 'suspend', 'resume', 'rewind', 'restart', 'purge', 'counter', ''), instanceIds, fc.webSegment());
const queries = fc.constantFrom('', '?', '?showHistory=true&showHistoryOutput=true', '?top=-1', '?top=x', '?runtimeStatus=,,Running,x', '?createdTimeFrom=yesterday', '?createdTimeFrom=2020-01-01', '?reason=%', '?op=', '?version=x.y', '?fetchState=true');
const bodies = fc.oneof(fc.constant(''), fc.json(), fc.string(), fc.constant('{"a":'), fc.constant('"\\ud800"'));
const contentTypes = fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-8', '');

/** 1,000 from a fixed seed, 10,000 in the full scope; SPILLWAY_FUZZ=N for another number, SPILLWAY_FUZZ_SEED for others. */
const requests = Number(process.env['SPILLWAY_FUZZ'] ?? (process.env['SPILLWAY_TEST_SCOPE'] === 'full' ? 10_000 : 1000));
const seed = Number(process.env['SPILLWAY_FUZZ_SEED'] ?? 20_261_123);

/** As recorded: these the real extension answers with 500 too. */
const allowed500 = /\/(suspend|resume)/i;

describe('requests at random to the local host', () => {
  it('neither crash the host nor get a 500 that the real one would not give', async () => {
    const test = await startTestHost({
      register: () => {
        app.http('echo', { route: 'echo/{a}/{b?}', handler: async (request) => ({ body: await request.text() }) });
        df.app.orchestration('waiter', function* (context): Generator<df.Task, unknown, unknown> {
          return yield context.df.waitForExternalEvent('go');
        });
        df.app.entity<number>('counter', (context) => {
          context.df.setState((context.df.getState(() => 0) ?? 0) + 1);
        });
      },
    });
    await test.ask('POST', '/runtime/webhooks/durabletask/orchestrators/waiter/waits', {});
    await test.ask('POST', '/runtime/webhooks/durabletask/orchestrators/waiter/over', {});
    await test.runFor(1);
    await test.ask('POST', '/runtime/webhooks/durabletask/instances/over/terminate');
    await test.runFor(1);
    const bases = fc.constantFrom('/runtime/webhooks/durabletask', '/durabletask', '/api/echo', '/api', '');
    const methods = fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH');
    await fc.assert(
      fc.asyncProperty(methods, bases, fc.array(segments, { maxLength: 5 }), queries, bodies, contentTypes, async (method, base, parts, query, body, contentType) => {
        const path = `${base}/${parts.join('/')}${query}`;
        const init = method === 'GET' ? {} : { body, headers: { 'content-type': contentType } };
        const response = await test.host.invokeHttp(new Request(`${test.host.origin}${path}`, { method, ...init }));
        await response.arrayBuffer();
        if (!allowed500.test(path)) expect(`${response.status} ${method} ${path}`).not.toMatch(/^5/);
      }),
      { numRuns: requests, seed },
    );
    await test.runFor(10);
    expect((await test.ask('POST', '/api/echo/still', 'there')).text).toBe('"there"');
    await test.host.stop();
  }, 120_000);
});
