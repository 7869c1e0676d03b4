import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessFleet } from '../../../src/domain/assess/assessFleet.ts';
import { classifyObservation } from '../../../src/domain/assess/classifyObservation.ts';
import type { Assessment, FleetAssessment, Verdict } from '../../../src/domain/assessment.ts';
import type { Measure, Observation, Reach, SignalSource } from '../../../src/domain/observation.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { now, sampleFleet } from '../check/fixture.ts';

const { signals: settings } = sampleFleet();
const round = settings.watchIntervalSeconds * 1000;

const percent = (value: number): Measure => ({ unit: 'percent', value });
const errors = (value: number, requests = 1000): Measure => ({ unit: 'rate', value, requests });
const latency = (value: number): Measure => ({ unit: 'milliseconds', value });
const reach = (result: Reach, vantagePoints = 1, latencyMs = 20): Measure => ({ unit: 'reach', result, latencyMs, vantagePoints });
const alert = (condition: 'fired' | 'resolved', severity: 0 | 1 | 2 | 3 | 4 = 1): Measure => ({ unit: 'alert', rule: 'origin-errors', severity, condition });

/** `null` = could not be read. */
type Seen = Partial<Record<SignalSource, Measure | null>>;

const well: Seen = {
  frontDoorOriginHealth: percent(100), frontDoorOriginErrors: errors(0.001), frontDoorOriginLatency: latency(80),
  originProbe: reach('ok'), gatewayHealthyHosts: percent(100), kubernetesApi: reach('ok'), nodeReadiness: percent(100),
};
/** Errors and latency rise while Front Door's probes and every look from inside still pass. */
const grey: Seen = { ...well, frontDoorOriginErrors: errors(0.31), frontDoorOriginLatency: latency(2400) };
/** The region's own metrics stop; Front Door and our probe meet nobody. */
const dead: Seen = {
  frontDoorOriginHealth: percent(0), frontDoorOriginErrors: null, frontDoorOriginLatency: null,
  originProbe: reach('refused'), gatewayHealthyHosts: null, kubernetesApi: reach('timedOut'), nodeReadiness: null,
};
const blind: Seen = Object.fromEntries(Object.keys(well).map((source) => [source, null]));

const observe = (stamp: string, seen: Seen, at: number): Observation[] =>
  (Object.entries(seen) as [SignalSource, Measure | null][]).map(([source, measure]) => ({
    stamp, source, reading: measure === null ? unknown('no data', at) : known(measure, at),
  }));

function watch(rounds: readonly Readonly<Record<string, Seen>>[], drained: readonly string[] = [], everyMs = round): FleetAssessment {
  let assessment: FleetAssessment = { at: now, stamps: [], observerSuspect: false };
  rounds.forEach((seen, index) => {
    const at = now + index * everyMs;
    assessment = assessFleet(assessment.stamps, Object.entries(seen).flatMap(([stamp, one]) => observe(stamp, one, at)), settings, at, { drained, returned: {} });
  });
  return assessment;
}
const fleetSeen = (east: Seen) => ({ eastus2: east, centralus: well, westus3: well });
const times = <T,>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const east = (assessment: FleetAssessment): Assessment => {
  const found = assessment.stamps.find((stamp) => stamp.stamp === 'eastus2');
  if (found === undefined) throw new Error('eastus2 was not assessed');
  return found;
};

describe('classifyObservation', () => {
  const classify = (source: SignalSource, measure: Measure) => classifyObservation({ stamp: 'eastus2', source, reading: known(measure, now) }, settings, now).verdict;

  it.each<[SignalSource, Measure, Verdict]>([
    ['frontDoorOriginHealth', percent(100), 'healthy'],
    ['frontDoorOriginHealth', percent(89), 'degraded'],
    ['frontDoorOriginHealth', percent(49), 'unhealthy'],
    ['frontDoorOriginErrors', errors(0.02), 'healthy'],
    ['frontDoorOriginErrors', errors(0.03), 'degraded'],
    ['frontDoorOriginErrors', errors(0.11), 'unhealthy'],
    ['frontDoorOriginErrors', errors(1, 19), 'unknown'],
    ['frontDoorOriginErrors', errors(Number.NaN, 0), 'unknown'],
    ['frontDoorOriginLatency', latency(1501), 'unhealthy'],
    ['frontDoorOriginLatency', latency(601), 'degraded'],
    ['frontDoorOriginLatency', latency(600), 'healthy'],
    ['originProbe', reach('ok', 1, 3000), 'unhealthy'],
    ['originProbe', reach('ok', 1, 900), 'degraded'],
    ['originProbe', reach('httpError'), 'unhealthy'],
    ['originProbe', reach('refused', 1), 'unknown'],
    ['originProbe', reach('refused', 2), 'unhealthy'],
    ['originProbe', reach('timedOut', 1), 'unknown'],
    ['originProbe', reach('timedOut', 2), 'unhealthy'],
    ['originProbe', reach('observerFailed', 5), 'unknown'],
    ['kubernetesApi', reach('ok', 1, 60_000), 'healthy'],
    ['gatewayHealthyHosts', percent(39), 'unhealthy'],
    ['gatewayHealthyHosts', percent(79), 'degraded'],
    ['nodeReadiness', percent(49), 'unhealthy'],
    ['alert', alert('fired', 1), 'unhealthy'],
    ['alert', alert('fired', 3), 'degraded'],
    ['alert', alert('resolved'), 'healthy'],
    ['kubernetesApi', percent(10), 'unknown'],
  ])('%s %j is %s', (source, measure, verdict) => {
    expect(classify(source, measure)).toBe(verdict);
  });

  it('I6: what is older than the limit is unknown, with its age', () => {
    const old = { stamp: 'eastus2', source: 'frontDoorOriginHealth', reading: known(percent(0), now - 301_000) } as const;
    expect(classifyObservation(old, settings, now)).toMatchObject({ verdict: 'unknown', detail: 'last read 301 s ago, limit 300 s' });
  });
});

describe('assessFleet: verdicts of a region', () => {
  it('calls a region healthy when all known signals are', () => {
    expect(east(watch([fleetSeen(well)]))).toMatchObject({ verdict: 'healthy', knownSignals: 7, reason: 'all 7 known signals healthy' });
  });

  it('finds a grey region: errors and latency rise while probes pass', () => {
    const seen = east(watch(times(3, fleetSeen(grey))));
    expect(seen).toMatchObject({ verdict: 'unhealthy', roundVerdict: 'unhealthy', unhealthyInARow: 3, trafficAlreadyGone: false });
    expect(seen.reason).toContain('31 % of 1,000 requests failed');
  });

  it('finds a dead region, whose own metrics stop, and that traffic has left it already', () => {
    expect(east(watch(times(3, fleetSeen(dead))))).toMatchObject({ verdict: 'unhealthy', trafficAlreadyGone: true, knownSignals: 3 });
  });

  it('finds a dead region before Front Door\'s late metrics tell of it, from two vantage points', () => {
    const early: Seen = { ...well, originProbe: reach('refused', 2), kubernetesApi: reach('timedOut', 1), gatewayHealthyHosts: null, nodeReadiness: null };
    expect(east(watch(times(3, fleetSeen(early))))).toMatchObject({ verdict: 'unhealthy', trafficAlreadyGone: true });
  });

  it('I6: a refused probe from one vantage point, with nothing else wrong, is no failure', () => {
    expect(east(watch(times(9, fleetSeen({ ...well, originProbe: reach('refused', 1) }))))).toMatchObject({ verdict: 'healthy' });
  });

  it('I6: the cluster API alone never fails a region, however long', () => {
    const apiGone: Seen = { ...well, kubernetesApi: reach('timedOut', 3), nodeReadiness: null };
    expect(east(watch(times(50, fleetSeen(apiGone))))).toMatchObject({ verdict: 'degraded', unhealthyInARow: 0 });
  });

  it('I6: all views from inside together never fail a region: one from outside is needed', () => {
    const inside: Seen = { ...well, kubernetesApi: reach('timedOut', 3), nodeReadiness: percent(0), gatewayHealthyHosts: percent(0) };
    expect(east(watch(times(50, fleetSeen(inside)))).verdict).toBe('degraded');
  });

  it('I6: blind is unknown, never unhealthy', () => {
    expect(east(watch(times(50, fleetSeen(blind))))).toMatchObject({ verdict: 'unknown', unhealthyInARow: 0, knownSignals: 0 });
  });

  it('I6: a fault of the observer\'s own path is unknown', () => {
    const own: Seen = { ...blind, originProbe: reach('observerFailed', 4), kubernetesApi: reach('observerFailed', 4) };
    expect(east(watch(times(9, fleetSeen(own)))).verdict).toBe('unknown');
  });

  it('I6: fewer known signals than needed is unknown, even if all of them are bad', () => {
    const two: Seen = { ...blind, frontDoorOriginHealth: percent(0), originProbe: reach('refused', 2) };
    expect(east(watch(times(9, fleetSeen(two)))).verdict).toBe('unknown');
  });

  it('property, I6: no set of signals fails a region without a quorum of known ones, one seen from outside', () => {
    const choices: Record<string, readonly (Measure | null)[]> = {
      frontDoorOriginHealth: [percent(100), percent(70), percent(0), null], frontDoorOriginErrors: [errors(0), errors(0.5), errors(1, 3), null],
      frontDoorOriginLatency: [latency(10), latency(5000), null], originProbe: [reach('ok'), reach('httpError'), reach('refused'), reach('refused', 2), reach('observerFailed', 2), null],
      gatewayHealthyHosts: [percent(100), percent(0), null], kubernetesApi: [reach('ok'), reach('timedOut', 1), reach('timedOut', 2), null], nodeReadiness: [percent(100), percent(0), null],
      alert: [alert('fired', 0), null],
    };
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.entries(choices).map(([source, values]) => [source, fc.constantFrom(...values)]))), (seen: Seen) => {
        const found = east(watch(times(4, fleetSeen(seen))));
        const bad = found.signals.filter((signal) => signal.verdict === 'unhealthy' && signal.source !== 'alert');
        if (found.verdict === 'unhealthy') {
          expect(bad.length).toBeGreaterThanOrEqual(settings.quorum);
          expect(bad.some((signal) => signal.vantage === 'outside')).toBe(true);
          expect(found.knownSignals).toBeGreaterThanOrEqual(settings.minimumKnown);
        }
        for (const signal of found.signals) if (signal.measure === null) expect(signal.verdict).toBe('unknown');
      }),
    );
  });
});

describe('assessFleet: hysteresis', () => {
  it('suspects at once, fails after failAfter rounds, recovers after recoverAfter', () => {
    expect(east(watch(times(1, fleetSeen(grey))))).toMatchObject({ verdict: 'degraded', roundVerdict: 'unhealthy', unhealthyInARow: 1 });
    expect(east(watch(times(2, fleetSeen(grey)))).verdict).toBe('degraded');
    expect(east(watch(times(3, fleetSeen(grey)))).verdict).toBe('unhealthy');
    const recovering = [...times(3, fleetSeen(grey)), ...times(9, fleetSeen(well))];
    expect(east(watch(recovering)).verdict).toBe('unhealthy');
    expect(east(watch([...recovering, fleetSeen(well)])).verdict).toBe('healthy');
  });

  it('does not fail a region that flaps', () => {
    expect(east(watch(times(20, [fleetSeen(grey), fleetSeen(grey), fleetSeen(well)]).flat())).verdict).toBe('healthy');
  });

  it('an unhealthy region that is merely degraded for a round stays failed', () => {
    const slow: Seen = { ...well, frontDoorOriginLatency: latency(700) };
    expect(east(watch([...times(3, fleetSeen(grey)), fleetSeen(slow)]))).toMatchObject({ verdict: 'unhealthy', roundVerdict: 'degraded' });
  });

  it('I6: rounds without sight count neither way', () => {
    expect(east(watch([fleetSeen(grey), fleetSeen(blind), fleetSeen(grey)]))).toMatchObject({ verdict: 'degraded', unhealthyInARow: 2 });
    expect(east(watch([fleetSeen(grey), fleetSeen(grey), fleetSeen(blind), fleetSeen(blind)]))).toMatchObject({ verdict: 'unknown', unhealthyInARow: 2 });
  });

  it('forgets what it saw before the watch itself was away', () => {
    const first = watch(times(2, fleetSeen(grey)));
    const later = now + round + 301_000;
    const seen = assessFleet(first.stamps, Object.entries(fleetSeen(grey)).flatMap(([stamp, one]) => observe(stamp, one, later)), settings, later);
    expect(east(seen)).toMatchObject({ verdict: 'degraded', unhealthyInARow: 1 });
  });

  it('an alert lowers the number of rounds by one, and orders nothing', () => {
    const alerted: Seen = { ...grey, alert: alert('fired', 0) };
    expect(east(watch(times(1, fleetSeen(alerted)))).verdict).toBe('degraded');
    expect(east(watch(times(2, fleetSeen(alerted)))).verdict).toBe('unhealthy');
    expect(east(watch(times(50, fleetSeen({ ...well, alert: alert('fired', 0) })))).verdict).toBe('healthy');
    expect(east(watch(times(2, fleetSeen({ ...grey, alert: alert('resolved') })))).verdict).toBe('degraded');
  });

  it('rounds asked for in quick succession do not add up to a failure', () => {
    expect(east(watch(times(10, fleetSeen(grey)), [], 100)).verdict).toBe('degraded');
  });

  it('keeps since when the verdict holds', () => {
    const seen = east(watch(times(6, fleetSeen(grey))));
    expect(seen.since).toBe(now + 2 * round);
    expect(seen.failingSince).toBe(now);
  });
});

describe('assessFleet: our own drain', () => {
  it('I6: what a drain explains is no evidence against the drained region', () => {
    const drained: Seen = { ...well, frontDoorOriginHealth: percent(0), frontDoorOriginErrors: null, frontDoorOriginLatency: null, originProbe: reach('httpError') };
    expect(east(watch(times(5, fleetSeen(drained)), ['eastus2']))).toMatchObject({ verdict: 'healthy', trafficAlreadyGone: false });
    expect(east(watch(times(5, fleetSeen(drained)))).verdict).toBe('unhealthy');
  });

  it('what a drain cannot explain still counts', () => {
    const sick: Seen = { ...dead, originProbe: reach('refused', 2), nodeReadiness: percent(0) };
    expect(east(watch(times(3, fleetSeen(sick)), ['eastus2']))).toMatchObject({ verdict: 'unhealthy' });
  });
});

describe('assessFleet: after our own drain', () => {
  const minute = 60_000;
  const returnedAt = now;
  /** One look, `afterMs` after the return; Front Door's metrics were measured since `metricsFrom`. */
  const look = (seen: Seen, afterMs: number, metricsFrom: number, returned: Readonly<Record<string, number>> = { eastus2: returnedAt }): Assessment => {
    const at = returnedAt + afterMs;
    const observations = observe('eastus2', seen, at).map(({ reading, ...one }) => ({
      ...one, reading: reading.kind === 'known' && one.source.startsWith('frontDoor') ? { ...reading, coversFrom: metricsFrom, observedAt: Math.min(at, metricsFrom + minute) } : reading,
    }));
    return east(assessFleet([], observations, settings, at, { drained: [], returned }));
  };
  const tail: Seen = { ...well, frontDoorOriginHealth: percent(85.9), frontDoorOriginErrors: errors(0.2), frontDoorOriginLatency: latency(5000) };
  const gatePoll = 5_000;

  it('I6: a minute that began before the gate was open again says nothing, one that began after it does', () => {
    expect(look(tail, 2 * minute, returnedAt - 1)).toMatchObject({ verdict: 'healthy', knownSignals: 4, trafficAlreadyGone: false });
    expect(look(tail, 2 * minute, returnedAt + gatePoll - 1).verdict).toBe('healthy');
    expect(look(tail, 2 * minute, returnedAt + gatePoll).roundVerdict).toBe('unhealthy');
    expect(look(tail, 2 * minute, returnedAt - 1, {}).roundVerdict).toBe('unhealthy');
    expect(look(tail, 2 * minute, returnedAt - 1, { westus3: returnedAt }).roundVerdict).toBe('unhealthy');
  });

  it('an error status at our own probe counts as soon as the gate must have read that it is open', () => {
    const answersBadly: Seen = { ...well, originProbe: reach('httpError') };
    expect(look(answersBadly, gatePoll - 1, returnedAt - minute).roundVerdict).toBe('healthy');
    expect(look(answersBadly, gatePoll, returnedAt - minute).roundVerdict).toBe('degraded');
  });

  it('what looks now sees a region that dies right after its return', () => {
    expect(look({ ...dead, originProbe: reach('refused', 2), nodeReadiness: percent(0) }, gatePoll, returnedAt - minute)).toMatchObject({ roundVerdict: 'unhealthy', trafficAlreadyGone: true });
  });

  it('I6: what the drain did to Front Door\'s probes confirms nothing that one vantage point alone has seen', () => {
    const ownPathBroken: Seen = { ...well, frontDoorOriginHealth: percent(0), originProbe: reach('refused', 1), kubernetesApi: reach('timedOut', 1) };
    expect(look(ownPathBroken, minute, returnedAt - minute)).toMatchObject({ roundVerdict: 'healthy', knownSignals: 4 });
    expect(look(ownPathBroken, minute, returnedAt - minute, {}).roundVerdict).toBe('unhealthy');
  });

  it('property: evidence set aside never makes a region that fails now look better than what was seen since its return', () => {
    const rank: Record<Verdict, number> = { unknown: 0, healthy: 0, degraded: 1, unhealthy: 2 };
    const metric = (values: readonly Measure[]) => fc.option(fc.record({ value: fc.constantFrom(...values), from: fc.integer({ min: -3 * minute, max: 3 * minute }) }));
    const now3 = 3 * minute;
    fc.assert(
      fc.property(
        fc.record({ frontDoorOriginHealth: metric([percent(100), percent(85), percent(0)]), frontDoorOriginErrors: metric([errors(0), errors(0.05), errors(0.5)]), frontDoorOriginLatency: metric([latency(10), latency(5000)]) }),
        fc.record({
          originProbe: fc.constantFrom(reach('ok'), reach('httpError'), reach('refused'), reach('refused', 2), null),
          gatewayHealthyHosts: fc.constantFrom(percent(100), percent(0), null), kubernetesApi: fc.constantFrom(reach('ok'), reach('timedOut'), reach('timedOut', 2), null), nodeReadiness: fc.constantFrom(percent(100), percent(60), percent(0), null),
        }),
        (metrics, looks) => {
          const at = returnedAt + now3;
          const late = Object.entries(metrics).flatMap(([source, seen]): Observation[] =>
            seen === null ? [] : [{ stamp: 'eastus2', source: source as SignalSource, reading: { ...known(seen.value, Math.min(at, returnedAt + seen.from + minute)), coversFrom: returnedAt + seen.from } }]);
          const all = [...late, ...observe('eastus2', looks, at)];
          const sinceReturn = all.filter(({ reading }) => reading.kind === 'unknown' || (reading.coversFrom ?? at) >= returnedAt + gatePoll);
          const judged = (seen: readonly Observation[], returned: Readonly<Record<string, number>>) => east(assessFleet([], seen, settings, at, { drained: [], returned }));
          const found = judged(all, { eastus2: returnedAt });
          expect(rank[found.roundVerdict]).toBeGreaterThanOrEqual(rank[judged(sinceReturn, {}).roundVerdict]);
          if (found.roundVerdict === 'healthy') expect(found.signals.every(({ verdict, coversFrom = at }) => coversFrom < returnedAt + gatePoll || verdict === 'healthy' || verdict === 'unknown')).toBe(true);
          for (const { source, verdict, measure } of found.signals) {
            const plain = judged(all, {}).signals.find((signal) => signal.source === source);
            if (verdict === 'healthy') expect(plain).toMatchObject({ verdict: 'healthy', measure });
          }
        },
      ),
    );
  });
});

describe('assessFleet: the observer', () => {
  const all = (seen: Seen, count: number) => ['eastus2', 'centralus', 'westus3'].reduce<Record<string, Seen>>((fleet, stamp, index) => ({ ...fleet, [stamp]: index < count ? seen : well }), {});

  it('I7: is the suspect when more than half of the regions begin to fail at once', () => {
    expect(watch([all(grey, 1)]).observerSuspect).toBe(false);
    expect(watch([all(grey, 2)]).observerSuspect).toBe(true);
    expect(watch(times(5, all(dead, 3))).observerSuspect).toBe(true);
  });

  it('I7: is not when a second region fails well after the first', () => {
    expect(watch([...times(8, all(grey, 1)), ...times(5, all(grey, 2))]).observerSuspect).toBe(false);
  });

  it('I7: is not for a blind fleet, which is unknown', () => {
    expect(watch(times(5, all(blind, 3))).observerSuspect).toBe(false);
  });
});
