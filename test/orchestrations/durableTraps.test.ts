import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activityNames } from '../../src/activities/contracts.ts';
import { orchestrationNames } from '../../src/orchestrations/names.ts';
import { showStatus } from '../../src/orchestrations/steps/showStatus.ts';
import { raiseDecision, runHost } from './runHost.ts';

/** What Durable does not forgive, and does not say. */

const folder = join(import.meta.dirname, '../../src/orchestrations');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '') }));
const filesWith = (pattern: RegExp): readonly string[] => sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

describe('a name that nobody registered hangs for ever', () => {
  it('every activity and orchestration of the contracts is registered, and nothing else', async () => {
    const { host } = await runHost();
    expect([...host.functionNames].toSorted()).toEqual([...activityNames, ...Object.values(orchestrationNames)].toSorted());
    await host.stop();
  });

  it('the app does not start without one, and says which', async () => {
    const { checkRegistered } = await import('../../src/functions/durable/registerDurable.ts');
    const all = new Set<string>([...activityNames, ...Object.values(orchestrationNames)]);
    expect(() => {
      checkRegistered(all);
    }).not.toThrow();
    all.delete('closeRun');
    all.delete('awaitRoom');
    expect(() => {
      checkRegistered(all);
    }).toThrow('closeRun, awaitRoom');
  });
});

describe('an orchestrator is replayed', () => {
  it('so it reads no clock, draws nothing, awaits nothing and calls nobody', () => {
    expect(sources.length).toBeGreaterThan(8);
    expect(filesWith(/\bDate\.now\b|new Date\(\)|Math\.random|randomUUID|\bprocess\.|\bsetTimeout\b|\bawait\b|\basync\b|\bfetch\(|performance\./)).toEqual([]);
  });

  it('its instances carry the version of the code that started them, children too, so that later code can tell', async () => {
    const hostJson = JSON.parse(readFileSync(join(import.meta.dirname, '../../host.json'), 'utf8')) as { extensions: { durableTask: { defaultVersion: string } } };
    const { defaultVersion } = hostJson.extensions.durableTask;
    const { start, finish, host } = await runHost({ hostJson });
    const { runId } = await start({});
    await finish(runId);
    const instances = [...host.engine.state.instances.values()];
    expect(instances.map(({ name }) => name)).toEqual(expect.arrayContaining(['failover', 'surgeStamp', 'awaitRoom']));
    expect(new Set(instances.map(({ version }) => version))).toEqual(new Set([defaultVersion]));
    await host.stop();
  });
});

describe('an instance stays open until nothing of it is outstanding', () => {
  it('one wait for an event is open, raced against a timer that is cancelled when it loses', () => {
    expect(filesWith(/waitForExternalEvent/)).toEqual(['steps/awaitApproval.ts']);
    expect(filesWith(/Task\.any/)).toEqual(['steps/awaitApproval.ts']);
  });

  it('a run that a person declines ends at once, not when the timer of the wait would have fired', async () => {
    const { ports, host, start, runFor, finish, now } = await runHost();
    ports.controlsNow = { ...ports.controlsNow, mode: 'approve' };
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({});
    while (!ports.entries.some(({ event }) => event.type === 'PhaseEntered' && event.phase === 'awaitingApproval')) await runFor(1 / 60);
    await runFor(2 / 60);
    await raiseDecision(host, runId, 'abort');
    const declinedAt = now();
    expect(await finish(runId)).toMatchObject({ outcome: 'declined' });
    expect(now() - declinedAt).toBeLessThan(10_000);
    await host.stop();
  });
});

describe('a custom status over 16 KB of UTF-16 fails an orchestration', () => {
  it('texts and lists are cut far below it', () => {
    let shown: unknown = null;
    const ctx = { df: { setCustomStatus: (status: unknown) => (shown = status) } } as unknown as Parameters<typeof showStatus>[0]; // the one method that is called
    showStatus(ctx, { phase: 'undoing', outcome: 'blocked', why: 'x'.repeat(100_000), survivors: Array.from({ length: 500 }, () => 's'.repeat(200)), until: 1 });
    expect(JSON.stringify(shown).length * 2).toBeLessThan(16 * 1024);
    expect(shown).toMatchObject({ phase: 'undoing', outcome: 'blocked', until: 1 });
  });

  it('a run that ends for a very long reason ends all the same, and has all of it on record', async () => {
    const { ports, host, start, finish } = await runHost();
    const holder = 'r'.repeat(20_000);
    await ports.fence.acquire(holder);
    const { runId } = await start({ kind: 'drill', drill: 'monthly-centralus', stamps: ['centralus'] });
    expect(await finish(runId)).toMatchObject({ outcome: 'blocked' });
    expect(ports.eventsOf('RunClosed')[0]?.why).toContain(holder);
    await host.stop();
  });
});
