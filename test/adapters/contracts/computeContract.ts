import { beforeEach, describe, expect, test } from 'vitest';
import type { Stamp } from '../../../src/domain/fleet.ts';
import type { Compute } from '../../../src/ports/compute.ts';
import { TransientError } from '../../../src/ports/outcome.ts';

export interface ComputeUnderTest {
  readonly compute: Compute;
  readonly stamp: Stamp;
  readonly pool: string;
  readonly advance: (ms: number) => void;
  /** Another operation holds the pool until the returned function is called. */
  readonly keepBusy: () => () => void;
  readonly breakService: () => () => void;
}

export function computeContract(name: string, prepare: () => Promise<ComputeUnderTest>): void {
  describe(`compute contract: ${name}`, () => {
    let under: ComputeUnderTest;
    beforeEach(async () => {
      under = await prepare();
    });

    const pool = async () => {
      const reading = await under.compute.readPools(under.stamp);
      if (reading.kind === 'unknown') throw new Error(reading.why);
      const found = reading.value.find((candidate) => candidate.name === under.pool);
      if (found === undefined) throw new Error(`no pool ${under.pool}`);
      return found;
    };

    test('bounds move together, at once as far as a reader sees, and go back', async () => {
      const { minCount, maxCount } = await pool();
      const raised = { minCount: minCount + 4, maxCount: maxCount + 10 };
      expect(await under.compute.applyPoolBounds(under.stamp, under.pool, raised, { minCount, maxCount })).toEqual({ kind: 'accepted' });
      expect(await pool()).toMatchObject(raised);
      under.advance(30 * 60_000);
      expect((await pool()).count).toBeGreaterThanOrEqual(raised.minCount);
      expect(await under.compute.applyPoolBounds(under.stamp, under.pool, { minCount, maxCount }, raised)).toEqual({ kind: 'accepted' });
      expect(await pool()).toMatchObject({ minCount, maxCount });
    });

    test('repeating a write is harmless (I4)', async () => {
      const { minCount, maxCount } = await pool();
      const raised = { minCount: minCount + 1, maxCount: maxCount + 1 };
      await under.compute.applyPoolBounds(under.stamp, under.pool, raised, { minCount, maxCount });
      expect(await under.compute.applyPoolBounds(under.stamp, under.pool, raised, { minCount, maxCount })).toEqual({ kind: 'accepted' });
      expect(await pool()).toMatchObject(raised);
    });

    test('bounds that are not as expected are a conflict and stay (I12)', async () => {
      const { minCount, maxCount } = await pool();
      const outcome = await under.compute.applyPoolBounds(under.stamp, under.pool, { minCount: 9, maxCount: 30 }, { minCount: minCount + 1, maxCount });
      expect(outcome).toMatchObject({ kind: 'refused', reaction: 'conflict' });
      expect(await pool()).toMatchObject({ minCount, maxCount });
    });

    test('a second change while the first one is at work is busy, and goes through later', async () => {
      const { minCount, maxCount } = await pool();
      const first = { minCount: minCount + 1, maxCount: maxCount + 1 };
      await under.compute.applyPoolBounds(under.stamp, under.pool, first, { minCount, maxCount });
      const second = { minCount: minCount + 2, maxCount: maxCount + 2 };
      expect(await under.compute.applyPoolBounds(under.stamp, under.pool, second, first)).toMatchObject({ kind: 'refused', reaction: 'busy' });
      under.advance(30 * 60_000);
      expect(await under.compute.applyPoolBounds(under.stamp, under.pool, second, first)).toEqual({ kind: 'accepted' });
    });

    test('a pool that another operation holds is busy', async () => {
      const { minCount, maxCount } = await pool();
      const done = under.keepBusy();
      expect(await under.compute.applyPoolBounds(under.stamp, under.pool, { minCount: minCount + 1, maxCount }, { minCount, maxCount })).toMatchObject({ kind: 'refused', reaction: 'busy' });
      done();
    });

    test('a pool that is not there', async () => {
      expect(await under.compute.applyPoolBounds(under.stamp, 'nopool', { minCount: 1, maxCount: 1 }, { minCount: 0, maxCount: 1 })).toMatchObject({ kind: 'refused', reaction: 'notFound' });
    });

    test('a service that is down: unknown to read, transient to write', async () => {
      const mend = under.breakService();
      expect(await under.compute.readPools(under.stamp)).toMatchObject({ kind: 'unknown' });
      await expect(under.compute.applyPoolBounds(under.stamp, under.pool, { minCount: 1, maxCount: 1 }, { minCount: 0, maxCount: 1 })).rejects.toBeInstanceOf(TransientError);
      mend();
    });
  });
}
