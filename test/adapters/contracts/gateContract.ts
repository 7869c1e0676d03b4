import { beforeEach, describe, expect, test } from 'vitest';
import type { Stamp } from '../../../src/domain/fleet.ts';
import type { Gate } from '../../../src/ports/gate.ts';
import { TransientError } from '../../../src/ports/outcome.ts';

export interface GateUnderTest {
  readonly gate: Gate;
  readonly stamp: Stamp;
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  readonly breakStore: () => () => void;
  /** Puts this text where the gate's state lies. */
  readonly write: (text: string) => Promise<void>;
  readonly readText: () => Promise<string>;
}

export function gateContract(name: string, prepare: () => Promise<GateUnderTest>): void {
  describe(`gate contract: ${name}`, () => {
    let under: GateUnderTest;
    beforeEach(async () => {
      under = await prepare();
    });

    const read = async () => {
      const reading = await under.gate.readGate(under.stamp);
      if (reading.kind === 'unknown') throw new Error(reading.why);
      return reading.value;
    };

    test('a gate that was never written is open', async () => {
      expect(await read()).toEqual({ state: 'open', expiresAt: null });
    });

    test('closed until it expires, and open by itself afterwards (I5)', async () => {
      const expiresAt = under.now() + 600_000;
      expect(await under.gate.applyGate(under.stamp, 'closed', expiresAt, 'run-a')).toEqual({ kind: 'accepted' });
      expect(await read()).toEqual({ state: 'closed', expiresAt });
      under.advance(599_999);
      expect((await read()).state).toBe('closed');
      under.advance(1);
      expect(await read()).toEqual({ state: 'open', expiresAt: null });
    });

    test('opened again', async () => {
      await under.gate.applyGate(under.stamp, 'closed', under.now() + 600_000, 'run-a');
      await under.gate.applyGate(under.stamp, 'open', under.now() + 600_000, 'run-a');
      expect(await read()).toEqual({ state: 'open', expiresAt: null });
    });

    test('says in the document what the gate in the cluster reads: state and an ISO 8601 expiry, and by which run', async () => {
      await under.gate.applyGate(under.stamp, 'closed', Date.UTC(2026, 10, 22, 14), 'run-a');
      expect(JSON.parse(await under.readText())).toMatchObject({ state: 'closed', expiresAt: '2026-11-22T14:00:00.000Z', runId: 'run-a' });
    });

    test.each(['', 'not json', '[]', '"closed"', '{"state":"ajar"}'])('a document that cannot be understood (%j) is open, as the gate itself takes it', async (text) => {
      await under.write(text);
      expect((await read()).state).toBe('open');
    });

    test('a store that does not answer: unknown to read, transient to write', async () => {
      const mend = under.breakStore();
      expect(await under.gate.readGate(under.stamp)).toMatchObject({ kind: 'unknown' });
      await expect(under.gate.applyGate(under.stamp, 'closed', under.now() + 1, 'run-a')).rejects.toBeInstanceOf(TransientError);
      mend();
    });

    test('a stamp without a gate is open and cannot be closed', async () => {
      const without: Stamp = { ...under.stamp, gate: null };
      expect(await under.gate.readGate(without)).toMatchObject({ kind: 'known', value: { state: 'open' } });
      expect(await under.gate.applyGate(without, 'closed', under.now() + 1, 'run-a')).toMatchObject({ kind: 'refused', reaction: 'notFound' });
    });
  });
}
