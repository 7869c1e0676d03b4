import { app } from '@azure/functions';
import * as df from 'durable-functions';
import type { OrchestrationContext } from 'durable-functions';
import { afterEach, describe, expect, it } from 'vitest';
import { startForTest as start, stopTestHosts, testStartMs, type TestHost } from './startTestHost.ts';

afterEach(stopTestHosts);

const later = (context: OrchestrationContext, ms: number): Date => new Date(context.df.currentUtcDateTime.getTime() + ms);

describe('the Durable engine in virtual time', () => {
  it('fires a timer of whole seconds a second early, as queue visibility does', async () => {
    const { run, clock } = await start({
      register: () => {
        df.app.orchestration('sleeps', function* (context) {
          const from = context.df.currentUtcDateTime.getTime();
          yield context.df.createTimer(later(context, 5000));
          return context.df.currentUtcDateTime.getTime() - from;
        });
      },
    });
    expect(await run('sleeps')).toBe(4000);
    expect(clock.now() - testStartMs).toBeLessThan(4100);
  });

  it('lets time pass in a loop of timers under a second', async () => {
    const { run, clock } = await start({
      register: () => {
        df.app.orchestration('loops', function* (context) {
          const untilMs = context.df.currentUtcDateTime.getTime() + 300;
          let turns = 0;
          while (context.df.currentUtcDateTime.getTime() < untilMs) {
            yield context.df.createTimer(later(context, 100));
            turns += 1;
          }
          return turns;
        });
      },
    });
    expect(await run('loops')).toBeGreaterThan(3);
    expect(clock.now() - testStartMs).toBeGreaterThanOrEqual(300);
  });

  it('runs a week of polling in no time', async () => {
    let polls = 0;
    const { run } = await start({
      register: () => {
        df.app.activity('poll', {
          handler: () => {
            polls += 1;
            return polls >= 7 * 24;
          },
        });
        df.app.orchestration('polls', function* (context): Generator<df.Task, number, unknown> {
          const { polled } = context.df.getInput<{ polled: number }>();
          if (yield context.df.callActivity('poll', {})) return polled + 1;
          yield context.df.createTimer(later(context, 3_600_000));
          context.df.continueAsNew({ polled: polled + 1 });
          return polled;
        });
      },
    });
    expect(await run('polls', { polled: 0 })).toBe(168);
  });

  it('runs no more activities at once than host.json allows', async () => {
    let running = 0;
    let most = 0;
    const test = await start({
      hostJson: { extensions: { durableTask: { maxConcurrentActivityFunctions: 3 } } },
      register: () => {
        df.app.activity('works', {
          handler: async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise<void>((resolve) => {
              test.clock.setTimer(test.clock.now() + 1000, resolve);
            });
            running -= 1;
          },
        });
        df.app.orchestration('fansOut', function* (context) {
          yield context.df.Task.all(Array.from({ length: 10 }, () => context.df.callActivity('works', {})));
          return most;
        });
      },
    });
    expect(await test.run('fansOut')).toBe(3);
  });

  it('does the same whether histories go as text or as objects', async () => {
    const looks: string[] = [];
    const register = (): void => {
      df.app.activity('twice', { handler: ({ n }: { n: number }) => ({ n: n * 2 }) });
      df.app.activity('tell', { handler: (given: unknown) => ({ type: typeof given, given }) });
      df.app.orchestration('child', function* (context): Generator<df.Task, unknown, unknown> {
        return yield context.df.callActivity('twice', context.df.getInput());
      });
      df.app.orchestration('mixed', function* (context): Generator<df.Task, unknown, unknown> {
        const seen = [];
        for (let n = 0; n < 3; n += 1) {
          seen.push(yield context.df.callActivity('twice', { n }), yield context.df.callSubOrchestrator('child', { n }));
          looks.push(`${n} ${context.df.isReplaying} ${context.df.currentUtcDateTime.toISOString()}`);
          // an orchestrator that spoils what it was given spoils it for this episode alone
          context.df.currentUtcDateTime.setUTCFullYear(1999);
        }
        // what JSON does not have, or has in another way
        for (const given of [context.df.currentUtcDateTime, Number.NaN, { left: undefined, at: context.df.currentUtcDateTime }]) seen.push(yield context.df.callActivity('tell', given));
        yield context.df.createTimer(later(context, 2537));
        context.df.setCustomStatus({ seen: seen.length });
        return { seen, at: context.df.currentUtcDateTime.toISOString(), version: context.df.version, guid: context.df.newGuid('x') };
      });
    };
    const wire = await start({ register });
    const objects = await start({ register, durableTransport: 'objects' });
    expect(await objects.run('mixed')).toEqual(await wire.run('mixed'));
    expect(looks.slice(0, looks.length / 2)).toEqual(looks.slice(looks.length / 2));
    const shapes = (test: TestHost): unknown[] => [...test.host.engine.state.histories.values()].map((history) => history.map((entry) => [entry.event.EventType, entry.event.EventId, entry.event.Timestamp]));
    expect(shapes(objects)).toEqual(shapes(wire));
  });

  it('serves the SDK client inside a function: start, event, status', async () => {
    const { ask, runFor } = await start({
      register: () => {
        df.app.orchestration('waits', function* (context): Generator<df.Task, unknown, unknown> {
          return yield context.df.waitForExternalEvent('go');
        });
        app.http('drive', {
          methods: ['POST'],
          route: 'drive/{step}',
          extraInputs: [df.input.durableClient()],
          handler: async (request, context) => {
            const client = df.getClient(context);
            if (request.params['step'] === 'start') return { body: await client.startNew('waits', { instanceId: 'mine', input: {} }) };
            if (request.params['step'] === 'event') await client.raiseEvent('mine', 'go', { approved: true });
            return { jsonBody: await client.getStatus('mine') };
          },
        });
      },
    });
    expect((await ask('POST', '/api/drive/start')).text).toBe('mine');
    await runFor(1);
    await ask('POST', '/api/drive/event');
    await runFor(1);
    expect(JSON.parse((await ask('POST', '/api/drive/status')).text)).toMatchObject({ runtimeStatus: 'Completed', output: { approved: true } });
  });

  it('ends an activity without a handler for its name in a hang, silently, as the extension does', async () => {
    const { host, runFor } = await start({
      register: () => {
        df.app.orchestration('misspells', function* (context): Generator<df.Task, unknown, unknown> {
          return yield context.df.callActivity('noSuchActivity', {});
        });
      },
    });
    host.engine.startInstance({ name: 'misspells', instanceId: 'x', inputText: '{}', version: null });
    await runFor(86_400);
    expect(host.engine.state.instances.get('x')?.runtimeStatus).toBe('Running');
  });

  it('hands a cancelled timer on when it is due, and the orchestration takes no notice', async () => {
    const { host, ask, runFor } = await start({
      register: () => {
        df.app.orchestration('races', function* (context): Generator<df.Task, unknown, unknown> {
          const timer = context.df.createTimer(later(context, 60_000));
          const event = context.df.waitForExternalEvent('go');
          const winner = yield context.df.Task.any([timer, event]);
          if (winner === event) timer.cancel();
          return yield context.df.waitForExternalEvent('end');
        });
      },
    });
    host.engine.startInstance({ name: 'races', instanceId: 'r', inputText: '{}', version: null });
    await runFor(1);
    await ask('POST', '/runtime/webhooks/durabletask/instances/r/raiseEvent/go', 1);
    await runFor(120);
    expect(host.engine.state.instances.get('r')?.runtimeStatus).toBe('Running');
    await ask('POST', '/runtime/webhooks/durabletask/instances/r/raiseEvent/end', 'over');
    await runFor(1);
    expect(host.engine.state.instances.get('r')).toMatchObject({ runtimeStatus: 'Completed', outputText: '"over"' });
  });
});
