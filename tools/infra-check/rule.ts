import type { Snapshot } from './snapshot.ts';

/** One rule of our own over the resources of a snapshot: pure, and silent when all is well. */
export interface Rule {
  readonly name: string;
  /** What goes wrong in Azure when the rule does not hold. */
  readonly why: string;
  /** Each finding names the resource and what to change. */
  readonly check: (snapshot: Snapshot) => readonly string[];
}
