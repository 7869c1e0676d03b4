/** One waiting timer: ordered by instant, then by the order in which it was set. */
export interface TimerEntry {
  readonly atMs: number;
  readonly order: number;
  fn: (() => void) | undefined;
}

function isBefore(a: TimerEntry, b: TimerEntry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Binary heap of timers; cancelled entries (fn undefined) are skipped when they surface. */
export class TimerHeap {
  readonly #entries: TimerEntry[] = [];

  push(entry: TimerEntry): void {
    const entries = this.#entries;
    let index = entries.push(entry) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex];
      if (parent === undefined || !isBefore(entry, parent)) break;
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = entry;
  }

  /** The earliest timer that is not cancelled. */
  peek(): TimerEntry | undefined {
    for (;;) {
      const first = this.#entries[0];
      if (first === undefined || first.fn !== undefined) return first;
      this.#removeFirst();
    }
  }

  pop(): TimerEntry | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let index = 0;
    for (;;) {
      const leftIndex = 2 * index + 1;
      const left = entries[leftIndex];
      if (left === undefined) break;
      const right = entries[leftIndex + 1];
      const useRight = right !== undefined && isBefore(right, left);
      const child = useRight ? right : left;
      if (!isBefore(child, last)) break;
      entries[index] = child;
      index = useRight ? leftIndex + 1 : leftIndex;
    }
    entries[index] = last;
  }
}
