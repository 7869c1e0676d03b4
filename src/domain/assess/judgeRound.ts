import type { Signal, Verdict } from '../assessment.ts';
import type { SignalSettings } from '../fleet.ts';

export interface RoundJudged {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly knownSignals: number;
}

/**
 * The verdict of one round alone (I6). Unhealthy needs a quorum of KNOWN signals, one of them seen from outside the region:
 * the cluster API alone never fails a region, nor do all the views from inside together. Alerts are part of no count:
 * they are signals that lower hysteresis, never orders.
 */
export function judgeRound(signals: readonly Signal[], settings: SignalSettings): RoundJudged {
  const counted = signals.filter((signal) => signal.source !== 'alert');
  const known = counted.filter((signal) => signal.verdict !== 'unknown');
  const unhealthy = known.filter((signal) => signal.verdict === 'unhealthy');
  const degraded = known.filter((signal) => signal.verdict === 'degraded');
  const knownSignals = known.length;
  if (knownSignals < settings.minimumKnown) {
    return { verdict: 'unknown', reason: `${knownSignals} of ${counted.length} signals known, ${settings.minimumKnown} needed`, knownSignals };
  }
  const outside = unhealthy.filter((signal) => signal.vantage === 'outside');
  if (unhealthy.length >= settings.quorum && outside.length > 0) {
    return { verdict: 'unhealthy', reason: `${unhealthy.length} of ${knownSignals} known signals unhealthy: ${told(unhealthy)}`, knownSignals };
  }
  if (unhealthy.length > 0 || degraded.length > 0) {
    const missing = unhealthy.length === 0 ? '' : outside.length === 0 ? ' (none seen from outside)' : ` (${settings.quorum} needed to call it unhealthy)`;
    return { verdict: 'degraded', reason: `${told([...unhealthy, ...degraded])}${missing}`, knownSignals };
  }
  return { verdict: 'healthy', reason: `all ${knownSignals} known signals healthy`, knownSignals };
}

const told = (signals: readonly Signal[]): string => signals.map((signal) => `${signal.source} ${signal.detail}`).join('; ');
