import { app } from '@azure/functions';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../sandbox/host/index.ts';
import { nextTurn } from '../../sandbox/clock/index.ts';
import { startForTest as start, startTestHost, stopTestHosts, testStartMs, type TestHost } from './startTestHost.ts';

afterEach(stopTestHosts);

const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);

describe('loading an app', () => {
  it('loads package.json main and heeds host.json', async () => {
    const { ask, host } = await start({ appDir: fixture('commonJsApp'), settings: { FIXTURE_GREETING: 'hello' } });
    expect(host.functionNames).toEqual(['greet', 'greeting', 'hello']);
    expect((await ask('GET', '/v1/greet/Ada')).text).toBe('{"greeting":"hello","name":"Ada","loadedCount":1}');
    expect((await ask('GET', '/api/greet/Ada')).status).toBe(404);
  });

  it('loads every module that a glob in main names', async () => {
    const { ask } = await start({ appDir: fixture('moduleApp') });
    expect([(await ask('GET', '/api/one')).text, (await ask('GET', '/api/two')).text]).toEqual(['one', 'two']);
  });

  it('runs several hosts in one process, each with its own functions, settings at load and Durable hub', async () => {
    const first = await start({ appDir: fixture('commonJsApp'), settings: { FIXTURE_GREETING: 'first' } });
    const second = await start({ appDir: fixture('commonJsApp'), settings: { FIXTURE_GREETING: 'second' } });
    expect([await first.run('hello'), await second.run('hello')]).toEqual(['first', 'second']);
    expect([first.host.engine.state.instances.size, second.host.engine.state.instances.size]).toEqual([1, 1]);
    expect(first.host.origin).not.toBe(second.host.origin);
  });

  it('puts app settings into the environment and takes them out again', async () => {
    const { host } = await startTestHost({ register: () => undefined, settings: { HOST_TEST_SETTING: 'there' } });
    expect(process.env['HOST_TEST_SETTING']).toBe('there');
    await host.stop();
    expect(process.env['HOST_TEST_SETTING']).toBeUndefined();
  });

  it('refuses to register once the app has started', async () => {
    await start({ register: () => undefined });
    expect(() => {
      app.http('late', { handler: () => ({}) });
    }).toThrow(/during app startup/);
  });

  it('refuses one name twice, and a setting that is missing in a binding', async () => {
    const twice = (): void => {
      app.http('same', { handler: () => ({}) });
      app.http('SAME', { handler: () => ({}) });
    };
    await expect(startTestHost({ register: twice })).rejects.toThrow(/already been registered/);
    const missing = (): void => {
      app.timer('timed', { schedule: '%NO_SUCH_SETTING%', handler: () => undefined });
    };
    await expect(startTestHost({ register: missing })).rejects.toThrow(/NO_SUCH_SETTING is missing/);
  });

  it('runs appStart before anything else and appTerminate when it stops', async () => {
    const seen: string[] = [];
    const { host } = await startTestHost({
      register: () => {
        app.hook.appStart(() => {
          seen.push('start');
        });
        app.hook.appTerminate(() => {
          seen.push('terminate');
        });
        app.timer('atStartup', {
          schedule: '0 0 0 1 1 *',
          runOnStartup: true,
          handler: () => {
            seen.push('timer');
          },
        });
      },
    });
    await host.stop();
    expect(seen).toEqual(['start', 'timer', 'terminate']);
  });
});

describe('HTTP triggers', () => {
  it('give the handler parameters, query, headers and body, and send back what it returns', async () => {
    const { host } = await start({
      register: () => {
        app.http('echo', {
          methods: ['POST'],
          route: 'things/{id}/{part?}',
          handler: async (request) => ({
            status: 201,
            headers: { 'x-answer': request.headers.get('x-asked') ?? '' },
            cookies: [{ name: 'a', value: 'b', httpOnly: true }],
            jsonBody: { params: request.params, q: request.query.get('q'), body: await request.json(), url: request.url },
          }),
        });
      },
    });
    const url = `${host.origin}/api/things/a%2Fb?q=1%202`;
    const over = async (call: (request: Request) => Promise<Response>): Promise<unknown> => {
      const response = await call(new Request(url, { method: 'POST', headers: { 'x-asked': 'yes', 'content-type': 'application/json' }, body: '{"n":1}' }));
      return [response.status, response.headers.get('x-answer'), response.headers.getSetCookie(), await response.json()];
    };
    const expected = [201, 'yes', ['a=b; httponly'], { params: { id: 'a/b' }, q: '1 2', body: { n: 1 }, url }];
    expect(await over((request) => host.invokeHttp(request))).toEqual(expected);
    expect(await over((request) => fetch(request))).toEqual(expected);
  });

  it('answer 404 for an unknown path and a method that no function takes, 204 for nothing, 500 for a throw', async () => {
    const lines: LogLine[] = [];
    const { ask } = await start({
      onLog: (line) => lines.push(line),
      register: () => {
        app.http('silent', { methods: ['GET'], handler: () => undefined as never });
        app.http('broken', {
          methods: ['GET'],
          handler: () => {
            throw new Error('on purpose');
          },
        });
      },
    });
    expect([(await ask('GET', '/api/nosuch')).status, (await ask('POST', '/api/silent')).status, (await ask('GET', '/api/silent')).status]).toEqual([404, 404, 204]);
    const broken = await ask('GET', '/api/broken');
    expect([broken.status, broken.text]).toEqual([500, '']);
    expect(lines.some((line) => line.level === 'error' && line.message.includes('on purpose'))).toBe(true);
  });

  it('run hooks around the handler, which may swap what goes in and what comes out', async () => {
    const { ask } = await start({
      register: () => {
        app.hook.preInvocation((context) => {
          context.functionHandler = () => ({ body: 'from the hook' });
        });
        app.hook.postInvocation((context) => {
          const { body } = context.result as { body: string };
          context.result = { body: `${body}, twice` };
        });
        app.http('hooked', { methods: ['GET'], handler: () => ({ body: 'from the handler' }) });
      },
    });
    expect((await ask('GET', '/api/hooked')).text).toBe('from the hook, twice');
  });

  it('hand log lines on with function and invocation', async () => {
    const lines: LogLine[] = [];
    const { ask } = await start({
      onLog: (line) => lines.push(line),
      register: () => {
        app.http('talks', {
          methods: ['GET'],
          handler: (_request, context) => {
            context.warn('a %s', 'word');
            return {};
          },
        });
      },
    });
    await ask('GET', '/api/talks');
    expect(lines).toEqual([{ level: 'warning', category: 'user', message: 'a word', functionName: 'talks', invocationId: expect.any(String) }]);
  });
});

describe('timer triggers', () => {
  it('run on the clock with what a timer object holds', async () => {
    const runs: unknown[] = [];
    const { runFor } = await start({
      settings: { TICK: '0 */2 * * * *' },
      register: () => {
        app.timer('tick', {
          schedule: '%TICK%',
          handler: (timer) => {
            runs.push([timer.isPastDue, timer.scheduleStatus.last, timer.scheduleStatus.next]);
          },
        });
      },
    });
    await runFor(360);
    expect(runs).toEqual([
      [false, '0001-01-01T00:00:00', '2026-01-01T00:02:00.000Z'],
      [false, '2026-01-01T00:02:00.000Z', '2026-01-01T00:04:00.000Z'],
      [false, '2026-01-01T00:04:00.000Z', '2026-01-01T00:06:00.000Z'],
    ]);
  });

  it('have no status when they run more often than once a minute', async () => {
    const runs: unknown[] = [];
    const { runFor } = await start({
      register: () => {
        app.timer('tick', {
          schedule: '*/20 * * * * *',
          handler: (timer) => {
            runs.push(timer.scheduleStatus);
          },
        });
      },
    });
    await runFor(40);
    expect(runs).toEqual([null, null]);
  });

  it('never overlap themselves, and go on after a failure', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const register = (): void => {
      app.timer('slow', {
        schedule: '*/10 * * * * *',
        handler: async () => {
          runs += 1;
          running += 1;
          most = Math.max(most, running);
          await new Promise<void>((resolve) => {
            test.clock.setTimer(test.clock.now() + 25_000, resolve);
          });
          running -= 1;
          throw new Error('each time');
        },
      });
    };
    const test: TestHost = await start({ register });
    await test.runFor(120);
    expect([most, runs]).toEqual([1, 4]);
  });

  it('are waited for when the host stops, though not for ever', async () => {
    const ended: string[] = [];
    const quick = await startTestHost({
      register: () => {
        app.timer('ends', {
          schedule: '*/10 * * * * *',
          handler: async () => {
            await nextTurn();
            ended.push('ends');
          },
        });
        app.timer('never', { schedule: '*/10 * * * * *', handler: () => new Promise(() => undefined) });
      },
    });
    quick.clock.runUntil(testStartMs + 10_000);
    await quick.host.stop();
    expect(ended).toEqual(['ends']);
  });

  it('run at once when asked, and say when there is none of that name', async () => {
    let runs = 0;
    const { host } = await start({
      register: () => {
        app.timer('yearly', {
          schedule: '0 0 0 1 1 *',
          handler: () => {
            runs += 1;
          },
        });
      },
    });
    expect([await host.runTimer('yearly'), await host.runTimer('nosuch'), runs]).toEqual([true, false, 1]);
  });

  it('stop the start of a host whose schedule is wrong', async () => {
    const register = (): void => {
      app.timer('wrong', { schedule: 'every day', handler: () => undefined });
    };
    await expect(startTestHost({ register })).rejects.toThrow(RangeError);
  });
});
