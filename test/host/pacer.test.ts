import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BusyTracker, Pacer, VirtualClock, realTimers, sleepReal, trackOutbound } from '../../sandbox/clock/index.ts';

function makePacer(pace: 'max' | 'real' | number = 'max'): { clock: VirtualClock; tracker: BusyTracker; pacer: Pacer } {
  const clock = new VirtualClock(0);
  const tracker = new BusyTracker();
  return { clock, tracker, pacer: new Pacer({ clock, tracker, pace }) };
}

describe('the pacer', () => {
  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const each of undo.splice(0)) each();
  });

  it('jumps from event to event, and says why it ended', async () => {
    const { clock, pacer } = makePacer();
    const seen: number[] = [];
    for (const atMs of [10, 3_600_000, 86_400_000]) clock.setTimer(atMs, () => seen.push(clock.now()));
    expect(await pacer.drive({ untilMs: 4_000_000 })).toBe('reached');
    expect([seen, clock.now()]).toEqual([[10, 3_600_000], 4_000_000]);
    expect(await pacer.drive({ condition: () => seen.length === 3 })).toBe('condition');
    expect(await pacer.drive()).toBe('idle');
  });

  it('holds time while work is open', async () => {
    const { clock, tracker, pacer } = makePacer();
    clock.setTimer(1000, () => undefined);
    const end = tracker.begin();
    const drive = pacer.drive({ untilMs: 1000 });
    await sleepReal(30);
    expect(clock.now()).toBe(0);
    end();
    expect(await drive).toBe('reached');
    expect(clock.now()).toBe(1000);
  });

  it('moves on when the only open work waits for time itself', async () => {
    const { clock, tracker, pacer } = makePacer();
    const end = tracker.begin();
    const unpark = tracker.park();
    clock.setTimer(5000, () => {
      unpark();
      end();
    });
    expect(await pacer.drive({ untilMs: 6000 })).toBe('reached');
  });

  it('gives up on work that never ends, and names it', async () => {
    const { clock, tracker } = makePacer();
    const pacer = new Pacer({ clock, tracker, stuckAfterMs: 30 });
    tracker.begin(() => 'GET cosmos/docs');
    clock.setTimer(5, () => undefined);
    await expect(pacer.drive({ untilMs: 10 })).rejects.toThrow(/held for .* by: GET cosmos\/docs/);
  });

  it('waits a moment for an HTTP-triggered function, then lets time run', async () => {
    const { clock, tracker, pacer } = makePacer();
    const end = tracker.beginPatient();
    clock.setTimer(100, end);
    const startedMs = realTimers.Date.now();
    await pacer.drive({ untilMs: 100 });
    expect(clock.now()).toBe(100);
    expect(realTimers.Date.now() - startedMs).toBeGreaterThanOrEqual(20);
  });

  it('keeps to its pace', async () => {
    const { clock, pacer } = makePacer(100);
    clock.setTimer(5000, () => undefined);
    const startedMs = realTimers.Date.now();
    await pacer.drive({ untilMs: 5000 });
    expect(realTimers.Date.now() - startedMs).toBeGreaterThanOrEqual(48);
  });

  it('counts an http request from its making to its close', async () => {
    const { clock, tracker, pacer } = makePacer();
    undo.push(trackOutbound(tracker));
    const server = createServer((_request, response) => {
      realTimers.setTimeout(() => response.end('late'), 40);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    undo.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    clock.setTimer(10, () => undefined);
    let answeredAtMs: number | undefined;
    const asked = fetch(`http://127.0.0.1:${port}/`)
      .then((response) => response.text())
      .then(() => {
        answeredAtMs = clock.now();
      });
    await pacer.drive({ untilMs: 10 });
    await asked;
    expect(answeredAtMs).toBe(0);
    expect(tracker.isBusy).toBe(false);
  });
});
