import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, type Timer } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite, type RunningAzurite } from '../../tools/func/azurite.ts';
import { findAzurite } from './findAzurite.ts';
import { startDurableHost, type DurableHost } from './durableHost/durableHost.ts';
import { buildDurableHost, findDotnet } from './durableHost/findDotnet.ts';

const dotnet = findDotnet();
const azuriteSource = findAzurite();
const missing = process.env['SPILLWAY_TEST_SCOPE'] !== 'full' ? 'waits for minutes of real time: npm run test:durable' : dotnet.kind === 'none' ? dotnet.why : azuriteSource.kind === 'none' ? azuriteSource.why : null;
console.log(missing === null ? 'timers on the WebJobs SDK: found all they need' : `timers on the WebJobs SDK: skipped, ${missing}`);

const never = '0001-01-01T00:00:00';

/** What the local host's timers and the drill's timer rest on. */
describe.skipIf(missing !== null)('timers of the real extension', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'durable-timers-'));
  let azurite: RunningAzurite | null = null;
  let hostDll = '';
  beforeAll(async () => {
    hostDll = await buildDurableHost();
    azurite = await startAzurite();
  });
  afterAll(async () => {
    await azurite?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (seen: (readonly [string, Timer])[]): Promise<DurableHost> =>
    startDurableHost({
      hostDll,
      app: {
        kind: 'register',
        register: () => {
          for (const [name, schedule] of [['minutely', '0 * * * * *'], ['often', '*/5 * * * * *']] as const) app.timer(name, { schedule, handler: (timer) => void seen.push([name, timer]) });
        },
      },
      hostJson: {},
      storage: azurite?.connectionString ?? '',
      port: 0,
      timersFolder: folder,
    });

  it('run by schedule, and at the next start when their minute passed while no host ran; below a minute they have no status', async () => {
    const before: (readonly [string, Timer])[] = [];
    const first = await start(before);
    await until(() => before.some(([name]) => name === 'minutely') && before.some(([name]) => name === 'often'));
    await first.stop();
    expect(before.find(([name]) => name === 'minutely')?.[1]).toMatchObject({ isPastDue: false, scheduleStatus: { last: never, next: expect.stringMatching(/:00(\.0+)?\+00:00$/) } });
    expect(before.find(([name]) => name === 'often')?.[1]).toMatchObject({ isPastDue: false, scheduleStatus: null });

    await sleep(60_000 - (Date.now() % 60_000) + 2000);
    const after: (readonly [string, Timer])[] = [];
    const second = await start(after);
    await until(() => after.some(([name]) => name === 'minutely'));
    await second.stop();
    expect(after.find(([name]) => name === 'minutely')?.[1]).toMatchObject({ isPastDue: true });
  }, 300_000);
});

async function until(holds: () => boolean): Promise<void> {
  const untilMs = Date.now() + 90_000;
  while (!holds()) {
    if (Date.now() > untilMs) throw new Error('waited in vain');
    await sleep(250);
  }
}
