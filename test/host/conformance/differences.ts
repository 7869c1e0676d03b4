import type { Mismatch } from './normalise.ts';

/** One difference to the real extension that stays, with its reason. */
export interface Difference {
  readonly case: string;
  /** Matches where the comparison found it. */
  readonly at: RegExp;
  readonly reason: string;
}

/**
 * What the local engine does otherwise than recorded, on purpose. A difference that is not here fails the suite, and so does one
 * that is here and no longer seen.
 *
 * Not compared at all: instants, GUIDs and ids made at random, ports, keys, .NET and worker stack traces (normalise.ts); which
 * completions share an episode, which is chance on the real host too (steering.ts gives the engine the recorded batches); headers
 * that a server sends on its own; the indentation of the trigger's JSON text and an orchestrator's trigger metadata, which the SDK
 * does not read; the four requests about keys (401 without or with a wrong key), which this host does not enforce.
 */
export const differences: readonly Difference[] = [
  { case: 'sdk_flow', at: /^sdkRequests\[2\]\.responseBody\.runtimeStatus$/, reason: 'time stands still while a function runs: an instance started by it is Pending until it is over, the real one had been taken up' },
  { case: 'sdk_flow', at: /^sdkResults\[0\]\[2\]\.result\.runtimeStatus$/, reason: 'the same, as the SDK returned it' },
  { case: 'entity_client', at: /top=2 \.headers\.x-ms-continuation-token$/, reason: 'entity listings are not paged: the product has no entities' },
  { case: 'entity_relay', at: /^finalStatus\..*sorter\./, reason: 'the bookkeeping of the message sorter is not shown: messages are never reordered here' },
  { case: 'entity_relay', at: /^finalStatus\..*historyEvents\[0\]\.Input$/, reason: 'the same, as text' },
];

export function findDifference(caseName: string, mismatch: Mismatch): Difference | undefined {
  return differences.find((each) => each.case === caseName && each.at.test(mismatch.at));
}
