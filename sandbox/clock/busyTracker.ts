/** Marks the end of one piece of work; calling it twice counts once. */
export type EndWork = () => void;

/**
 * Counts what keeps virtual time from moving: open outbound requests, running engine work, whatever an in-memory transport
 * reports. A part that answers a request only after virtual time has passed parks it, or nothing would ever move again.
 */
export class BusyTracker {
  readonly #open = new Set<() => string>();
  #parked = 0;
  #patient = 0;
  #changes = 0;

  /**
   * Work that is under way in real time: time stands still until it ends.
   * @param describe asked only when somebody wants to know what holds time.
   */
  begin(describe: () => string = () => 'work'): EndWork {
    // an entry of its own, also where two pieces of work are described by one function
    const entry = (): string => describe();
    this.#open.add(entry);
    this.#changes += 1;
    return this.#once(() => {
      this.#open.delete(entry);
    });
  }

  /** An open request that waits for virtual time itself (a delayed or hanging answer): it no longer holds time until this ends. */
  park(): EndWork {
    this.#parked += 1;
    this.#changes += 1;
    return this.#once(() => {
      this.#parked -= 1;
    });
  }

  /** Work that holds time while it gets on, but may wait for virtual time inside (an HTTP-triggered function): the pacer loses patience with it. */
  beginPatient(): EndWork {
    this.#patient += 1;
    this.#changes += 1;
    return this.#once(() => {
      this.#patient -= 1;
    });
  }

  /** Something happened that may lead to more work. */
  touch(): void {
    this.#changes += 1;
  }

  get isBusy(): boolean {
    return this.#open.size > this.#parked;
  }

  /** What is open, for people. */
  describeOpen(): readonly string[] {
    return [...this.#open].map((describe) => describe());
  }

  get isHeldByPatientWork(): boolean {
    return this.#patient > 0;
  }

  /** Grows with every begin, end, park and touch. */
  get changes(): number {
    return this.#changes;
  }

  #once(end: () => void): EndWork {
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#changes += 1;
      end();
    };
  }
}
