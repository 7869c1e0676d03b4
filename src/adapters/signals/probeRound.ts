import type { Measure } from '../../domain/observation.ts';
import type { Met } from './httpProbe.ts';

/** The two attempts at one target; the second is made only where the first did not go well. */
export interface Tried {
  readonly first: Met;
  readonly second: Met | null;
}

export async function tryTwice(attempt: () => Promise<Met>): Promise<Tried> {
  const first = await attempt();
  return { first, second: first.result === 'ok' ? null : await attempt() };
}

/** Any answer shows that our own path to the outside works. */
export const answered = ({ first, second }: Tried): boolean => first.status !== null || (second !== null && second.status !== null);

/**
 * What the attempts add up to. An answer beats silence. A failure counts as seen from two vantage points only when two
 * attempts on separate connections met it AND another target answered in the same round, which clears our own path;
 * otherwise it is one vantage point, and somebody else must confirm it (I6).
 */
export function reachMeasure(tried: Tried, ownPath: 'shownGood' | 'notShown'): Measure {
  const { first, second } = tried;
  const good = [first, second].find((met) => met !== null && met.result === 'ok');
  const best = good ?? [second, first].find((met) => met !== null && met.status !== null) ?? second ?? first;
  const agreed = second !== null && isSilence(first) && isSilence(second);
  return { unit: 'reach', result: best.result, latencyMs: best.latencyMs, vantagePoints: agreed && ownPath === 'shownGood' ? 2 : 1 };
}

const isSilence = (met: Met): boolean => met.result === 'refused' || met.result === 'timedOut';
