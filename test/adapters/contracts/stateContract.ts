import { beforeEach, describe, expect, test } from 'vitest';
import type { ControlsStore } from '../../../src/ports/controls.ts';
import { TransientError } from '../../../src/ports/outcome.ts';
import type { StateStore } from '../../../src/ports/state.ts';

export interface StateUnderTest {
  readonly open: () => { readonly state: StateStore; readonly controls: ControlsStore };
  readonly breakStore: () => () => void;
  readonly advance: (ms: number) => void;
  /** Unique to this test: the store is shared. */
  readonly prefix: string;
}

export function stateContract(name: string, prepare: () => Promise<StateUnderTest>): void {
  describe(`state contract: ${name}`, () => {
    let under: StateUnderTest;
    let state: StateStore;
    beforeEach(async () => {
      under = await prepare();
      state = under.open().state;
    });

    test('what is not there is null; what was written is read, with its etag', async () => {
      const key = { kind: 'assessment', id: `${under.prefix}/a:b` } as const;
      expect(await state.read(key)).toBeNull();
      const written = await state.write(key, { verdict: 'healthy' }, null);
      if (written.kind === 'conflict') throw new Error('nobody else writes here');
      expect(await state.read(key)).toEqual({ id: key.id, value: { verdict: 'healthy' }, etag: written.etag });
    });

    test('a second create is a conflict, and so is a replace of what has changed', async () => {
      const key = { kind: 'idempotency', id: `${under.prefix}-k` } as const;
      const first = await state.write(key, { n: 1 }, null);
      if (first.kind === 'conflict') throw new Error('nobody else writes here');
      expect(await state.write(key, { n: 2 }, null)).toEqual({ kind: 'conflict' });
      const second = await state.write(key, { n: 2 }, first.etag);
      expect(second.kind).toBe('written');
      expect(await state.write(key, { n: 3 }, first.etag)).toEqual({ kind: 'conflict' });
      expect((await state.read<{ n: number }>(key))?.value).toEqual({ n: 2 });
    });

    test('a replace of what is gone is a conflict, not a new document', async () => {
      const key = { kind: 'idempotency', id: `${under.prefix}-gone` } as const;
      expect(await state.write(key, {}, '"00000000-0000-0000-0000-000000000000"')).toEqual({ kind: 'conflict' });
      expect(await state.read(key)).toBeNull();
    });

    test('a document with a time to live is gone after it', async () => {
      const key = { kind: 'alert', id: `${under.prefix}-ttl` } as const;
      await state.write(key, { n: 1 }, null, 60);
      under.advance(59_000);
      expect(await state.read(key)).not.toBeNull();
      under.advance(2_000);
      expect(await state.read(key)).toBeNull();
      expect((await state.write(key, { n: 2 }, null)).kind).toBe('written');
    });

    test('one kind is listed, newest first, up to the limit', async () => {
      for (const n of [1, 2, 3]) {
        await state.write({ kind: 'drill', id: `${under.prefix}-${n}` }, { n }, null);
        under.advance(2_000);
      }
      await state.write({ kind: 'heartbeat', id: `${under.prefix}-x` }, { n: 9 }, null);
      const listed = await state.list<{ n: number }>('drill', 2);
      expect(listed.map(({ value }) => value.n)).toEqual([3, 2]);
    });

    test('a store that is down is a transient fault', async () => {
      const mend = under.breakStore();
      await expect(state.read({ kind: 'idempotency', id: 'x' })).rejects.toBeInstanceOf(TransientError);
      await expect(state.write({ kind: 'idempotency', id: 'x' }, {}, null)).rejects.toBeInstanceOf(TransientError);
      await expect(state.list('idempotency', 1)).rejects.toBeInstanceOf(TransientError);
      mend();
    });

    describe('controls', () => {
      test('are kept, and every process sees them', async () => {
        const { controls } = under.open();
        await controls.setControls({ mode: 'approve', killSwitch: 'on' }, 'somebody');
        expect(await under.open().controls.readControls()).toMatchObject({ freshness: 'fresh', controls: { mode: 'approve', killSwitch: 'on', setBy: 'somebody' } });
        await controls.setControls({ killSwitch: 'off' }, 'somebody else');
        expect(await under.open().controls.readControls()).toMatchObject({ controls: { mode: 'approve', killSwitch: 'off', setBy: 'somebody else' } });
      });

      test('while the store is down are the last ones read, and say so', async () => {
        const { controls } = under.open();
        await controls.setControls({ mode: 'observe', killSwitch: 'off' }, 'somebody');
        await controls.readControls();
        const mend = under.breakStore();
        expect(await controls.readControls()).toMatchObject({ freshness: 'lastKnown', controls: { mode: 'observe', killSwitch: 'off' } });
        mend();
        expect(await controls.readControls()).toMatchObject({ freshness: 'fresh' });
      });

      test('that nobody could read yet stop everything: a store that is down never starts a run (I8)', async () => {
        const mend = under.breakStore();
        expect(await under.open().controls.readControls()).toMatchObject({ freshness: 'lastKnown', controls: { killSwitch: 'on' } });
        mend();
      });

      test('an order to stop a run reaches every process, and the first one stays', async () => {
        const { controls } = under.open();
        const before = (await controls.readControls()).controls;
        expect(await controls.stopRun('run-a', { kind: 'abort', by: 'ada', reason: 'wrong region' })).toBe('ordered');
        expect(await under.open().controls.stopRun('run-a', { kind: 'yield', by: 'watch', reason: 'another' })).toBe('alreadyOrdered');
        await controls.stopRun('run-b', { kind: 'yield', by: 'watch', reason: 'another' });
        const { controls: after, stops } = await under.open().controls.readControls();
        expect(stops).toMatchObject({ 'run-a': { kind: 'abort', by: 'ada', reason: 'wrong region' }, 'run-b': { kind: 'yield' } });
        // It sets neither mode nor kill switch.
        expect(after).toEqual(before);
      });

      test('orders outlive a change of the controls, and an order leaves the controls as they were set', async () => {
        const { controls } = under.open();
        await controls.stopRun('run-c', { kind: 'abort', by: 'ada', reason: 'wrong region' });
        await controls.setControls({ mode: 'approve', killSwitch: 'on' }, 'somebody');
        await controls.stopRun('run-d', { kind: 'abort', by: 'ada', reason: 'wrong region' });
        const read = await under.open().controls.readControls();
        expect(read.controls).toMatchObject({ mode: 'approve', killSwitch: 'on', setBy: 'somebody' });
        expect(Object.keys(read.stops)).toEqual(expect.arrayContaining(['run-c', 'run-d']));
      });

      test('an order that was read holds while the store is down', async () => {
        const { controls } = under.open();
        await controls.stopRun('run-e', { kind: 'abort', by: 'ada', reason: 'wrong region' });
        await controls.readControls();
        const mend = under.breakStore();
        expect(await controls.readControls()).toMatchObject({ freshness: 'lastKnown', stops: { 'run-e': { kind: 'abort' } } });
        mend();
      });

      test('set by two at once: both are kept where they do not contradict', async () => {
        const [one, two] = [under.open().controls, under.open().controls];
        await one.setControls({ mode: 'auto', killSwitch: 'off' }, 'start');
        await Promise.all([one.setControls({ mode: 'observe' }, 'one'), two.setControls({ killSwitch: 'on' }, 'two')]);
        expect((await one.readControls()).controls).toMatchObject({ mode: 'observe', killSwitch: 'on' });
      });
    });
  });
}
