import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundReplicas, defaultScaleDown, defaultScaleUp, replicasForUtilisation, type HpaSpec } from '../../sandbox/world/cluster/hpaAlgorithm.ts';
import { at, sample, stampOf } from './support.ts';

const spec = (change: Partial<HpaSpec> = {}): HpaSpec => ({ minReplicas: 1, maxReplicas: 100, targetCpuUtilisationPercent: 50, scaleUp: defaultScaleUp, scaleDown: defaultScaleDown, ...change });
const usage = (currentReplicas: number, utilisationPercent: number, unreadyPods = 0): Parameters<typeof replicasForUtilisation>[0] => ({ currentReplicas, readyPods: currentReplicas - unreadyPods, unreadyPods, utilisationPercent });
const now = 1_000_000_000;

describe('the HPA formula, with the examples of its documentation', () => {
  it.each([
    ['twice the target doubles', usage(4, 100), 50, 8],
    ['half of the target halves', usage(4, 25), 50, 2],
    ['within the tolerance of 0.1 nothing happens', usage(10, 54.9), 50, 10],
    ['just beyond it something does', usage(10, 55.5), 50, 12],
    ['fractions are rounded up', usage(3, 60), 50, 4],
    ['pods that are not ready count as idle on the way up', usage(10, 100, 4), 50, 12],
    ['and turn a small rise into none', usage(10, 60, 4), 50, 10],
    ['without a ready pod nothing is known', usage(3, 0, 3), 50, 3],
  ])('%s', (_, pods, target, expected) => {
    expect(replicasForUtilisation(pods, target)).toBe(expected);
  });
});

describe('behaviour', () => {
  it('scales up by 100 percent or 4 pods in 15 s, whichever is more', () => {
    expect(boundReplicas(spec(), 2, 50, [], [], now)).toBe(6);
    expect(boundReplicas(spec(), 20, 90, [], [], now)).toBe(40);
    expect(boundReplicas(spec(), 40, 90, [], [{ at: now - 10_000, change: 20 }], now)).toBe(40);
  });

  it('scales down only as far as every recommendation of the last 300 s', () => {
    const recommendations = [{ at: now - 200_000, replicas: 8 }, { at: now, replicas: 3 }];
    expect(boundReplicas(spec(), 10, 3, recommendations, [], now)).toBe(8);
    expect(boundReplicas(spec(), 10, 3, recommendations, [], now + 120_000)).toBe(3);
  });

  it('a stabilisation window upwards waits for the lowest of it', () => {
    const slow = spec({ scaleUp: { ...defaultScaleUp, stabilizationWindowSeconds: 60 } });
    expect(boundReplicas(slow, 10, 20, [{ at: now - 30_000, replicas: 12 }], [], now)).toBe(12);
  });

  it('policies of the spec count: 10 percent a minute, or none at all', () => {
    const slow = spec({ scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } });
    expect(boundReplicas(slow, 80, 10, [], [], now)).toBe(72);
    expect(boundReplicas(spec({ scaleDown: { ...defaultScaleDown, selectPolicy: 'Disabled' } }), 80, 10, [], [], now)).toBe(80);
  });

  it('never leaves the bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 200 }), fc.nat(300), (minReplicas, extra, current, wished) => {
        const bounded = spec({ minReplicas, maxReplicas: minReplicas + extra });
        const inside = Math.min(Math.max(current, minReplicas), minReplicas + extra);
        const replicas = boundReplicas(bounded, inside, wished, [], [], now);
        expect(replicas).toBeGreaterThanOrEqual(minReplicas);
        expect(replicas).toBeLessThanOrEqual(minReplicas + extra);
      }),
    );
  });
});

describe('the controller in a cluster', () => {
  it('raising minReplicas above the count takes effect within one sync of 15 s', () => {
    const { world, run } = sample();
    run(60);
    const { kube } = stampOf(world, 'westus3');
    const hpa = kube.get('HorizontalPodAutoscaler', 'shop', 'web');
    if (hpa === null) throw new Error('no hpa');
    const replicas = Number(at(kube.get('Deployment', 'shop', 'web'), 'spec', 'replicas'));
    kube.put({ ...hpa, apiVersion: hpa.apiVersion, kind: hpa.kind, spec: { ...Object(at(hpa, 'spec')), minReplicas: replicas + 5, maxReplicas: 60 } });
    run(20);
    expect(at(kube.get('Deployment', 'shop', 'web'), 'spec', 'replicas')).toBe(replicas + 5);
    expect(at(kube.get('HorizontalPodAutoscaler', 'shop', 'web'), 'status', 'desiredReplicas')).toBe(replicas + 5);
    expect(at(kube.get('Deployment', 'shop', 'web'), 'status', 'observedGeneration')).toBe(at(kube.get('Deployment', 'shop', 'web'), 'metadata', 'generation'));
  });

  const edit = (kube: ReturnType<typeof stampOf>['kube'], kind: string, change: Record<string, unknown>): void => {
    const object = kube.get(kind, 'shop', 'web');
    if (object === null) throw new Error(`no ${kind}`);
    kube.put({ ...object, apiVersion: object.apiVersion, kind: object.kind, spec: { ...Object(at(object, 'spec')), ...change } });
  };

  it('is switched off by a Deployment of 0 replicas: raised bounds bring no pod until somebody scales it up', () => {
    const { world, run } = sample();
    const { kube } = stampOf(world, 'westus3');
    edit(kube, 'Deployment', { replicas: 0 });
    run(60);
    edit(kube, 'HorizontalPodAutoscaler', { minReplicas: 20, maxReplicas: 60 });
    run(120);
    expect(at(kube.get('Deployment', 'shop', 'web'), 'spec', 'replicas')).toBe(0);
    expect(at(kube.get('HorizontalPodAutoscaler', 'shop', 'web'), 'status', 'conditions')).toContainEqual(expect.objectContaining({ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' }));
    edit(kube, 'Deployment', { replicas: 1 });
    run(20);
    expect(at(kube.get('Deployment', 'shop', 'web'), 'spec', 'replicas')).toBe(20);
  });

  it.each<[string, 'HorizontalPodAutoscaler' | 'Deployment', Record<string, unknown>]>([
    ['an HPA whose scaleUp is Disabled, which binds its own recommendations only', 'HorizontalPodAutoscaler', { behavior: { scaleUp: { selectPolicy: 'Disabled' } } }],
    ['the HPA of a paused Deployment, which is scaled all the same', 'Deployment', { paused: true }],
  ])('a raised minReplicas moves %s', (_, kind, change) => {
    const { world, run } = sample();
    const { kube } = stampOf(world, 'westus3');
    edit(kube, kind, change);
    edit(kube, 'HorizontalPodAutoscaler', { minReplicas: 35, maxReplicas: 60 });
    run(120);
    expect(at(kube.get('Deployment', 'shop', 'web'), 'status', 'replicas')).toBe(35);
  });

  it('follows load: 40 percent more users bring more replicas, up to maxReplicas', () => {
    const { world, run } = sample();
    run(300);
    const before = world.snapshot().stamps.find((stamp) => stamp.name === 'eastus2')?.workloads[0];
    world.faults.inject({ kind: 'demandSurge', factor: 1.4 });
    run(600);
    const after = world.snapshot().stamps.find((stamp) => stamp.name === 'eastus2')?.workloads[0];
    expect(after?.desired).toBeGreaterThan(before?.desired ?? Number.NaN);
    expect(after?.desired).toBeLessThanOrEqual(after?.maxReplicas ?? Number.NaN);
  });

  it('a reconciler that owns the bounds puts them back within a minute; kubectl does not', () => {
    for (const [hpaManager, lasts] of [['kustomize-controller', false], ['keda-operator', false], ['kubectl-client-side-apply', true], ['helm', true]] as const) {
      const { world, run } = sample({ hpaManager });
      const { kube } = stampOf(world, 'westus3');
      const hpa = kube.get('HorizontalPodAutoscaler', 'shop', 'web');
      if (hpa === null) throw new Error('no hpa');
      kube.put({ ...hpa, apiVersion: hpa.apiVersion, kind: hpa.kind, spec: { ...Object(at(hpa, 'spec')), maxReplicas: 77 } });
      run(90);
      expect(at(kube.get('HorizontalPodAutoscaler', 'shop', 'web'), 'spec', 'maxReplicas') === 77, hpaManager).toBe(lasts);
      expect(JSON.stringify(at(hpa, 'metadata', 'managedFields')), hpaManager).toContain(hpaManager);
    }
  });
});
