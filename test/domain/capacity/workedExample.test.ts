import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildStampModel, replicasNeeded, sizeStamp } from '../../../src/domain/capacity/index.ts';
import { planRun } from '../../../src/domain/planning/index.ts';
import { simulateLoss } from '../../../src/domain/simulate/index.ts';
import { workloadsOf } from '../../../src/domain/workloadsOf.ts';
import { withFreeCores } from '../planning/change.ts';
import { allHealthy, greyEast, request, sampleFacts, sampleFleet } from '../planning/threeRegions.ts';

/** docs/capacity.md, section 7: what a reader redoes by hand, the code does here, and the page must say the same. */
const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const docs = readFileSync(new URL('../../../docs/capacity.md', import.meta.url), 'utf8');

const row = (step: string): string => {
  const line = docs.split('\n').find((one) => one.startsWith(`| ${step} |`));
  if (line === undefined) throw new Error(`docs/capacity.md has no line "${step}"`);
  return line.split('|').at(-2)?.trim() ?? '';
};

describe('the worked example of docs/capacity.md', () => {
  const answer = simulateLoss({ fleet, facts, assessment: allHealthy, lose: ['eastus2'] });
  const central = answer.stamps.find(({ stamp }) => stamp === 'centralus');
  const stamp = fleet.stamps.find(({ name }) => name === 'centralus');
  const stampFacts = facts.stamps['centralus'];
  if (stamp === undefined || stampFacts === undefined || central === undefined) throw new Error('the sample has no centralus');
  const model = buildStampModel(stamp, workloadsOf(fleet, stamp), stampFacts);
  const sizing = sizeStamp(model, { loads: [{ now: 1000, after: 2000 }, { now: 400, after: 800 }], policy: fleet.policy });

  it.each([['web', 0, 2000], ['recommendations', 1, 800]] as const)('replicas of %s by either rule', (name, position, load) => {
    const workload = model.workloads[position];
    if (workload === undefined) throw new Error(name);
    expect(row(`${name}, by requests`)).toBe(String(replicasNeeded(workload.workload, null, { now: null, after: load }, fleet.policy)));
    expect(row(`${name}, by utilisation`)).toBe(String(replicasNeeded(workload.workload, workload.facts, { now: load / 2, after: load }, fleet.policy)));
    expect(central.workloads[position]?.replicasNeeded).toBe(Number(row(`${name}, by utilisation`)));
  });

  it('pods, places and nodes', () => {
    const [pool] = model.pools;
    if (pool?.template === null || pool === undefined) throw new Error('no pool');
    const perNode = Math.floor(pool.template.free.cpuMillicores / 500);
    const places = pool.nodeClasses.reduce((sum, { free, nodes }) => sum + nodes * Math.floor(free.cpuMillicores / 500), 0);
    const pods = sizing.workloads.reduce((sum, { replicasNeeded: needed, replicasNow }) => sum + needed - replicasNow, 0);
    expect([row('pods to place'), row('pods that a node holds'), row('places left on the 8 nodes')]).toEqual([String(pods), String(perNode), String(places)]);
    expect([row('new nodes'), row('nodes wanted')]).toEqual([String(sizing.pools[0]?.newNodes), String(central.pools[0]?.nodesNeeded)]);
    expect(Math.ceil((pods - places) / perNode)).toBe(sizing.pools[0]?.newNodes);
  });

  it('what that takes of quota and addresses, costs, and how long it takes', () => {
    const used = (constraint: string): number | undefined => sizing.packing.used[model.limits.findIndex((limit) => limit.constraint === constraint)];
    expect(row('family quota taken, of 400 vCPU free')).toBe(String(used('vcpuQuotaFamily')));
    expect(row('addresses taken, overlay, of 240 free')).toBe(String(used('subnetAddresses')));
    expect(model.limits.find(({ constraint }) => constraint === 'vcpuQuotaFamily')?.available).toBe(400);
    expect(model.limits.find(({ constraint }) => constraint === 'subnetAddresses')?.available).toBe(240);
    expect(row('cost of the surge, USD an hour')).toBe(String(answer.surgeCostPerHour.amount));
    expect(row('room ready after, seconds')).toBe(String(answer.readyInSeconds));
  });

  it('is what the planner plans, and what is short with 10 vCPU of quota left', () => {
    const result = planRun({ fleet, facts, assessment: greyEast, request: request(), revision: 1 });
    if (result.kind === 'blocked') throw new Error('blocked');
    expect(result.plan.surges[0]?.pools[0]?.nodesWanted).toBe(Number(row('nodes wanted')));
    const short = simulateLoss({ fleet, facts: withFreeCores(facts, 'centralus', 10), assessment: allHealthy, lose: ['eastus2'] });
    expect(docs).toContain(`\`${short.binding?.constraint}\`, missing ${short.binding?.missing} ${short.binding?.unit}`);
  });
});
