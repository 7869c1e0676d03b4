import type { Fault, FaultBoard, FaultKind } from './types.ts';

export interface FaultsState {
  injected: number;
  active: { id: string; fault: Fault; since: number }[];
}

/** What is broken now. Physics and faces ask it; docs/sandbox-physics.md says what each kind means. */
export class Faults implements FaultBoard {
  readonly #state: FaultsState;
  readonly #settle: () => void;
  readonly #now: () => number;
  #version = 0;

  constructor(state: FaultsState, settle: () => void, now: () => number) {
    this.#state = state;
    this.#settle = settle;
    this.#now = now;
  }

  /** Grows with every change, so that physics caches what it derived. */
  get version(): number {
    return this.#version;
  }

  inject(fault: Fault): string {
    this.#settle();
    const id = `fault-${++this.#state.injected}`;
    this.#state.active.push({ id, fault, since: this.#now() });
    this.#version++;
    return id;
  }

  heal(id: string): void {
    this.#settle();
    this.#state.active = this.#state.active.filter((entry) => entry.id !== id);
    this.#version++;
  }

  list(): readonly { readonly id: string; readonly fault: Fault; readonly since: number }[] {
    return this.#state.active.slice();
  }

  active(kind: FaultKind, stamp?: string): Fault | null {
    for (const { fault } of this.#state.active) {
      if (fault.kind === kind && (stamp === undefined || fault.stamp === undefined || fault.stamp === stamp)) return fault;
    }
    return null;
  }

  save(): FaultsState {
    return { injected: this.#state.injected, active: this.#state.active.slice() };
  }
}

/** A numeric parameter of a fault, or what holds without it. */
export function parameterOf(fault: Fault, name: string, otherwise: number): number {
  const value = fault[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
