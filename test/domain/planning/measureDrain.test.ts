import { describe, expect, it } from 'vitest';
import { drainFacts, newestDrains } from '../../../src/domain/drainFacts.ts';
import type { DrainFacts, FleetFacts, LoadFacts } from '../../../src/domain/facts.ts';
import type { RunMode } from '../../../src/domain/fleet.ts';
import type { LedgerEvent } from '../../../src/domain/ledgerEvent.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { measureDrain, planRun } from '../../../src/domain/planning/index.ts';
import { known, unknown, type Reading } from '../../../src/domain/reading.ts';
import { withLoad, withOrigin, withStamp } from './change.ts';
import { allHealthy, assessed, at, request, sampleFacts, sampleFleet } from './threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const operator = { by: 'operator', subject: 's', name: 'n' } as const;

function planOf(kind: 'drill' | 'drain' | 'failover', changed: FleetFacts = facts, assessment = allHealthy, mode: RunMode = 'graceful'): Plan {
  const result = planRun({ fleet, facts: changed, assessment, request: request({ kind, mode, trigger: operator }), revision: 1 });
  if (result.kind === 'blocked') throw new Error(result.reasons.map(({ message }) => message).join('; '));
  return result.plan;
}

const served = [{
  name: 'web', latencyWindowMs: 0,
  origins: fleet.stamps.map(({ name }) => ({ stamp: name, origin: `web-${name}`, weight: 500, priority: 1, serves: 'serving' })),
  requestsPerSecond: { eastus2: 1000, centralus: 1000, westus3: 1000 },
}];

describe('what a drill is measured against', () => {
  it('is what each stamp serves when the plan is made, and the settings of then', () => {
    for (const kind of ['drill', 'drain'] as const) expect(planOf(kind).served).toEqual(served);
  });

  it.each<[string, Plan]>([
    ['a failover: its stamp failed its users already', planOf('failover')],
    ['an ungraceful drain: survivors without room fail some', planOf('drain', facts, allHealthy, 'ungraceful')],
    ['a stamp is not well', planOf('drill', facts, assessed({ eastus2: 'degraded', centralus: 'healthy', westus3: 'unknown' }))],
    ['a load is not known', planOf('drill', withStamp(facts, 'westus3', () => ({ load: unknown('no metrics', at) })))],
    ['its stamp serves nobody', planOf('drill', withLoad(facts, 'eastus2', { byWorkload: { web: 0 } }))],
  ])('is nothing where it would not show where users go: %s', (_, plan) => {
    expect(plan.served).toBeUndefined();
  });
});

describe('where the users of a drilled stamp went', () => {
  const plan = planOf('drill');
  const settledAt = at + 600_000;
  const later = settledAt + 90_000;
  const loadOf = (requestsPerSecond: number, observedAt = later): Reading<LoadFacts> => known({ requestsPerSecond, byWorkload: { web: requestsPerSecond }, forecastRequestsPerSecond: null, errorRate: 0, latencyMs: 80 }, observedAt);
  const loads = { eastus2: loadOf(900, at), centralus: loadOf(1700), westus3: loadOf(1360) };
  const traffic = (changed: FleetFacts) => {
    if (changed.traffic.kind === 'unknown') throw new Error('the sample\'s settings are known');
    return changed.traffic.value;
  };
  const measured = (change: Partial<Parameters<typeof measureDrain>[1]> = {}, of = plan) => measureDrain(of, { fleet, traffic: traffic(facts), loads, assessment: allHealthy, ...change }, settledAt);

  it('is what the others serve in whole minutes since the shift was seen', () => {
    const groups = [{ ...served[0], requestsPerSecondDrained: { centralus: 1700, westus3: 1360 } }];
    expect(measured()).toEqual({ kind: 'measured', stamp: 'eastus2', groups });
    expect(measured({ traffic: traffic(withOrigin(facts, 'eastus2', { enabled: 'Disabled', weight: 1 })) })).toEqual({ kind: 'measured', stamp: 'eastus2', groups });
  });

  it.each<[string, ReturnType<typeof measured>]>([
    ['no whole minute since the shift is known of westus3', measured({ loads: { ...loads, westus3: loadOf(1360, settledAt + 59_000) } })],
    ['no whole minute since the shift is known of centralus', measured({ loads: { ...loads, centralus: unknown('no metrics', later) } })],
    // Of few requests the rate is taken over some minutes.
    ['no whole minute since the shift is known of centralus', measured({ loads: { ...loads, centralus: Object.assign(loadOf(1700), { coversFrom: settledAt - 1 }) } })],
    ['origin group web serves 2400 requests/s, and 3000 before', measured({ loads: { ...loads, westus3: loadOf(700) } })],
    ['the settings of origin group web are not those from before the drain', measured({ traffic: traffic(withOrigin(facts, 'westus3', { weight: 250 })) })],
    ['the settings of origin group web are not those from before the drain', measured({ traffic: { originGroups: traffic(facts).originGroups.map((group) => ({ ...group, latencyWindowMs: 30 })) } })],
    ['what origin group web serves is not known', measured({ assessment: assessed({ eastus2: 'healthy', centralus: 'healthy', westus3: 'unknown' }) })],
    ['nothing was measured before the drain', measured({}, planOf('failover'))],
  ])('is not known yet: %s', (why, measurement) => {
    expect(measurement).toEqual({ kind: 'notYet', why });
  });
});

describe('what the ledger says of drills', () => {
  const groups = [{ name: 'web', latencyWindowMs: 0, origins: [], requestsPerSecond: { a: 3, b: 2 }, requestsPerSecondDrained: { b: 5 } }];
  const entry = (event: LedgerEvent) => ({ id: event.type, runId: 'r1', at: 7, controlRegion: 'c', epoch: 1, stamps: ['a'], event });

  it('is read from its one entry; a run whose users were not measured has none', () => {
    const before: LedgerEvent[] = [{ type: 'ShiftVerified', by: 'shares' }, { type: 'RunClosed', outcome: 'completed', why: '' }];
    expect(drainFacts(before.map(entry))).toEqual([]);
    expect(drainFacts([...before, { type: 'DrainMeasured' as const, stamp: 'a', groups }].map(entry))).toEqual([{ runId: 'r1', stamp: 'a', at: 7, groups }]);
  });

  it('is the newest of each stamp', () => {
    const drill = (stamp: string, when: number): DrainFacts => ({ runId: `${stamp}${when}`, stamp, at: when, groups });
    expect(newestDrains([drill('b', 3), drill('a', 2), drill('a', 9), drill('a', 5)]).map(({ runId }) => runId)).toEqual(['a9', 'b3']);
  });
});
