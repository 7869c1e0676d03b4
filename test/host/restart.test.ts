import * as df from 'durable-functions';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskStore } from '../../sandbox/host/index.ts';
import { startTestHost, type TestHost } from './startTestHost.ts';

let folder: string;
let activityStarts: number[];
let test: TestHost;

function register(): void {
  df.app.activity('slow', {
    handler: async () => {
      activityStarts.push(test.clock.now());
      await new Promise<void>((resolve) => {
        test.clock.setTimer(test.clock.now() + 6000, resolve);
      });
      return 'done';
    },
  });
  df.app.orchestration('runsSlow', function* (context): Generator<df.Task, unknown, unknown> {
    return yield context.df.callActivity('slow', {});
  });
  df.app.orchestration('sleeps', function* (context): Generator<df.Task, unknown, unknown> {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    return context.df.currentUtcDateTime.getTime();
  });
  df.app.orchestration('waits', function* (context): Generator<df.Task, unknown, unknown> {
    return yield context.df.waitForExternalEvent('go');
  });
}

const hostJson = { extensions: { durableTask: { storageProvider: { workItemQueueVisibilityTimeout: '00:01:00', controlQueueVisibilityTimeout: '00:00:30' } } } };

async function startOn(on?: TestHost): Promise<TestHost> {
  return startTestHost({ register, hostJson, store: new DiskStore(folder) }, on);
}

function begin(orchestration: string): void {
  test.host.engine.startInstance({ name: orchestration, instanceId: orchestration, inputText: '{}', version: null });
}

function read(instanceId: string): { readonly runtimeStatus: string | undefined; readonly output: unknown } {
  const record = test.host.engine.state.instances.get(instanceId);
  return { runtimeStatus: record?.runtimeStatus, output: JSON.parse(record?.outputText ?? 'null') };
}

describe('a host that was killed and started again on its disk store', () => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hub-'));
    activityStarts = [];
  });

  afterEach(async () => {
    await test.host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs the activity in flight again when its visibility timeout is over, not at the restart', async () => {
    test = await startOn();
    begin('runsSlow');
    await test.runFor(2);
    await test.host.kill();
    test = await startOn(test);
    await test.runFor(40);
    expect(activityStarts.length).toBe(1);
    await test.runFor(60);
    expect(activityStarts.length).toBe(2);
    expect((activityStarts[1] ?? 0) - (activityStarts[0] ?? 0)).toBe(60_000);
    expect(read('runsSlow')).toEqual({ runtimeStatus: 'Completed', output: 'done' });
    const kinds = test.host.engine.state.histories.get('runsSlow')?.map((entry) => entry.event.EventType);
    expect(kinds?.filter((kind) => kind === 5)).toHaveLength(1);
  });

  it('fires a timer that fell due meanwhile at once', async () => {
    test = await startOn();
    begin('sleeps');
    await test.runFor(10);
    await test.host.kill();
    await test.pacer.drive({ untilMs: test.clock.now() + 300_000 });
    const restartedMs = test.clock.now();
    test = await startOn(test);
    await test.runFor(1);
    expect(read('sleeps').runtimeStatus).toBe('Completed');
    expect(Number(read('sleeps').output) - restartedMs).toBeLessThan(100);
  });

  it('lets a timer that is not due yet fire at its own time', async () => {
    test = await startOn();
    begin('sleeps');
    const startedMs = test.clock.now();
    await test.runFor(10);
    await test.host.kill();
    test = await startOn(test);
    await test.runFor(120);
    const wokenAfterMs = Number(read('sleeps').output) - startedMs;
    expect(wokenAfterMs).toBeGreaterThan(58_000);
    expect(wokenAfterMs).toBeLessThan(61_000);
  });

  it('loses no event and no start that was accepted', async () => {
    test = await startOn();
    begin('waits');
    await test.runFor(1);
    const answer = await test.ask('POST', '/runtime/webhooks/durabletask/instances/waits/raiseEvent/go', { accepted: true });
    const started = await test.ask('POST', '/runtime/webhooks/durabletask/orchestrators/sleeps/late', {});
    await test.host.kill();
    expect([answer.status, started.status]).toEqual([202, 202]);
    test = await startOn(test);
    await test.runFor(90);
    expect(read('waits')).toEqual({ runtimeStatus: 'Completed', output: { accepted: true } });
    expect(read('late').runtimeStatus).toBe('Completed');
  });

  it('drops a last line that the kill cut off, whole', async () => {
    test = await startOn();
    begin('waits');
    await test.runFor(1);
    await test.host.kill();
    const journal = readdirSync(folder).find((name) => name.startsWith('journal-')) ?? '';
    appendFileSync(path.join(folder, journal), '[{"kind":"instanceDeleted","instanceId":"waits"},{"kind":"inst');
    test = await startOn(test);
    expect(read('waits').runtimeStatus).toBe('Running');
  });

  it('goes on from a snapshot that took the place of a long journal', async () => {
    const small = (): DiskStore => new DiskStore(folder, { journalLimitBytes: 2000 });
    test = await startTestHost({ register, hostJson, store: small() });
    begin('waits');
    begin('sleeps');
    for (let count = 0; count < 30; count += 1) test.host.engine.startInstance({ name: 'runsSlow', instanceId: `many-${count}`, inputText: '{}', version: null });
    await test.runFor(30);
    await test.host.kill();
    expect(readdirSync(folder).filter((name) => name.startsWith('journal-'))).toHaveLength(1);
    test = await startTestHost({ register, hostJson, store: small() }, test);
    await test.runFor(120);
    expect([read('waits').runtimeStatus, read('sleeps').runtimeStatus, read('many-29').runtimeStatus]).toEqual(['Running', 'Completed', 'Completed']);
  });

  it('keeps finished instances for status queries', async () => {
    test = await startOn();
    begin('runsSlow');
    await test.runFor(20);
    await test.host.stop();
    test = await startOn(test);
    const status = await test.ask('GET', '/runtime/webhooks/durabletask/instances/runsSlow?showHistory=true&showHistoryOutput=true');
    expect(JSON.parse(status.text)).toMatchObject({ runtimeStatus: 'Completed', output: 'done', historyEvents: [{ EventType: 'ExecutionStarted' }, { EventType: 'TaskCompleted', Result: 'done' }, { EventType: 'ExecutionCompleted' }] });
  });
});
