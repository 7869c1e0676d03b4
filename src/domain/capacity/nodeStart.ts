import type { NodeFacts, PoolFacts } from '../facts.ts';
import { ninetiethPercentile } from '../startTimes.ts';

/** From the pool's PUT to a Ready node, where no run has measured it. Of these a machine takes the most to register with its cluster. */
export const assumedNodeStartSeconds = 240;
const assumedRegistrationSeconds = 180;

/** A duration, and what it stands on, in words. */
export interface StartTime {
  readonly seconds: number;
  readonly source: string;
}

/**
 * Earlier runs measured the whole way. The cluster shows its last part, from registration to Ready: it can only make the
 * assumption longer, since what comes before it is not seen.
 */
export function nodeStart({ nodeStart: measured }: PoolFacts, nodes: readonly NodeFacts[]): StartTime {
  if (measured !== undefined && measured !== null) return { seconds: measured.seconds, source: `${measured.seconds} s, the slowest of nine in ten of ${measured.samples} earlier surges` };
  const lastPart = ninetiethPercentile(nodes.flatMap(({ registrationToReadySeconds }) => registrationToReadySeconds ?? []));
  if (lastPart === null || assumedRegistrationSeconds + lastPart.seconds <= assumedNodeStartSeconds) return { seconds: assumedNodeStartSeconds, source: `${assumedNodeStartSeconds} s assumed: no surge has been measured` };
  return { seconds: assumedRegistrationSeconds + lastPart.seconds, source: `${assumedRegistrationSeconds} s assumed to registration, ${lastPart.seconds} s from there to ready measured on ${lastPart.samples} nodes` };
}
