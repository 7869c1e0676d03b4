import type { Assessment, Signal, Verdict } from '../assessment.ts';
import type { SignalSettings, StampName } from '../fleet.ts';
import type { Observation } from '../observation.ts';
import { classifyObservation } from './classifyObservation.ts';
import { corroborate, isUnreachable } from './corroborate.ts';
import { judgeRound } from './judgeRound.ts';
import { setAsideOwnDrain } from './setAsideOwnDrain.ts';

/** Share of Front Door's probes, percent, at or below which its edges have stopped sending users there. */
const trafficGoneAtPercent = 5;

/** Whether we hold this stamp drained, or when we last gave it its traffic back (epoch milliseconds): what that drain explains is no evidence. */
export type OwnDrain = { readonly state: 'drained' } | { readonly state: 'inService'; readonly returnedAt: number | null };

export interface StampInput {
  readonly stamp: StampName;
  readonly previous: Assessment | null;
  /** Of this stamp alone. */
  readonly observations: readonly Observation[];
  readonly settings: SignalSettings;
  readonly now: number;
  readonly ownDrain: OwnDrain;
}

/*
 *   healthy <-> degraded --failAfter unhealthy rounds--> unhealthy --recoverAfter healthy rounds--> healthy
 *   any --too few known signals--> unknown --known again--> as the round says; counts survive the gap, and grow not in it
 */

/** One stamp's signals, this round's verdict and, after hysteresis, the verdict on which automation acts (I6). */
export function assessStamp(input: StampInput): Assessment {
  const { stamp, settings, now } = input;
  const classified = input.observations.map((observation) => classifyObservation(observation, settings, now));
  const drainedUntil = input.ownDrain.state === 'drained' ? now : input.ownDrain.returnedAt;
  // First: what our own drain did to Front Door's probes must not confirm what one vantage point alone has seen.
  const signals = corroborate(drainedUntil === null ? classified : setAsideOwnDrain(classified, drainedUntil));
  const round = judgeRound(signals, settings);
  const previous = rememberedFrom(input.previous, settings, now);
  const memory = count(previous, round.verdict, now);
  const verdict = afterHysteresis(previous, round.verdict, memory, signals, settings, now);
  return {
    stamp,
    at: now,
    verdict,
    roundVerdict: round.verdict,
    reason: round.reason,
    signals,
    knownSignals: round.knownSignals,
    ...memory,
    since: previous !== null && previous.verdict === verdict ? previous.since : now,
    trafficAlreadyGone: input.ownDrain.state === 'inService' && trafficGone(signals),
  };
}

interface Memory {
  readonly unhealthyInARow: number;
  readonly healthyInARow: number;
  readonly failingSince: number | null;
}

/** A memory older than the limit for signals is none: the watch itself was away. */
function rememberedFrom(previous: Assessment | null, settings: SignalSettings, now: number): Assessment | null {
  return previous !== null && now - previous.at <= settings.staleAfterSeconds * 1000 ? previous : null;
}

function count(previous: Assessment | null, round: Verdict, now: number): Memory {
  switch (round) {
    case 'unhealthy':
      return { unhealthyInARow: (previous?.unhealthyInARow ?? 0) + 1, healthyInARow: 0, failingSince: previous?.failingSince ?? now };
    case 'healthy':
      return { unhealthyInARow: 0, healthyInARow: (previous?.healthyInARow ?? 0) + 1, failingSince: null };
    case 'degraded':
      return { unhealthyInARow: 0, healthyInARow: 0, failingSince: null };
    case 'unknown':
      return { unhealthyInARow: previous?.unhealthyInARow ?? 0, healthyInARow: previous?.healthyInARow ?? 0, failingSince: previous?.failingSince ?? null };
  }
}

function afterHysteresis(previous: Assessment | null, round: Verdict, memory: Memory, signals: readonly Signal[], settings: SignalSettings, now: number): Verdict {
  switch (round) {
    case 'unknown':
      return 'unknown';
    case 'unhealthy':
      return previous?.verdict === 'unhealthy' || hasFailed(memory, signals, settings, now) ? 'unhealthy' : 'degraded';
    case 'degraded':
      return previous?.verdict === 'unhealthy' ? 'unhealthy' : 'degraded';
    case 'healthy':
      return previous?.verdict === 'unhealthy' && memory.healthyInARow < settings.recoverAfter ? 'unhealthy' : 'healthy';
  }
}

/**
 * Enough unhealthy rounds, and these spread over about the time that the watch takes for them: rounds asked for
 * by alerts may come faster, and must not add up to a failure within a second.
 */
function hasFailed(memory: Memory, signals: readonly Signal[], settings: SignalSettings, now: number): boolean {
  const alerted = signals.some((signal) => signal.source === 'alert' && signal.verdict === 'unhealthy');
  const needed = alerted ? Math.max(1, settings.failAfter - 1) : settings.failAfter;
  const leastMs = (needed - 1) * settings.watchIntervalSeconds * 500;
  return memory.unhealthyInARow >= needed && memory.failingSince !== null && now - memory.failingSince >= leastMs;
}

/** The outside view says that users are not sent there any more: the ungraceful way. */
function trafficGone(signals: readonly Signal[]): boolean {
  return signals.some((signal) => {
    if (signal.verdict !== 'unhealthy' || signal.measure === null) return false;
    if (signal.source === 'frontDoorOriginHealth') return signal.measure.unit === 'percent' && signal.measure.value <= trafficGoneAtPercent;
    return signal.source === 'originProbe' && isUnreachable(signal);
  });
}
