import { describe, expect, it } from 'vitest';
import { simulateLoss } from '../../../src/domain/simulate/index.ts';
import { unknown } from '../../../src/domain/reading.ts';
import { withFreeCores, withHpa, withPool, withStamp } from '../planning/change.ts';
import { allHealthy, at, sampleFacts, sampleFleet } from '../planning/threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const base = { fleet, facts, assessment: allHealthy };

describe('simulateLoss', () => {
  it('answers the whole question in the published shape', () => {
    expect(simulateLoss({ ...base, lose: ['eastus2'] })).toEqual({
      survives: true,
      binding: null,
      stamps: [
        {
          stamp: 'centralus',
          requestsPerSecond: { now: 1000, after: 2000 },
          workloads: [{ name: 'web', replicasNow: 29, replicasNeeded: 63, hpaMax: 38 }, { name: 'recommendations', replicasNow: 15, replicasNeeded: 33, hpaMax: 20 }],
          pools: [{ name: 'user1', nodesNow: 8, nodesNeeded: 14, maxCount: 9 }],
          shortfalls: [],
        },
        {
          stamp: 'westus3',
          requestsPerSecond: { now: 1000, after: 1000 },
          workloads: [{ name: 'web', replicasNow: 29, replicasNeeded: 32, hpaMax: 38 }, { name: 'recommendations', replicasNow: 15, replicasNeeded: 17, hpaMax: 20 }],
          pools: [{ name: 'user1', nodesNow: 8, nodesNeeded: 8, maxCount: 9 }],
          shortfalls: [],
        },
      ],
      surgeCostPerHour: { amount: 1.152, currency: 'USD', covers: { nodes: 6, of: 6 } },
      // New York 600 at 10 ms and Atlanta 400 at 11 ms, from centralus 26 and 18: 10.4 and 22.8 on average
      usersAffected: {
        requestsPerSecond: 1000, share: 0.333, source: 'requests: the load measured at the lost stamps; users and their latencies: accessLog: Front Door\'s access log, by edge',
        latencyMs: { now: 10, after: 23, covers: 1 }, groups: [{ name: 'New York', requestsPerSecond: 600, latencyMs: { now: 10, after: 26 } }, { name: 'Atlanta', requestsPerSecond: 400, latencyMs: { now: 11, after: 18 } }],
      },
      readyInSeconds: 275,
      unknown: [],
      standsOn: [
        { input: 'demand', source: 'accessLog: Front Door\'s access log, by edge' },
        { input: 'centralus.user1.nodeStart', source: '240 s assumed: no surge has been measured' },
        { input: 'centralus.user1.price', source: 'Azure\'s retail price' },
        { input: 'centralus.web.podStart', source: '20 s, the slowest of nine in ten of 1 pods' },
        { input: 'centralus.recommendations.podStart', source: '20 s, the slowest of nine in ten of 1 pods' },
      ],
    });
  });

  it('names the constraint that binds, the number that is missing and what would fix it', () => {
    const answer = simulateLoss({ ...base, facts: withFreeCores(facts, 'centralus', 10), lose: ['eastus2'] });
    expect(answer.survives).toBe(false);
    expect(answer.readyInSeconds).toBeNull();
    expect(answer.binding).toEqual({ stamp: 'centralus', constraint: 'vcpuQuotaFamily', missing: 14, unit: 'vCPU', fix: 'raise quota standardDSv5Family in centralus from 48 to at least 62 vCPU' });
    expect(answer.stamps.find(({ stamp }) => stamp === 'centralus')?.shortfalls).toHaveLength(1);
    expect(answer.stamps.find(({ stamp }) => stamp === 'westus3')?.shortfalls).toEqual([]);
  });

  it('tries other demand and other policy, and leaves the fleet as it is', () => {
    const before = structuredClone(fleet);
    const more = simulateLoss({ ...base, lose: ['eastus2'], demandFactor: 1.3 });
    expect(more.stamps.map(({ requestsPerSecond }) => requestsPerSecond.after)).toEqual([2600, 1300]);
    const bolder = simulateLoss({ ...base, facts: withHpa(facts, 'centralus', 'web', { targetCpuUtilisationPercent: null }), lose: ['eastus2'], policy: { utilisationCeiling: 1, headroomFactor: 1 } });
    expect(bolder.stamps[0]?.workloads[0]?.replicasNeeded).toBe(40);
    expect(fleet).toEqual(before);
  });

  it('loses several at once, up to the last', () => {
    const two = simulateLoss({ ...base, lose: ['eastus2', 'centralus'] });
    expect(two.stamps.map(({ stamp, requestsPerSecond }) => [stamp, requestsPerSecond.after])).toEqual([['westus3', 3000]]);
    const all = simulateLoss({ ...base, lose: ['eastus2', 'centralus', 'westus3'] });
    expect(all).toMatchObject({ survives: false, stamps: [], binding: { stamp: 'eastus2', constraint: 'noSurvivor', missing: 3000, unit: 'requests/s' } });
  });

  it('is never optimistic about what is missing', () => {
    const noQuota = simulateLoss({ ...base, facts: withStamp(facts, 'centralus', () => ({ quota: unknown('403 Forbidden', at) })), lose: ['eastus2'] });
    expect(noQuota).toMatchObject({ survives: false, binding: { stamp: 'centralus', constraint: 'inputUnknown' }, unknown: [{ input: 'centralus.quota', why: '403 Forbidden' }] });
    const noDemand = simulateLoss({ ...base, facts: { ...facts, demand: unknown('no metrics', at) }, lose: ['eastus2'] });
    expect(noDemand.survives).toBe(false);
    expect(noDemand.binding).toMatchObject({ constraint: 'inputUnknown' });
    expect(noDemand.stamps.map(({ requestsPerSecond }) => requestsPerSecond.after)).toEqual([2000, 2000]);
    const stale = simulateLoss({ ...base, facts: { ...facts, at: at + 61_000 }, lose: ['eastus2'] });
    expect(stale).toMatchObject({ survives: false, binding: { constraint: 'inputUnknown' } });
    expect(stale.unknown.map(({ input }) => input)).toEqual(['centralus.pools', 'centralus.workloads', 'centralus.nodes', 'westus3.pools', 'westus3.workloads', 'westus3.nodes']);
  });

  it('takes a missing cpu metric as 100 % and says so', () => {
    const answer = simulateLoss({ ...base, facts: withHpa(facts, 'centralus', 'web', { currentCpuUtilisationPercent: null }), lose: ['eastus2'] });
    expect(answer.stamps[0]?.workloads[0]?.replicasNeeded).toBe(92);
    expect(answer.unknown).toEqual([{ input: 'centralus.web.cpuUtilisation', why: 'the HPA reports none: taken as 100 %' }]);
  });

  it('a shortage in a stamp that the loss does not touch is not the loss\'s doing', () => {
    expect(simulateLoss({ ...base, facts: withPool(facts, 'westus3', { provisioningState: 'Updating' }), lose: ['eastus2'] }).survives).toBe(true);
    expect(simulateLoss({ ...base, facts: withPool(facts, 'centralus', { provisioningState: 'Updating' }), lose: ['eastus2'] }).binding).toMatchObject({ constraint: 'poolBusy', missing: 6 });
  });

  it('throws on a name that is no stamp', () => {
    expect(() => simulateLoss({ ...base, lose: ['mars'] })).toThrow(/no stamp "mars"/);
  });
});
