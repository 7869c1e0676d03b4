import type { Operation, Operations } from './types.ts';
import { uuidOf } from './prng.ts';

interface OperationRecord {
  readonly id: string;
  readonly startedAt: number;
  endsAt: number;
  error: { readonly code: string; readonly message: string } | null;
}

export interface OperationsState {
  started: number;
  readonly records: OperationRecord[];
}

const kept = 500;

/** Long-running operations: what was accepted and ends later. The status is read at the moment of asking. */
export class OperationBook implements Operations {
  readonly #state: OperationsState;
  readonly #seed: number;
  readonly #now: () => number;

  constructor(state: OperationsState, seed: number, now: () => number) {
    this.#state = state;
    this.#seed = seed;
    this.#now = now;
  }

  get(id: string): Operation | null {
    const record = this.#state.records.find((candidate) => candidate.id === id);
    return record === undefined ? null : this.#viewOf(record);
  }

  /** @param endsAt epoch milliseconds; Infinity for one that ends when `finish` says so. */
  start(endsAt: number, error: OperationRecord['error'] = null): Operation {
    const record: OperationRecord = { id: uuidOf(this.#seed, `operation ${this.#state.started++}`), startedAt: this.#now(), endsAt, error };
    this.#state.records.push(record);
    if (this.#state.records.length > kept) this.#state.records.shift();
    return this.#viewOf(record);
  }

  finish(id: string, endsAt: number, error: OperationRecord['error']): void {
    const record = this.#state.records.find((candidate) => candidate.id === id);
    if (record === undefined) return;
    record.endsAt = endsAt;
    record.error = error;
  }

  save(): OperationsState {
    // Infinity is not JSON: an operation without an end is kept as one that ends at the greatest instant
    return { started: this.#state.started, records: this.#state.records.map((record) => ({ ...record, endsAt: Math.min(record.endsAt, Number.MAX_SAFE_INTEGER) })) };
  }

  #viewOf(record: OperationRecord): Operation {
    const now = this.#now;
    const ended = (): boolean => now() >= record.endsAt;
    return {
      id: record.id,
      startedAt: record.startedAt,
      get status() {
        if (!ended()) return 'InProgress';
        return record.error === null ? 'Succeeded' : 'Failed';
      },
      get error() {
        return ended() ? record.error : null;
      },
      get endedAt() {
        return ended() ? record.endsAt : null;
      },
    };
  }
}
