import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/domain/decide/decide.ts';
import { ledgerWord, type DecideInput, type RecentRun } from '../../../src/domain/decide/decision.ts';
import type { Mode } from '../../../src/domain/fleet.ts';
import { assessmentOf, fleetAssessment, now, sampleFleet, stampNames } from '../check/fixture.ts';

const minute = 60_000;

const input = (change: Partial<DecideInput> & { readonly mode?: Mode; readonly killSwitch?: 'on' | 'off' } = {}): DecideInput => {
  const { mode = 'auto', killSwitch = 'off', ...rest } = change;
  return {
    fleet: sampleFleet(), assessment: fleetAssessment(), controls: { killSwitch, mode, setBy: 'ada', setAt: now - minute }, controlsFreshness: 'fresh',
    activeRun: null, drained: [], recentRuns: [], now, ...rest,
  };
};
const failed = { assessment: fleetAssessment({ eastus2: 'unhealthy' }) };
const suspected = {
  assessment: { ...fleetAssessment(), stamps: [assessmentOf('eastus2', 'degraded', { roundVerdict: 'unhealthy', unhealthyInARow: 1 }), assessmentOf('centralus', 'healthy'), assessmentOf('westus3', 'healthy')] },
};
const ended = (outcome: RecentRun['outcome'], agoMinutes: number): RecentRun => ({ runId: 'r9', kind: 'failover', stamps: ['eastus2'], outcome, closedAt: now - agoMinutes * minute });
const drained = (change: object = {}) => [{ stamp: 'eastus2', runId: 'r1', by: 'failover' as const, since: now - 120 * minute, expiresAt: now + 120 * minute, ...change }];

describe('decide: failure', () => {
  it('does nothing, and says why, while all is well', () => {
    expect(decide(input())).toEqual({ kind: 'nothing', why: 'healthy: eastus2, centralus, westus3' });
  });

  it('starts a graceful failover in mode auto', () => {
    expect(decide(input(failed))).toEqual({
      kind: 'start', run: { kind: 'failover', mode: 'graceful', stamps: ['eastus2'], scope: 'full', trigger: 'watch' }, why: 'eastus2 has failed: eastus2 is unhealthy',
    });
  });

  it('goes the ungraceful way when traffic has left already', () => {
    const assessment = { ...fleetAssessment(), stamps: [assessmentOf('eastus2', 'unhealthy', { trafficAlreadyGone: true }), assessmentOf('centralus', 'healthy'), assessmentOf('westus3', 'healthy')] };
    expect(decide(input({ assessment }))).toMatchObject({ kind: 'start', run: { mode: 'ungraceful' } });
  });

  it('asks in mode approve, with a deadline', () => {
    expect(decide(input({ ...failed, mode: 'approve' }))).toMatchObject({ kind: 'askApproval', deadlineAt: now + 15 * minute, run: { stamps: ['eastus2'] } });
  });

  it('I8: only watches in mode observe, and with the kill switch on', () => {
    expect(decide(input({ ...failed, mode: 'observe' }))).toMatchObject({ kind: 'nothing', why: expect.stringContaining('mode observe: a failover would start now') as string });
    expect(decide(input({ ...failed, killSwitch: 'on' }))).toEqual({ kind: 'nothing', why: 'the kill switch is on, set by ada' });
  });

  it('I8: a mode that was read last and cannot be read now starts nothing', () => {
    expect(decide(input({ ...failed, controlsFreshness: 'lastKnown' }))).toMatchObject({ kind: 'nothing' });
  });

  it('I6: unknown starts nothing', () => {
    expect(decide(input({ assessment: fleetAssessment({ eastus2: 'unknown' }) })).kind).toBe('nothing');
  });

  it('I6: a failed region that this round saw healthy, or not at all, starts nothing', () => {
    for (const roundVerdict of ['healthy', 'unknown', 'degraded'] as const) {
      const assessment = { ...fleetAssessment(), stamps: [assessmentOf('eastus2', 'unhealthy', { roundVerdict }), assessmentOf('centralus', 'healthy'), assessmentOf('westus3', 'healthy')] };
      expect(decide(input({ assessment })).kind).toBe('nothing');
    }
  });

  it('I7: freezes when the observer is the suspect, also with a run active', () => {
    const assessment = { ...fleetAssessment({ eastus2: 'unhealthy', centralus: 'unhealthy' }), observerSuspect: true };
    expect(decide(input({ assessment }))).toMatchObject({ kind: 'freeze', cause: 'observerSuspect', why: expect.stringContaining('eastus2, centralus seem to fail at once') as string });
  });

  it('I1: freezes when no region known to serve would be left', () => {
    for (const others of ['unknown', 'unhealthy'] as const) {
      const assessment = fleetAssessment({ eastus2: 'unhealthy', centralus: others, westus3: others });
      expect(decide(input({ assessment, fleet: sampleFleet({ policy: { maxRegionsFailing: 2 } }) }))).toMatchObject({ kind: 'freeze' });
    }
    const assessment = fleetAssessment({ eastus2: 'unhealthy', centralus: 'unknown', westus3: 'unknown' });
    expect(decide(input({ assessment }))).toMatchObject({ kind: 'freeze', cause: 'noSurvivor', why: expect.stringContaining('(I1)') as string });
  });

  it('freezes when more regions fail than policy allows', () => {
    const assessment = fleetAssessment({ eastus2: 'unhealthy', centralus: 'unhealthy' });
    expect(decide(input({ assessment }))).toMatchObject({ kind: 'freeze', cause: 'tooManyRegions', stamps: ['eastus2', 'centralus'], why: expect.stringContaining('policy.maxRegionsFailing (1)') as string });
    expect(decide(input({ assessment, fleet: sampleFleet({ policy: { maxRegionsFailing: 2 } }) }))).toMatchObject({ kind: 'start', run: { stamps: ['eastus2', 'centralus'] } });
  });

  it('a region that is drained already is not failed over again', () => {
    expect(decide(input({ ...failed, drained: drained() })).kind).toBe('nothing');
  });

  it.each([['completed', 29, 'escalate'], ['completed', 31, 'start'], ['aborted', 29, 'escalate'], ['undone', 29, 'escalate'], ['declined', 29, 'escalate'], ['frozen', 29, 'escalate'], ['blocked', 4, 'nothing'], ['blocked', 6, 'start'], ['superseded', 0, 'start'], ['surgeHeld', 1, 'start']] as const)(
    'after a run that ended %s %i minutes ago: %s', (outcome, ago, kind) => {
      expect(decide(input({ ...failed, recentRuns: [ended(outcome, ago)] })).kind).toBe(kind);
    },
  );
});

describe('decide: cool-down', () => {
  const gone = { assessment: { ...fleetAssessment(), stamps: [assessmentOf('eastus2', 'unhealthy', { trafficAlreadyGone: true }), assessmentOf('centralus', 'healthy'), assessmentOf('westus3', 'healthy')] } };

  it('does not hold back room where traffic has left already, unless a person has said no', () => {
    expect(decide(input({ ...gone, recentRuns: [ended('completed', 1)] }))).toMatchObject({ kind: 'start', run: { mode: 'ungraceful' } });
    expect(decide(input({ ...gone, recentRuns: [ended('aborted', 1)] }))).toMatchObject({ kind: 'escalate', stamps: ['eastus2'] });
  });

  it('a drill holds back no failover', () => {
    expect(decide(input({ ...failed, recentRuns: [{ ...ended('completed', 1), kind: 'drill' }] })).kind).toBe('start');
  });

  it('holds back suspicion quietly', () => {
    expect(decide(input({ ...suspected, recentRuns: [ended('completed', 1)] })).kind).toBe('nothing');
  });
});

describe('decide: a run is active', () => {
  const run = { runId: 'r1', kind: 'failover' as const, scope: 'full' as const, stamps: ['eastus2'] };

  it('leaves a run at work alone', () => {
    expect(decide(input({ ...failed, activeRun: run }))).toEqual({ kind: 'nothing', why: 'run r1 is at work on eastus2' });
  });

  it('a second failure supersedes the plan, for both regions', () => {
    const assessment = fleetAssessment({ eastus2: 'unhealthy', westus3: 'unhealthy' });
    expect(decide(input({ assessment, activeRun: run, fleet: sampleFleet({ policy: { maxRegionsFailing: 2 } }) }))).toMatchObject({
      kind: 'supersede', runId: 'r1', how: 'takesIn', run: { kind: 'failover', stamps: ['eastus2', 'westus3'] },
    });
    expect(decide(input({ assessment, activeRun: run }))).toMatchObject({ kind: 'freeze' });
  });

  it('a drill, a failback and a mere surge give way to a failure', () => {
    for (const kind of ['drill', 'failback'] as const) {
      expect(decide(input({ ...failed, activeRun: { ...run, kind, stamps: ['centralus'] } }))).toMatchObject({ kind: 'supersede', how: 'givesWay', run: { stamps: ['eastus2'] }, why: expect.stringContaining(`${kind} r1 gives way`) as string });
    }
    expect(decide(input({ ...failed, activeRun: { ...run, scope: 'surgeOnly' } }))).toMatchObject({ kind: 'supersede', run: { scope: 'full' }, why: expect.stringContaining('run r1 takes it in') as string });
  });

  it('suspicion starts nothing beside it', () => {
    expect(decide(input({ ...suspected, activeRun: { ...run, stamps: ['westus3'] } })).kind).toBe('nothing');
    // but for a drill: the region that it took out is needed
    expect(decide(input({ ...suspected, activeRun: { ...run, kind: 'drill', stamps: ['westus3'] } }))).toMatchObject({ kind: 'supersede', runId: run.runId, run: { kind: 'failover', scope: 'surgeOnly', stamps: ['eastus2'] } });
    expect(decide(input({ ...suspected, activeRun: { ...run, kind: 'drill', stamps: ['eastus2'] } })).kind).toBe('nothing');
  });
});

describe('decide: suspicion', () => {
  it('makes room and moves nothing', () => {
    for (const mode of ['auto', 'approve'] as const) {
      expect(decide(input({ ...suspected, mode }))).toMatchObject({ kind: 'surgeOnly', run: { scope: 'surgeOnly', stamps: ['eastus2'] }, why: expect.stringContaining('suspected (1 of 3)') as string });
    }
    expect(decide(input({ ...suspected, mode: 'observe' })).kind).toBe('nothing');
    expect(decide(input({ ...suspected, controlsFreshness: 'lastKnown' })).kind).toBe('nothing');
  });

  it('not for more regions than policy lets fail, those drained already counted', () => {
    const elsewhere = [{ stamp: 'westus3', runId: 'r1', by: 'drain' as const, since: now, expiresAt: now + minute }];
    expect(decide(input({ ...suspected, drained: elsewhere }))).toMatchObject({ kind: 'nothing', why: expect.stringContaining('policy.maxRegionsFailing (1)') as string });
    expect(decide(input({ ...suspected, drained: elsewhere, fleet: sampleFleet({ policy: { maxRegionsFailing: 2 } }) })).kind).toBe('surgeOnly');
  });

  it('not again while that room is held', () => {
    expect(decide(input({ ...suspected, recentRuns: [ended('surgeHeld', 200)] })).kind).toBe('nothing');
    expect(decide(input({ ...suspected, recentRuns: [ended('surgeHeld', 241)] })).kind).toBe('surgeOnly');
  });
});

describe('decide: the way back', () => {
  const auto = sampleFleet({ policy: { failback: { start: 'auto', stableMinutes: 30 } } });

  it('gives a recovered region its traffic back where policy says so', () => {
    expect(decide(input({ fleet: auto, drained: drained() }))).toMatchObject({ kind: 'start', run: { kind: 'failback', mode: 'graceful', stamps: ['eastus2'], trigger: 'autoFailback' } });
    expect(decide(input({ drained: drained() })).kind).toBe('nothing');
    expect(decide(input({ fleet: auto, drained: drained(), mode: 'approve' })).kind).toBe('askApproval');
  });

  it('not before it has been healthy long enough', () => {
    const assessment = { ...fleetAssessment(), stamps: [assessmentOf('eastus2', 'healthy', { since: now - 29 * minute }), assessmentOf('centralus', 'healthy'), assessmentOf('westus3', 'healthy')] };
    expect(decide(input({ fleet: auto, assessment, drained: drained() })).kind).toBe('nothing');
    expect(decide(input({ fleet: auto, drained: drained({ since: now - 29 * minute }) })).kind).toBe('nothing');
  });

  it('not what a person or a drill drained, unless its time has run out', () => {
    for (const by of ['drain', 'drill'] as const) {
      expect(decide(input({ fleet: auto, drained: drained({ by }) })).kind).toBe('nothing');
      expect(decide(input({ drained: drained({ by, expiresAt: now }) }))).toMatchObject({ kind: 'start', run: { kind: 'failback' }, why: 'the drain of eastus2 (run r1) has run out' });
    }
  });

  it('I5, I10: a drain that has run out on a region that is not healthy is escalated', () => {
    for (const verdict of ['unknown', 'degraded', 'unhealthy'] as const) {
      expect(decide(input({ assessment: fleetAssessment({ eastus2: verdict }), drained: drained({ expiresAt: now - 1 }) }))).toMatchObject({ kind: 'escalate', stamps: ['eastus2'] });
    }
  });

  it.each([
    ['surgeHeld', 'coolDown'],
    ['declined', 'coolDown'],
    ['undone', 'coolDown'],
    ['frozen', 'coolDown'],
    ['blocked', 5],
  ] as const)('one that ended %s is not tried, and nobody asked again, at every look', (outcome, waits) => {
    const waitMinutes = waits === 'coolDown' ? auto.policy.regionCoolDownMinutes : waits;
    const after = (agoMinutes: number, kind: RecentRun['kind'] = 'failback') =>
      decide(input({ fleet: auto, drained: drained({ expiresAt: now - 1 }), mode: 'approve', recentRuns: [{ ...ended(outcome, agoMinutes), kind }] })).kind;
    expect(after(waitMinutes - 1)).toBe('nothing');
    expect(after(waitMinutes)).toBe('askApproval');
    expect(after(1, 'failover')).toBe('askApproval');
  });

  it('an earlier one that brought the traffic back holds back none', () => {
    expect(decide(input({ drained: drained({ expiresAt: now - 1 }), recentRuns: [{ ...ended('completed', 1), kind: 'failback' }] })).kind).toBe('start');
  });

  it('I8: a mode that cannot be read now brings nothing back', () => {
    expect(decide(input({ drained: drained({ expiresAt: now - 1 }), controlsFreshness: 'lastKnown' })).kind).toBe('nothing');
  });

  it('a failure comes first', () => {
    const assessment = fleetAssessment({ westus3: 'unhealthy' });
    expect(decide(input({ fleet: auto, assessment, drained: drained({ expiresAt: now - 1 }) }))).toMatchObject({ kind: 'start', run: { kind: 'failover', stamps: ['westus3'] } });
  });
});

describe('decide: properties', () => {
  const verdict = fc.constantFrom('healthy', 'degraded', 'unhealthy', 'unknown');
  const arbitrary = fc.record({
    verdicts: fc.tuple(verdict, verdict, verdict), observerSuspect: fc.boolean(), mode: fc.constantFrom<Mode>('observe', 'approve', 'auto'),
    killSwitch: fc.constantFrom('on' as const, 'off' as const), controlsFreshness: fc.constantFrom('fresh' as const, 'lastKnown' as const),
    drained: fc.subarray([...stampNames]), maxRegionsFailing: fc.integer({ min: 1, max: 3 }),
  });

  it('I1, I6, I7, I8: nothing starts without leave, sight and a region left to serve', () => {
    fc.assert(
      fc.property(arbitrary, ({ verdicts, observerSuspect, maxRegionsFailing, drained: gone, ...rest }) => {
        const assessment = { ...fleetAssessment(Object.fromEntries(stampNames.map((stamp, index) => [stamp, verdicts[index] ?? 'unknown']))), observerSuspect };
        const decision = decide(input({ assessment, fleet: sampleFleet({ policy: { maxRegionsFailing } }), drained: gone.map((stamp) => ({ ...drained()[0], stamp, runId: 'r1', by: 'failover' as const, since: 0, expiresAt: now + 1 })), ...rest }));
        expect(decision).toHaveProperty('why');
        if (!('run' in decision)) return;
        expect(rest.killSwitch).toBe('off');
        expect(rest.mode).not.toBe('observe');
        expect(rest.controlsFreshness).toBe('fresh');
        expect(observerSuspect).toBe(false);
        const bad = new Set([...gone, ...stampNames.filter((_, index) => verdicts[index] === 'unhealthy')]);
        for (const stamp of decision.run.stamps) expect(verdicts[stampNames.findIndex((name) => name === stamp)]).toBe('unhealthy');
        expect(stampNames.some((stamp, index) => !bad.has(stamp) && (verdicts[index] === 'healthy' || verdicts[index] === 'degraded'))).toBe(true);
        expect(decision.run.stamps.length).toBeLessThanOrEqual(maxRegionsFailing);
      }),
      { numRuns: 500 },
    );
  });

  it('has a word for the ledger', () => {
    expect(ledgerWord(decide(input(failed)))).toBe('start');
    expect(ledgerWord(decide(input({ ...failed, mode: 'approve' })))).toBe('start');
    expect(ledgerWord(decide(input(suspected)))).toBe('surgeOnly');
    expect(ledgerWord({ kind: 'escalate', cause: 'coolingDown', stamps: [], why: '' })).toBe('nothing');
  });
});
