import type { FleetFacts, HpaFacts, LoadFacts, OriginFacts, PoolFacts, QuotaFacts, StampFacts } from '../../../src/domain/facts.ts';
import { known } from '../../../src/domain/reading.ts';
import { at } from './threeRegions.ts';

/** Changed copies of the sample facts; a reading that is not known stays as it is. */
export function withStamp(facts: FleetFacts, stamp: string, change: (stamp: StampFacts) => Partial<StampFacts>): FleetFacts {
  const before = facts.stamps[stamp];
  if (before === undefined) throw new Error(`no stamp ${stamp}`);
  return { ...facts, stamps: { ...facts.stamps, [stamp]: { ...before, ...change(before) } } };
}

export const withPool = (facts: FleetFacts, stamp: string, pool: Partial<PoolFacts>): FleetFacts =>
  withStamp(facts, stamp, ({ pools }) => (pools.kind === 'unknown' ? {} : { pools: known(pools.value.map((one) => (one.name === 'user1' ? { ...one, ...pool } : one)), at) }));

export const withHpa = (facts: FleetFacts, stamp: string, workload: string, hpa: Partial<HpaFacts>): FleetFacts =>
  withStamp(facts, stamp, ({ workloads }) => (workloads.kind === 'unknown' ? {} : { workloads: known(workloads.value.map((one) => (one.name === workload && one.hpa !== null ? { ...one, hpa: { ...one.hpa, ...hpa } } : one)), at) }));

export const withLoad = (facts: FleetFacts, stamp: string, load: Partial<LoadFacts>): FleetFacts =>
  withStamp(facts, stamp, (before) => (before.load.kind === 'unknown' ? {} : { load: known({ ...before.load.value, ...load }, at) }));

/** Free vCPUs of the family that user1 is made of. */
export const withFreeCores = (facts: FleetFacts, stamp: string, free: number): FleetFacts =>
  withStamp(facts, stamp, ({ quota }) => {
    if (quota.kind === 'unknown') return {};
    const value: QuotaFacts = { ...quota.value, families: { standardDSv5Family: { used: 38, limit: 38 + free } } };
    return { quota: known(value, at) };
  });

export const withOrigin = (facts: FleetFacts, stamp: string, origin: Partial<OriginFacts>): FleetFacts =>
  facts.traffic.kind === 'unknown'
    ? facts
    : { ...facts, traffic: known({ originGroups: facts.traffic.value.originGroups.map((group) => ({ ...group, origins: group.origins.map((one) => (one.stamp === stamp ? { ...one, ...origin } : one)) })) }, at) };
