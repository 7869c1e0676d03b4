import { describe, expect, it } from 'vitest';
import type { DecideInput } from '../../../src/domain/decide/decision.ts';
import { drillMayStart, drillMustAbort, fleetExperience } from '../../../src/domain/decide/drill.ts';
import type { LoadFacts } from '../../../src/domain/facts.ts';
import { known, unknown, type Reading } from '../../../src/domain/reading.ts';
import { fleetAssessment, now, sampleFleet } from '../check/fixture.ts';

const fleet = sampleFleet();
const [sample] = fleet.drills;
if (sample === undefined) throw new Error('the sample fleet has a drill');
const drill = { ...sample, blockedWindows: [] };
const input = (change: Partial<DecideInput> = {}): DecideInput => ({
  fleet, assessment: fleetAssessment(), controls: { killSwitch: 'off', mode: 'auto', setBy: 'ada', setAt: now }, controlsFreshness: 'fresh',
  activeRun: null, drained: [], recentRuns: [], now, ...change,
});

describe('drillMayStart', () => {
  it('may, when nothing real is going on', () => {
    expect(drillMayStart(drill, 'due', input())).toEqual({ kind: 'may' });
  });

  it.each<[string, Partial<DecideInput>]>([
    ['killSwitch', { controls: { killSwitch: 'on', mode: 'auto', setBy: 'ada', setAt: now } }],
    ['observeMode', { controls: { killSwitch: 'off', mode: 'observe', setBy: 'ada', setAt: now } }],
    ['controlsUnknown', { controlsFreshness: 'lastKnown' }],
    ['busy', { activeRun: { runId: 'r1', kind: 'drain', scope: 'full', stamps: ['westus3'] } }],
    ['drained', { drained: [{ stamp: 'westus3', runId: 'r1', by: 'drain', since: now, expiresAt: now + 1 }] }],
    ['notHealthy', { assessment: fleetAssessment({ westus3: 'degraded' }) }],
    ['notHealthy', { assessment: fleetAssessment({ westus3: 'unknown' }) }],
    ['coolDown', { recentRuns: [{ runId: 'r1', kind: 'drill', stamps: ['centralus'], outcome: 'completed', closedAt: now - 60_000 }] }],
    ['lastHealthyOrigin', { fleet: { ...fleet, stamps: fleet.stamps.filter((stamp) => stamp.name === 'centralus') } }],
  ])('may not: %s', (code, change) => {
    expect(drillMayStart(drill, 'due', input(change))).toMatchObject({ kind: 'mayNot', code });
  });

  it('is not made up for when its hour passed while the app was down', () => {
    expect(drillMayStart(drill, 'missed', input())).toMatchObject({ kind: 'mayNot', code: 'missed' });
  });

  it('may not on a blocked day, both ends included, in UTC', () => {
    const at = (day: string) => drillMayStart({ ...drill, blockedWindows: [{ from: '2026-11-23', to: '2026-12-01', reason: 'peak' }] }, 'due', input({ now: Date.parse(day) })).kind;
    expect(at('2026-11-22T23:59:59Z')).toBe('may');
    expect(at('2026-11-23T00:00:00Z')).toBe('mayNot');
    expect(at('2026-12-01T23:59:59Z')).toBe('mayNot');
    expect(at('2026-12-02T00:00:00Z')).toBe('may');
  });
});

describe('drillMustAbort', () => {
  const seen = (errorRate: number, latencyMs: number) => ({ experience: known({ errorRate, latencyMs }, now), assessment: fleetAssessment() });

  it('goes on at the limits and ends above them', () => {
    expect(drillMustAbort(drill, seen(0.02, 800))).toEqual({ kind: 'continue' });
    expect(drillMustAbort(drill, seen(0.021, 100))).toEqual({ kind: 'abort', why: '2.1 % of requests fail, limit 2.0 %' });
    expect(drillMustAbort(drill, seen(0, 801))).toEqual({ kind: 'abort', why: 'mean latency is 801 ms, limit 800 ms' });
  });

  it('ends when nobody can see what users meet', () => {
    expect(drillMustAbort(drill, { ...seen(0, 0), experience: unknown('metrics are down', now) })).toMatchObject({ kind: 'abort' });
  });

  it('yields at once to a real failure elsewhere, suspicion included, and not to its own drain', () => {
    expect(drillMustAbort(drill, { ...seen(0, 0), assessment: fleetAssessment({ eastus2: 'unhealthy' }) })).toEqual({ kind: 'abort', why: 'eastus2 failing: the drill yields' });
    expect(drillMustAbort(drill, { ...seen(0, 0), assessment: fleetAssessment({ centralus: 'unhealthy' }) })).toEqual({ kind: 'continue' });
    expect(drillMustAbort(drill, { ...seen(0, 0), assessment: { ...fleetAssessment(), observerSuspect: true } })).toMatchObject({ kind: 'abort' });
  });
});

describe('fleetExperience', () => {
  const load = (requestsPerSecond: number, errorRate: number, latencyMs: number): Reading<LoadFacts> =>
    known({ requestsPerSecond, byWorkload: {}, forecastRequestsPerSecond: null, errorRate, latencyMs }, now);

  it('weighs each stamp by what it serves', () => {
    expect(fleetExperience({ a: load(900, 0, 100), b: load(100, 0.5, 1100) }, [], now)).toEqual(known({ errorRate: 0.05, latencyMs: 200 }, now));
  });

  it('I6: is unknown as soon as a stamp in service is', () => {
    expect(fleetExperience({ a: load(900, 0, 100), b: unknown('gone', now) }, [], now)).toEqual(unknown('b: gone', now));
    expect(fleetExperience({ a: load(900, 0, 100), b: unknown('gone', now) }, ['b'], now)).toEqual(known({ errorRate: 0, latencyMs: 100 }, now));
    expect(fleetExperience({}, [], now).kind).toBe('unknown');
  });
});
