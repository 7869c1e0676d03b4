import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetFacts } from '../../../src/domain/facts.ts';
import { buildStampModel, sizeStamp } from '../../../src/domain/capacity/index.ts';
import { findRoomAsSet } from '../../../src/domain/planning/findRoom.ts';
import { isEnough, type RoomQuestion } from '../../../src/domain/planning/room.ts';
import { noDrainShares } from '../../../src/domain/planning/drainShares.ts';
import { buildFleetContext, buildStampModels, loadsBefore, stateWith, stateWithout } from '../../../src/domain/planning/whatIf.ts';
import { searchWeights } from '../../../src/domain/planning/searchWeights.ts';
import { sheddingNothing } from '../../../src/domain/planning/sizeStamps.ts';
import { workloadsOf } from '../../../src/domain/workloadsOf.ts';
import { withFreeCores, withHpa, withOrigin } from './change.ts';
import { allHealthy, sampleFacts, sampleFleet } from './threeRegions.ts';

const fleet = sampleFleet();
const names = fleet.stamps.map(({ name }) => name);

/** Little quota, and perhaps an HPA that KEDA holds: a shortage with no pod left over. */
const situations = fc.record({
  window: fc.constantFrom(5, 12, 30, 60),
  freeCores: fc.tuple(fc.integer({ min: 0, max: 48 }), fc.integer({ min: 0, max: 48 }), fc.integer({ min: 0, max: 48 })),
  weights: fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })),
  held: fc.option(fc.constantFrom(...names)),
});

function factsOf({ window, freeCores, weights, held }: { window: number; freeCores: readonly number[]; weights: readonly number[]; held: string | null }): FleetFacts {
  let facts = sampleFacts(fleet, window);
  names.forEach((name, index) => {
    facts = withOrigin(withFreeCores(facts, name, freeCores[index] ?? 0), name, { weight: weights[index] ?? 1 });
  });
  return held === null ? facts : withHpa(facts, held, 'web', { owner: { kind: 'reconciler', manager: 'keda-operator', how: 'keda', ignoresBounds: 'reverted' }, minReplicas: 33 });
}

describe('the search for weights, on what sizings before it have shown', () => {
  it('takes none under which somebody is short when all are sized in full, whatever other losses have shown', () => {
    let found = 0;
    fc.assert(
      fc.property(situations, (situation) => {
        const context = buildFleetContext(fleet, factsOf(situation), allHealthy);
        const models = buildStampModels(context);
        names.forEach((_, index) => {
          const lost = new Set([index]);
          const before = loadsBefore(context, stateWith(context, lost));
          const question: RoomQuestion = { context, models, before, over: before, drains: noDrainShares, weights: 'mayChange', sheds: 'asPolicySays', unfit: new Set() };
          const plain = findRoomAsSet(question, stateWithout(context, lost));
          if (isEnough(plain)) return;
          const state = searchWeights(question, plain, sheddingNothing, 40).next();
          if (state === null) return;
          found += 1;
          expect(isEnough(findRoomAsSet({ ...question, models: buildStampModels(context) }, state))).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(5);
  });

  it('a stamp that surely has no room for all is sized as if that had not been seen beforehand', () => {
    let short = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 6000, noNaN: true }), (cores, load) => {
        const [stamp] = fleet.stamps;
        const facts = withFreeCores(sampleFacts(fleet), names[0] ?? '', cores).stamps[names[0] ?? ''];
        if (stamp === undefined || facts === undefined) throw new Error('no stamp');
        const model = buildStampModel(stamp, workloadsOf(fleet, stamp), facts);
        const request = { loads: model.workloads.map(({ workload }) => ({ now: 1000 * workload.trafficShare, after: load * workload.trafficShare })), policy: fleet.policy };
        const sizing = sizeStamp(model, request);
        short += sizing.shortfalls.length;
        const anew = sizeStamp({ ...model, mostRoom: { cpuMillicores: Infinity, memoryMiB: Infinity } }, request);
        expect({ ...sizing, reachable: sizing.reachable() }).toEqual({ ...anew, reachable: anew.reachable() });
      }),
    );
    expect(short).toBeGreaterThan(5);
  });
});
