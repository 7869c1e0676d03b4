import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Fence } from '../../../src/ports/fence.ts';
import { TransientError } from '../../../src/ports/outcome.ts';

export interface FenceUnderTest {
  /** Each call is another process: nothing is shared but the store. The same control-plane region unless given. */
  readonly open: (controlRegion?: string) => Fence;
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  /** Makes the store answer nothing until the returned function is called. */
  readonly breakStore: () => () => void;
}

const leaseMs = 60_000;
const controlRegion = 'northcentralus';
const otherRegion = 'southcentralus';

export function fenceContract(name: string, prepare: () => Promise<FenceUnderTest>): void {
  describe(`fence contract: ${name}`, () => {
    let under: FenceUnderTest;
    let fence: Fence;
    beforeEach(async () => {
      under = await prepare();
      fence = under.open();
    });

    const hold = async (runId: string, of: Fence = fence) => {
      const acquired = await of.acquire(runId);
      if (acquired.kind === 'busy') throw new Error(`busy: ${acquired.holder}`);
      return acquired;
    };

    test('nobody holds it at first, and the first run gets epoch 1 for one lease', async () => {
      expect(await fence.readHolder()).toBeNull();
      const { hold: held, previous } = await hold('run-a');
      expect(held).toMatchObject({ runId: 'run-a', epoch: 1, expiresAt: under.now() + leaseMs });
      expect(previous).toBeNull();
      expect(await fence.readHolder()).toEqual({ runId: 'run-a', controlRegion, epoch: 1, lease: 'live' });
    });

    test('another run is told who holds it', async () => {
      await hold('run-a');
      expect(await under.open().acquire('run-b')).toEqual({ kind: 'busy', holder: 'run-a', epoch: 1 });
    });

    test('acquiring again under the same run renews, with the same epoch: a repeated or resumed activity', async () => {
      const first = await hold('run-a');
      under.advance(40_000);
      const again = await hold('run-a', under.open());
      expect(again.hold).toEqual({ ...first.hold, expiresAt: under.now() + leaseMs });
      expect(again.previous).toBeNull();
    });

    test('confirming renews the lease', async () => {
      const { hold: held } = await hold('run-a');
      for (let round = 0; round < 5; round += 1) {
        under.advance(50_000);
        expect(await fence.confirm(held)).toEqual({ kind: 'held', hold: { ...held, expiresAt: under.now() + leaseMs } });
      }
      expect(await under.open().acquire('run-b')).toMatchObject({ kind: 'busy' });
    });

    test('kept within 15 s of its last renewal, it is ours without a request: the lease outlives a write', async () => {
      const { hold: held } = await hold('run-a');
      under.advance(15_000);
      const mend = under.breakStore();
      expect(await fence.keep(held)).toEqual({ kind: 'held', hold: held });
      under.advance(1);
      await expect(fence.keep(held)).rejects.toBeInstanceOf(TransientError);
      mend();
      expect(await fence.keep(held)).toEqual({ kind: 'held', hold: { ...held, expiresAt: under.now() + leaseMs } });
    });

    test('a process that has not renewed it itself asks before it keeps it', async () => {
      const { hold: held } = await hold('run-a');
      const mend = under.breakStore();
      await expect(under.open().keep(held)).rejects.toBeInstanceOf(TransientError);
      mend();
    });

    test('an overtaken run cannot keep it, nor can an old hold, nor one that was given back', async () => {
      const { hold: stale } = await hold('run-a');
      under.advance(leaseMs + 1000);
      const { hold: newer } = await hold('run-b');
      expect(await fence.keep(stale)).toEqual({ kind: 'lost', holder: 'run-b', epoch: 2 });
      await fence.release(newer);
      expect(await fence.keep(newer)).toMatchObject({ kind: 'lost' });
      await hold('run-a');
      expect(await fence.keep(stale)).toEqual({ kind: 'lost', holder: 'run-a', epoch: 3 });
    });

    test('a run whose lease ran out while nobody wanted it goes on', async () => {
      const { hold: held } = await hold('run-a');
      under.advance(10 * leaseMs);
      expect(await fence.confirm(held)).toMatchObject({ kind: 'held' });
    });

    test('a taker after the lease ran out raises the epoch and learns whom it follows', async () => {
      await hold('run-a');
      under.advance(leaseMs + 1000);
      const taken = await hold('run-b', under.open());
      expect(taken).toMatchObject({ hold: { runId: 'run-b', epoch: 2 }, previous: { runId: 'run-a', controlRegion } });
    });

    test('the run that was overtaken is told so, and cannot take anything with it', async () => {
      const { hold: stale } = await hold('run-a');
      under.advance(leaseMs + 1000);
      await hold('run-b', under.open());
      expect(await fence.confirm(stale)).toEqual({ kind: 'lost', holder: 'run-b', epoch: 2 });
      await fence.release(stale);
      expect(await fence.readHolder()).toMatchObject({ runId: 'run-b', epoch: 2 });
    });

    test('an old hold of a run that has taken the fence anew is lost: the epoch decides', async () => {
      const { hold: old } = await hold('run-a');
      under.advance(leaseMs + 1000);
      await fence.release((await hold('run-b')).hold);
      const anew = await hold('run-a');
      expect(anew.hold.epoch).toBe(3);
      expect(await fence.confirm(old)).toEqual({ kind: 'lost', holder: 'run-a', epoch: 3 });
      expect(await fence.confirm(anew.hold)).toMatchObject({ kind: 'held' });
    });

    test('the same run is not taken over by the other region while its lease lives, and under a new epoch once it has run out', async () => {
      const { hold: stale } = await hold('run-a');
      const other = under.open(otherRegion);
      expect(await other.acquire('run-a')).toEqual({ kind: 'busy', holder: 'run-a', epoch: 1 });
      under.advance(leaseMs - 1);
      expect(await other.readHolder()).toMatchObject({ lease: 'live' });
      under.advance(1);
      expect(await other.readHolder()).toEqual({ runId: 'run-a', controlRegion, epoch: 1, lease: 'lapsed' });
      const taken = await hold('run-a', other);
      expect(taken).toMatchObject({ hold: { runId: 'run-a', epoch: 2 }, previous: { runId: 'run-a', controlRegion } });
      expect(await fence.confirm(stale)).toEqual({ kind: 'lost', holder: 'run-a', epoch: 2 });
      await fence.release(stale);
      expect(await other.confirm(taken.hold)).toMatchObject({ kind: 'held' });
      expect(await fence.acquire('run-a')).toEqual({ kind: 'busy', holder: 'run-a', epoch: 2 });
      expect(await other.readHolder()).toEqual({ runId: 'run-a', controlRegion: otherRegion, epoch: 2, lease: 'live' });
    });

    test('given back, it is free at once, and the next holder follows nobody', async () => {
      const { hold: held } = await hold('run-a');
      await fence.release(held);
      await fence.release(held);
      expect(await fence.readHolder()).toBeNull();
      expect(await hold('run-b')).toMatchObject({ hold: { epoch: 2 }, previous: null });
    });

    test('run ids may hold any character', async () => {
      const runId = 'run/β #1?=%20';
      const { hold: held } = await hold(runId);
      expect(await fence.readHolder()).toMatchObject({ runId, epoch: 1 });
      expect(await fence.confirm(held)).toMatchObject({ kind: 'held' });
    });

    test('a store that does not answer is a transient fault for every call', async () => {
      const { hold: held } = await hold('run-a');
      const mend = under.breakStore();
      for (const call of [() => fence.acquire('run-b'), () => fence.confirm(held), () => fence.release(held), () => fence.readHolder()]) {
        await expect(call()).rejects.toBeInstanceOf(TransientError);
      }
      mend();
      expect(await fence.confirm(held)).toMatchObject({ kind: 'held' });
    });

    test('of two that take a free fence at the same time, one gets it', async () => {
      const outcomes = await Promise.all([under.open().acquire('run-a'), under.open().acquire('run-b')]);
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['busy', 'held']);
    });

    test('whatever happens in whatever order, the epoch never falls and at most one hold is confirmed', async () => {
      const step = fc.oneof(
        fc.record({ do: fc.constant('acquire' as const), run: fc.nat(2) }),
        fc.record({ do: fc.constant('release' as const), run: fc.nat(2) }),
        fc.record({ do: fc.constant('wait' as const), run: fc.integer({ min: 1, max: 90 }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const own = await prepare();
          const f = own.open();
          const holds = new Map<number, Awaited<ReturnType<typeof hold>>['hold']>();
          let highest = 0;
          for (const { do: what, run } of steps) {
            if (what === 'wait') own.advance(run * 1000);
            if (what === 'acquire') {
              const acquired = await f.acquire(`run-${run}`);
              if (acquired.kind === 'held') {
                expect(acquired.hold.epoch).toBeGreaterThanOrEqual(highest);
                highest = acquired.hold.epoch;
                holds.set(run, acquired.hold);
              } else expect(acquired.epoch).toBe(highest);
            }
            const held = holds.get(run);
            if (what === 'release' && held !== undefined) await f.release(held);
          }
          const confirmed = [];
          for (const held of holds.values()) if ((await f.confirm(held)).kind === 'held') confirmed.push(held);
          expect(confirmed.length).toBeLessThanOrEqual(1);
        }),
        { numRuns: 25 },
      );
    });
  });
}
