import type { Signal, Verdict } from '../assessment.ts';
import type { SignalSettings, Thresholds } from '../fleet.ts';
import { signalSources, type Measure, type Observation, type SignalSource } from '../observation.ts';
import { freshOrUnknown } from '../reading.ts';

/** Below this many requests a rate says nothing: one unlucky user of three is not a third of all. */
export const minimumRequestsForRate = 20;

/** Vantage points that must agree before a refused or timed-out request counts as unhealthy (I6). */
export const vantagePointsNeeded = 2;

/**
 * Judges one observation. What could not be read, is too old, or is a fault of our own path is unknown, never unhealthy (I6).
 * A `reach` of refused or timedOut from one vantage point alone is unknown here; `corroborate` looks for the second one.
 */
export function classifyObservation(observation: Observation, settings: SignalSettings, now: number): Signal {
  const { stamp, source } = observation;
  const reading = freshOrUnknown(observation.reading, now, settings.staleAfterSeconds * 1000);
  const base = { stamp, source, vantage: signalSources[source], observedAt: reading.observedAt };
  if (reading.kind === 'unknown') return { ...base, verdict: 'unknown', detail: reading.why, measure: null };
  const judged = judge(source, reading.value, settings);
  return { ...base, ...(reading.coversFrom === undefined ? {} : { coversFrom: reading.coversFrom }), ...judged, measure: reading.value };
}

interface Judged {
  readonly verdict: Verdict;
  readonly detail: string;
}

function judge(source: SignalSource, measure: Measure, settings: SignalSettings): Judged {
  switch (measure.unit) {
    case 'percent':
      return judgePercent(source, measure.value, settings);
    case 'rate':
      return judgeRate(measure.value, measure.requests, settings.errorRate);
    case 'milliseconds':
      return above(measure.value, source === 'originProbe' ? settings.probeLatencyMs : settings.latencyMs, `${Math.round(measure.value)} ms`);
    case 'reach':
      return judgeReach(measure, source, settings);
    case 'alert':
      return measure.condition === 'resolved'
        ? { verdict: 'healthy', detail: `alert "${measure.rule}" is resolved` }
        : { verdict: measure.severity <= 1 ? 'unhealthy' : 'degraded', detail: `alert "${measure.rule}" fired with severity ${measure.severity}` };
  }
}

const percentNames = {
  frontDoorOriginHealth: { field: 'originHealthPercent', text: 'of Front Door\'s health probes pass' },
  gatewayHealthyHosts: { field: 'healthyHostsPercent', text: 'of the hosts behind the gateway are healthy' },
  nodeReadiness: { field: 'nodesReadyPercent', text: 'of the nodes are ready' },
} as const;

function judgePercent(source: SignalSource, value: number, settings: SignalSettings): Judged {
  if (!(source in percentNames) || !Number.isFinite(value)) return { verdict: 'unknown', detail: `${value} % says nothing about ${source}` };
  const { field, text } = percentNames[source as keyof typeof percentNames]; // `in` above has proved it
  const limits = settings[field];
  const detail = `${round(value)} % ${text}`;
  if (value < limits.unhealthy) return { verdict: 'unhealthy', detail };
  return { verdict: value < limits.degraded ? 'degraded' : 'healthy', detail };
}

function judgeRate(value: number, requests: number, limits: Thresholds): Judged {
  const detail = `${round(value * 100)} % of ${requests.toLocaleString('en-US')} requests failed`;
  if (requests < minimumRequestsForRate || !Number.isFinite(value)) return { verdict: 'unknown', detail: `only ${requests} requests: too few to judge` };
  return above(value, limits, detail);
}

function above(value: number, limits: Thresholds, detail: string): Judged {
  if (!Number.isFinite(value)) return { verdict: 'unknown', detail: 'not a number' };
  if (value > limits.unhealthy) return { verdict: 'unhealthy', detail };
  return { verdict: value > limits.degraded ? 'degraded' : 'healthy', detail };
}

function judgeReach(measure: Extract<Measure, { unit: 'reach' }>, source: SignalSource, settings: SignalSettings): Judged {
  const seen = `${measure.vantagePoints} vantage point${measure.vantagePoints === 1 ? '' : 's'}`;
  switch (measure.result) {
    case 'ok':
      return source === 'originProbe'
        ? above(measure.latencyMs, settings.probeLatencyMs, `answered in ${Math.round(measure.latencyMs)} ms`)
        : { verdict: 'healthy', detail: `answered in ${Math.round(measure.latencyMs)} ms` };
    case 'httpError':
      return { verdict: 'unhealthy', detail: 'answered with an error status' };
    case 'refused':
    case 'timedOut': {
      const met = measure.result === 'refused' ? 'connection refused' : 'timed out';
      return measure.vantagePoints >= vantagePointsNeeded
        ? { verdict: 'unhealthy', detail: `${met}, seen from ${seen}` }
        : { verdict: 'unknown', detail: `${met}, seen from ${seen} only` };
    }
    case 'observerFailed':
      return { verdict: 'unknown', detail: 'our own path failed' };
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
