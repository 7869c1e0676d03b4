import { describe, expect, it } from 'vitest';
import { planRun } from '../../../src/domain/planning/index.ts';
import type { PlanResult } from '../../../src/domain/plan.ts';
import { renderPlanResult } from '../../../src/domain/render/renderPlan.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { withFreeCores, withHpa, withOrigin } from './change.ts';
import { allHealthy, deadEast, greyEast, request, sampleFacts, sampleFleet } from './threeRegions.ts';

/** Plans as a person reads them; a change here is a change of what Spillway does. Renew with `vitest -u` and read the difference. */
const fleet = sampleFleet();
const atWindow0 = sampleFacts(fleet);
const atWindow60 = sampleFacts(fleet, 60);
const byOperator = { by: 'operator', subject: 's', name: 'an operator' } as const;

const make = (facts = atWindow0, overrides: Partial<RunRequest> = {}, assessment = greyEast): PlanResult => planRun({ fleet, facts, assessment, request: request(overrides), revision: 1 });

const golden: Readonly<Record<string, () => PlanResult>> = {
  'failover-graceful': () => make(),
  'failover-ungraceful-short': () => make(withFreeCores(atWindow0, 'centralus', 8), { mode: 'ungraceful' }, deadEast),
  'failover-by-weights': () => make(withFreeCores(atWindow60, 'centralus', 0)),
  'failover-partial': () => make(withFreeCores(withFreeCores(atWindow60, 'centralus', 0), 'westus3', 0)),
  'failover-blocked': () => make(withHpa(withFreeCores(atWindow0, 'centralus', 8), 'centralus', 'web', { owner: { kind: 'reconciler', manager: 'keda-operator', how: 'keda', ignoresBounds: 'reverted' } })),
  'drain-centralus': () => make(atWindow0, { kind: 'drain', stamps: ['centralus'], trigger: byOperator }, allHealthy),
  'failback-eastus2': () => make(withOrigin(atWindow0, 'eastus2', { enabled: 'Disabled' }), { kind: 'failback', trigger: byOperator }, allHealthy),
};

describe('golden plans', () => {
  it.each(Object.keys(golden))('%s', async (name) => {
    const result = golden[name]?.();
    if (result === undefined) throw new Error(name);
    await expect(`${renderPlanResult(result)}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});
