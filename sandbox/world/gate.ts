import { z } from 'zod';

export interface GateRecord {
  /** What lies in the store, whether or not the pod could read it. */
  blobText: string | null;
  state: 'open' | 'closed';
  expiresAt: number | null;
}

const document = z.object({
  state: z.enum(['open', 'closed']),
  expiresAt: z.union([z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]).nullish(),
});

/**
 * The gate pod of a stamp: it polls its blob at every step of the world. Unreachable store: the last state stays until
 * its expiry, then the gate opens. No blob, or one that it cannot read: open.
 */
export class Gate {
  readonly record: GateRecord;

  constructor(record: GateRecord) {
    this.record = record;
  }

  poll(nowMs: number, store: 'reachable' | 'unreachable'): void {
    if (store === 'reachable') this.#read();
    const { expiresAt } = this.record;
    if (expiresAt !== null && nowMs >= expiresAt) {
      this.record.state = 'open';
      this.record.expiresAt = null;
    }
  }

  #read(): void {
    const parsed = this.record.blobText === null ? null : document.safeParse(parseJson(this.record.blobText));
    this.record.state = parsed?.success === true ? parsed.data.state : 'open';
    this.record.expiresAt = parsed?.success === true ? (parsed.data.expiresAt ?? null) : null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
