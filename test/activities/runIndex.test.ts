import { describe, expect, it } from 'vitest';
import { projectRun, readFleetRuns } from '../../src/activities/runIndex.ts';
import { requestOf } from '../orchestrations/runHost.ts';
import { sampleFleet } from '../support/fakeOutside.ts';
import { fakePorts } from '../support/fakePorts.ts';

const at = Date.UTC(2026, 10, 22, 12, 0, 0);
const minute = 60_000;

describe('the index of runs', () => {
  it('says where traffic stands after the latest run, whichever is put in last', async () => {
    const ports = fakePorts(sampleFleet(), () => at + 90 * minute);
    const drain = { request: requestOf(at, { kind: 'drain', stamps: ['eastus2'] }), outcome: 'completed' as const, closedAt: at + 5 * minute, openShifts: 'some' as const };
    await projectRun(ports, drain);
    expect((await readFleetRuns(ports)).drained.map(({ stamp }) => stamp)).toEqual(['eastus2']);
    await projectRun(ports, { request: requestOf(at + 30 * minute, { kind: 'failback', stamps: ['eastus2'] }), outcome: 'completed', closedAt: at + 40 * minute, openShifts: 'none' });
    expect((await readFleetRuns(ports)).drained).toEqual([]);
    await projectRun(ports, { ...drain, openShifts: 'none' });
    expect((await readFleetRuns(ports)).drained).toEqual([]);
  });
});
