import { beforeEach, describe, expect, test } from 'vitest';
import type { Fleet } from '../../../src/domain/fleet.ts';
import { TransientError } from '../../../src/ports/outcome.ts';
import type { OriginChange, Traffic } from '../../../src/ports/traffic.ts';

export interface TrafficUnderTest {
  readonly traffic: Traffic;
  readonly fleet: Fleet;
  readonly advance: (ms: number) => void;
  readonly breakService: () => () => void;
  /** Writes that Front Door's control plane took so far. */
  readonly writes: () => number;
}

export function trafficContract(name: string, prepare: () => Promise<TrafficUnderTest>): void {
  describe(`traffic contract: ${name}`, () => {
    let under: TrafficUnderTest;
    beforeEach(async () => {
      under = await prepare();
    });

    const origins = async () => {
      const reading = await under.traffic.readTraffic();
      if (reading.kind === 'unknown') throw new Error(reading.why);
      return new Map(reading.value.originGroups.flatMap((group) => group.origins).map((origin) => [origin.stamp, origin]));
    };

    const changeOf = (index: number, weight: number, enabled: 'Enabled' | 'Disabled' = 'Enabled'): OriginChange => {
      const stamp = under.fleet.stamps[index];
      const origin = stamp?.origins[0];
      if (stamp === undefined || origin === undefined) throw new Error('the fleet has three stamps with an origin each');
      return { stamp, origin, set: { weight, enabled } };
    };

    test('reads every origin of the fleet, with the window and the probes of its group', async () => {
      const reading = await under.traffic.readTraffic();
      if (reading.kind === 'unknown') throw new Error(reading.why);
      expect(reading.value.originGroups).toMatchObject([{ name: under.fleet.stamps[0]?.origins[0]?.originGroup, probeDrainSeconds: expect.any(Number) }]);
      expect([...(await origins()).keys()].toSorted()).toEqual(under.fleet.stamps.map(({ name }) => name).toSorted());
    });

    test('a weight and a state that were asked for are read back, others stay', async () => {
      const { stamp, origin, set } = changeOf(0, 120, 'Disabled');
      const before = await origins();
      expect(await under.traffic.applyOrigin(stamp, origin, set)).toEqual({ kind: 'accepted' });
      under.advance(60_000);
      const after = await origins();
      expect(after.get(stamp.name)).toMatchObject({ weight: 120, enabled: 'Disabled', priority: before.get(stamp.name)?.priority, hostName: before.get(stamp.name)?.hostName });
      for (const other of under.fleet.stamps.slice(1)) expect(after.get(other.name)).toEqual(before.get(other.name));
    });

    test('one change is one write', async () => {
      const { stamp, origin, set } = changeOf(0, 77);
      const before = under.writes();
      await under.traffic.applyOrigin(stamp, origin, set);
      expect(under.writes() - before).toBe(1);
    });

    test('several origins at once, each with its outcome in order', async () => {
      expect(await under.traffic.applyOrigins([changeOf(0, 0), changeOf(1, 600), changeOf(2, 400)])).toEqual(Array.from({ length: 3 }, () => ({ kind: 'accepted' })));
      under.advance(60_000);
      const after = await origins();
      expect(under.fleet.stamps.map(({ name }) => [after.get(name)?.enabled, after.get(name)?.weight])).toMatchObject([['Disabled', expect.any(Number)], ['Enabled', 600], ['Enabled', 400]]);
    });

    test('an origin that is not there', async () => {
      const { stamp, set } = changeOf(0, 10);
      expect(await under.traffic.applyOrigin(stamp, { originGroup: stamp.origins[0]?.originGroup ?? '', origin: 'nobody', normalWeight: 1, priority: 1 }, set)).toMatchObject({ kind: 'refused', reaction: 'notFound' });
    });

    test('shares are fractions of what was served', async () => {
      under.advance(15 * 60_000);
      const shares = await under.traffic.readShares();
      if (shares.kind === 'unknown') throw new Error(shares.why);
      expect(Object.values(shares.value).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
      for (const share of Object.values(shares.value)) expect(share).toBeGreaterThan(0);
    });

    test('a control plane that is down: unknown to read, transient to write', async () => {
      const mend = under.breakService();
      const { stamp, origin, set } = changeOf(0, 10);
      expect(await under.traffic.readTraffic()).toMatchObject({ kind: 'unknown' });
      await expect(under.traffic.applyOrigin(stamp, origin, set)).rejects.toBeInstanceOf(TransientError);
      mend();
    });
  });
}
