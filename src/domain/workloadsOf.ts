import type { Fleet, Stamp, Workload } from './fleet.ts';

/** The fleet's workloads that run in a stamp, in the fleet file's order. To ask a cluster for another one finds nothing there. */
export const workloadsOf = (fleet: Fleet, { name }: Pick<Stamp, 'name'>): readonly Workload[] => fleet.workloads.filter(({ stamps }) => stamps === null || stamps.includes(name));
