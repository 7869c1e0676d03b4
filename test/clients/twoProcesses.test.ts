import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observeWrites } from '../../sandbox/invariants/observeWrites.ts';
import { ceilingOf } from '../../sandbox/invariants/ceilingOf.ts';
import { watchInvariants, type InvariantWatch } from '../../sandbox/invariants/watchInvariants.ts';
import { ledgerReader } from '../../sandbox/play/readLedger.ts';
import { whoActs } from '../../sandbox/play/whoActs.ts';
import { loadScenario } from '../../sandbox/scenarios/index.ts';
import { startStandalone, type Standalone } from '../../sandbox/standalone.ts';
import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import { runStanding } from '../../src/domain/ledgerView/runStanding.ts';
import { verifyChain } from '../../src/domain/ledgerView/verifyChain.ts';
import { trustSandbox } from '../support/trustSandbox.ts';
import { startControllerProcess, type ControllerProcess } from './controllerProcess.ts';

/**
 * Two control-plane regions as two operating-system processes, on an Azure in a third one (this), over TLS. All three clocks run by
 * the machine's, this many times as fast: time limits of a request shrink by as much, so that it is not more.
 */
const pace = 8;
const regions = ['northcentralus', 'southcentralus'] as const;
/** A graceful failover makes eight changes: two pools, four HPAs, the gate, the origin. This is the first of an HPA. */
const fatalChange = 3;
/** A lease of 60 s, one look at the fleet every 30 s, and requests that take as many times longer as time runs faster. */
const takeoverWithinSeconds = 120;
/** Between two looks at the record, and for how long it is looked at in vain; seconds of the world's clock. */
const lookEverySeconds = 5;
const patienceSeconds = 1200;
/** The world's clock follows the machine's, by which the app dates its entries, in steps: an intent may look younger than its write. */
const clocksApartMs = 1000 * pace;

const isWindows = process.platform === 'win32';
console.log(isWindows ? 'two controllers: skipped, Windows has no SIGSTOP' : 'two controllers: processes of their own');

describe.skipIf(isWindows)('two control-plane regions as two processes', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spillway-two-processes-'));
  const living = new Set<ControllerProcess>();
  let sandbox: Standalone;
  let running: Promise<void>;
  let invariants: InvariantWatch;
  let readLedger: () => Promise<readonly ChainedEntry[]>;

  beforeAll(async () => {
    execFileSync(process.execPath, ['tools/build.ts', '--quiet', '--out', path.join(folder, 'app')]);
    sandbox = await startStandalone({ scenario: loadScenario('two-controllers'), seed: 7, pace, faults: 'none' });
    trustSandbox(sandbox.endpoints);
    invariants = watchInvariants(sandbox.world, ceilingOf(readFileSync(sandbox.fleetFile, 'utf8')));
    readLedger = ledgerReader(sandbox.azure);
    running = sandbox.run();
  });

  afterAll(async () => {
    for (const controller of living) await controller.kill();
    await sandbox.stop();
    await running;
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(region: string): Promise<ControllerProcess> {
    const controller = await startControllerProcess(sandbox, { region, appDir: path.join(folder, 'app'), hubFolder: path.join(folder, region) });
    living.add(controller);
    return controller;
  }

  async function kill(controller: ControllerProcess): Promise<void> {
    living.delete(controller);
    await controller.kill();
  }

  const passSeconds = (seconds: number): Promise<void> =>
    new Promise((later) => {
      const { clock } = sandbox.world;
      clock.setTimer(clock.now() + seconds * 1000, later);
    });

  /** The record as soon as it has an entry like that. */
  async function untilRecorded(what: string, is: (entry: ChainedEntry) => boolean): Promise<readonly ChainedEntry[]> {
    const untilMs = sandbox.world.clock.now() + patienceSeconds * 1000;
    for (;;) {
      const entries = await readLedger();
      if (entries.some(is)) return entries;
      if (sandbox.world.clock.now() > untilMs) throw new Error(`waited in vain for ${what}: ${entries.map(({ event }) => event.type).join(' ')}`);
      await passSeconds(lookEverySeconds);
    }
  }

  it('survive kill -9 of the one that acts, right after a change that it could not record any more: the other one ends the run, and the dead one that comes back touches nothing', async () => {
    const controllers = new Map<string, ControllerProcess>();
    for (const region of regions) controllers.set(region, await start(region));
    const { world } = sandbox;

    const death = new Promise<{ readonly region: string; readonly at: number; readonly recorded: readonly ChainedEntry[] }>((died, fail) => {
      let changes = 0;
      observeWrites(world, () => {
        changes += 1;
        if (changes !== fatalChange) return;
        const at = world.clock.now();
        // both stand still from here on, so that the change is the last thing that the acting one has done
        for (const controller of living) controller.freeze();
        void readLedger().then(async (recorded) => {
          const region = whoActs(recorded)?.region ?? '';
          const acting = controllers.get(region);
          if (acting === undefined) return fail(new Error(`nobody acts: "${region}"`));
          await kill(acting);
          for (const controller of living) controller.thaw();
          died({ region, at, recorded });
        }, fail);
      });
    });
    world.faults.inject({ kind: 'grey', stamp: 'eastus2' });
    const dead = await death;
    expect(whoActs(dead.recorded)).toMatchObject({ phase: 'surging' });
    const other = regions.find((region) => region !== dead.region);

    const isTakeover = ({ event }: ChainedEntry): boolean => event.type === 'FenceTaken' && event.takenOverFrom === dead.region;
    const taken = (await untilRecorded('the takeover', isTakeover)).find(isTakeover);
    expect(taken).toMatchObject({ controlRegion: other, epoch: 2 });
    expect(((taken?.at ?? 0) - dead.at) / 1000).toBeLessThanOrEqual(takeoverWithinSeconds);
    console.log(`taken over ${Math.round(((taken?.at ?? 0) - dead.at) / 1000)} s after the death, on the world's clock`);

    const backAt = world.clock.now();
    await start(dead.region);
    await untilRecorded('the word of the one that came back', ({ event }) => event.type === 'RunHandedOver');
    const entries = await untilRecorded('the end of the run', ({ event }) => event.type === 'RunClosed');

    const opened = entries.filter(({ event }) => event.type === 'RunOpened');
    expect(opened).toHaveLength(1);
    const run = entries.filter(({ runId }) => runId === opened[0]?.runId);
    expect(runStanding(run)).toMatchObject({ executedBy: other, closed: { outcome: 'completed' } });
    expect(run.filter(({ controlRegion, at }) => controlRegion === dead.region && at > backAt).map(({ event }) => event.type)).toEqual(['RunHandedOver']);
    expect(world.snapshot().stamps.find(({ name }) => name === 'eastus2')?.share).toBeLessThan(0.02);

    // nothing that was on record at the death has gone or changed
    const known = new Map(entries.map((entry) => [`${entry.runId}/${entry.id}`, entry]));
    for (const entry of dead.recorded) expect(known.get(`${entry.runId}/${entry.id}`)).toEqual(entry);
    for (const runId of new Set(entries.map((entry) => entry.runId))) expect(verifyChain(entries.filter((entry) => entry.runId === runId))).toMatchObject({ kind: 'intact', unchained: 0 });
    expect(invariants.judge(entries.map((entry) => ({ ...entry, at: entry.at - clocksApartMs })))).toEqual([]);
  });
});
