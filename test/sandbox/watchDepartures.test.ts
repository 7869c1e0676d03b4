import { describe, expect, it } from 'vitest';
import { watchInvariants } from '../../sandbox/invariants/watchInvariants.ts';
import type { SimulatedWorld } from '../../sandbox/world/index.ts';
import type { ChainedEntry, LedgerEvent } from '../../src/domain/ledgerEvent.ts';
import type { Plan, ShedStep } from '../../src/domain/plan.ts';
import { sample, stampOf } from '../world/support.ts';

const ceiling = 0.8;

/** The record of a run that closes the gate of eastus2 by a plan of this mode, one second before it is done. */
function recordOf(world: SimulatedWorld, mode: Plan['mode'], sheds: readonly ShedStep[] = []): readonly ChainedEntry[] {
  const plan: Plan = { kind: 'failover', mode, revision: 1, at: 0, stamps: ['eastus2'], reach: 'full', surges: [], sheds, gates: [], shifts: [], expected: { readyInSeconds: 0, surgeCostPerHourUsd: null, stamps: [] }, notes: [] };
  const gate = (set: 'open' | 'closed') => ({ target: 'gate' as const, stamp: 'eastus2', set, expiresAt: 0 });
  const events: readonly LedgerEvent[] = [{ type: 'PlanMade', plan, findings: [], rendering: '' }, { type: 'WriteIntended', write: gate('closed'), undo: gate('open'), expiresAt: 0 }];
  return events.map((event, seq) => ({ id: `${seq}`, runId: 'r', at: world.clock.now() - 1000, controlRegion: 'c', epoch: 1, stamps: ['eastus2'], event, seq, previousHash: '', hash: '' }));
}

function setGate(world: SimulatedWorld, stamp: string, state: 'open' | 'closed'): void {
  world.gateBlobs.written(stampOf(world, stamp).spec.gateBlobUrl ?? '', JSON.stringify({ state, expiresAt: null }));
}

/** What the watch says of a world in which eastus2 is closed to its users and nobody has made any room for them. */
function closed(mode: Plan['mode'], used = ceiling, sheds: readonly ShedStep[] = []) {
  const { world } = sample();
  const watch = watchInvariants(world, used);
  setGate(world, 'eastus2', 'closed');
  return watch.judge(recordOf(world, mode, sheds)).filter(({ invariant }) => invariant === 'I2');
}

describe('I2 on the way out, as the world will route it', () => {
  it('is broken by a graceful run that moves users to where there is no room for them, before a single one has come', () => {
    const violations = closed('graceful');
    expect(violations.length).toBeGreaterThan(0);
    expect(violations[0]?.message).toMatch(/^web in \w+ is to serve \d+ requests\/s after gate eastus2, and its ready pods carry \d+, of which 80 % may be used$/);
  });

  it('is not where there is room, nor in an ungraceful run, whose users had left before', () => {
    expect(closed('graceful', 3)).toEqual([]);
    expect(closed('ungraceful')).toEqual([]);
  });

  it('is not by a workload that the plan lets go without there', () => {
    const stamps = ['centralus', 'westus3'];
    const { world } = sample();
    const sheds = stamps.flatMap((stamp) => stampOf(world, stamp).spec.workloads.map(({ name }): ShedStep => ({ stamp, workload: name, namespace: 'shop', hpa: name, before: { minReplicas: 2, maxReplicas: 4 }, after: { minReplicas: 1, maxReplicas: 1 } })));
    expect(closed('graceful', ceiling, sheds)).toEqual([]);
  });

  it('is not by a change that nobody has on record: who made it made no room either', () => {
    const { world } = sample();
    const watch = watchInvariants(world, ceiling);
    setGate(world, 'eastus2', 'closed');
    expect(watch.judge([]).map(({ invariant }) => invariant)).toEqual(['I4']);
  });
});

describe('I1 goes by the gate as it has been written', () => {
  const broken = (world: SimulatedWorld, act: () => void) => {
    const watch = watchInvariants(world, ceiling);
    act();
    return watch.judge([]).filter(({ invariant }) => invariant === 'I1');
  };

  it('the change that closes the last one breaks it, although its pod has not read it yet', () => {
    const { world } = sample();
    expect(broken(world, () => ['eastus2', 'centralus', 'westus3'].forEach((stamp) => setGate(world, stamp, 'closed')))).toMatchObject([{ message: expect.stringContaining('after gate westus3') }]);
  });

  it('and one that opens a region is back in time for the next that closes', () => {
    const { world, run } = sample();
    for (const stamp of ['eastus2', 'centralus']) setGate(world, stamp, 'closed');
    run(60);
    expect(broken(world, () => {
      setGate(world, 'eastus2', 'open');
      setGate(world, 'westus3', 'closed');
    })).toEqual([]);
  });

  it('a gate that its pod has opened again by itself is open', () => {
    const { world, run, clock } = sample();
    expect(broken(world, () => {
      for (const stamp of ['eastus2', 'centralus']) world.gateBlobs.written(stampOf(world, stamp).spec.gateBlobUrl ?? '', JSON.stringify({ state: 'closed', expiresAt: clock.now() + 120_000 }));
      run(300);
      setGate(world, 'westus3', 'closed');
    })).toEqual([]);
  });
});
