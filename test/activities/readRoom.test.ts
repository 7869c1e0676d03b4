import { expect, it } from 'vitest';
import { readRoom } from '../../src/activities/readRoom.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { sampleFleet } from '../support/fakeOutside.ts';

const unasked = (what: string) => () => Promise.reject(new Error(`the proof of room asked for ${what}`));

it('the proof reads the stamps that gain, and neither their pods nor what only a plan needs', async () => {
  const ports = fakePorts(sampleFleet(), () => 1_000_000);
  const asked: string[] = [];
  const narrow: Ports = {
    ...ports,
    traffic: { ...ports.traffic, readTraffic: unasked('the traffic') },
    demand: { ...ports.demand, readDemand: unasked('the demand') },
    headroom: { readQuota: unasked('quota'), readSkus: unasked('SKUs'), readNetwork: unasked('the network') },
    gate: { ...ports.gate, readGate: unasked('a gate') },
    workloads: {
      ...ports.workloads,
      readNodes: unasked('pods by node'),
      readWorkloads: unasked('pods by workload'),
      readNodeStates: (stamp, pools) => {
        asked.push(`${stamp.name}: ${pools.join(', ')}`);
        return ports.workloads.readNodeStates(stamp, pools);
      },
    },
  };
  const room = await readRoom(narrow, ['centralus', 'westus3']);
  expect(Object.keys(room.stamps)).toEqual(['centralus', 'westus3']);
  expect(Object.values(room.stamps).flatMap(({ pools, workloads, nodes, load }) => [pools, workloads, nodes, load]).every(({ kind }) => kind === 'known')).toBe(true);
  expect(asked).toEqual(['centralus: user1', 'westus3: user1']);
});
