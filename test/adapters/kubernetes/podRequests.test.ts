import type { V1Container, V1Pod } from '@kubernetes/client-node';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuantity, toResources } from '../../../src/adapters/kubernetes/quantities.ts';
import { podRequests } from '../../../src/adapters/kubernetes/podRequests.ts';
import { nodeFacts } from '../../../src/adapters/kubernetes/nodeFacts.ts';
import type { Wire } from '../../../src/adapters/kubernetes/reader.ts';
import { podStart } from '../../../src/adapters/kubernetes/workloadFacts.ts';

describe('quantities', () => {
  test.each<[string, number]>([
    ['100m', 0.1], ['1', 1], ['1.5', 1.5], ['.5', 0.5], ['2k', 2000], ['128Mi', 128 * 2 ** 20], ['1Gi', 2 ** 30], ['1e3', 1000], ['1E3', 1000], ['5E', 5e18], ['100n', 1e-7], ['1.5Gi', 1.5 * 2 ** 30],
  ])('%s is %d', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 12);
  });

  test.each(['', 'abc', '1 Gi', '1GiB', '--1', '1mm', 'Gi'])('%j is none', (text) => {
    expect(() => parseQuantity(text)).toThrow(/quantity/);
  });

  test('what is asked for is rounded up, what there is down, and whole millicores stay whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (millicores) => {
        expect(toResources({ cpu: `${millicores}m` }, 'up').cpuMillicores).toBe(millicores);
        expect(toResources({ cpu: `${millicores}m` }, 'down').cpuMillicores).toBe(millicores);
        expect(toResources({ cpu: String(millicores / 1000) }, 'up').cpuMillicores).toBe(millicores);
      }),
    );
    expect(toResources({ memory: '1' }, 'up').memoryMiB).toBe(1);
    expect(toResources({ memory: '1048575' }, 'down').memoryMiB).toBe(0);
  });
});

const container = (cpu: string, more: Partial<V1Container> = {}): V1Container => ({ name: 'c', resources: { requests: { cpu } }, ...more });
const cpuOf = (containers: V1Container[], initContainers: V1Container[] = [], overhead: Record<string, string> = {}): number => podRequests({ containers, initContainers, overhead }).cpuMillicores;

describe('what a pod reserves', () => {
  test('containers add up', () => {
    expect(cpuOf([container('100m'), container('250m')])).toBe(350);
  });

  test('an init container counts where it is larger than all that runs later', () => {
    expect(cpuOf([container('100m')], [container('500m'), container('300m')])).toBe(500);
    expect(cpuOf([container('800m')], [container('500m')])).toBe(800);
  });

  test('a sidecar runs beside the containers and beside the init containers after it', () => {
    const sidecar = container('200m', { restartPolicy: 'Always' });
    expect(cpuOf([container('100m')], [sidecar])).toBe(300);
    expect(cpuOf([container('100m')], [sidecar, container('500m')])).toBe(700);
    expect(cpuOf([container('100m')], [container('500m'), sidecar])).toBe(500);
  });

  test('the runtime\'s overhead comes on top', () => {
    expect(cpuOf([container('100m')], [], { cpu: '50m' })).toBe(150);
  });

  test('a limit without a request is requested', () => {
    expect(cpuOf([{ name: 'c', resources: { limits: { cpu: '400m' } } }])).toBe(400);
    expect(cpuOf([{ name: 'c', resources: { limits: { cpu: '400m' }, requests: { cpu: '100m' } } }])).toBe(100);
    expect(cpuOf([{ name: 'c' }])).toBe(0);
  });

  test('is never less than any one of its containers', () => {
    const many = fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(many, fc.array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.boolean()), { maxLength: 4 }), (running, init) => {
        const initContainers = init.map(([cpu, sidecar]) => container(`${cpu}m`, sidecar ? { restartPolicy: 'Always' } : {}));
        const total = cpuOf(running.map((cpu) => container(`${cpu}m`)), initContainers);
        expect(total).toBeGreaterThanOrEqual(running.reduce((sum, cpu) => sum + cpu, 0));
        for (const [cpu] of init) expect(total).toBeGreaterThanOrEqual(cpu);
      }),
    );
  });
});

describe('nodes', () => {
  const node = { metadata: { name: 'n', labels: { agentpool: 'user1' } }, status: { allocatable: { cpu: '3860m', memory: '12Gi', pods: '110' }, conditions: [{ type: 'Ready', status: 'True' }] } };
  const pod = (cpu: string, more: Partial<Wire<V1Pod>> = {}): Wire<V1Pod> => ({ metadata: {}, spec: { nodeName: 'n', containers: [container(cpu)] }, ...more });

  test('daemon set pods are counted among all, and apart', () => {
    const [facts] = nodeFacts([node], [pod('1'), pod('250m', { metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u' }] } })]);
    expect(facts).toMatchObject({ pool: 'user1', pods: 2, daemonsetPods: 1, requested: { cpuMillicores: 1250 }, daemonsets: { cpuMillicores: 250 }, allocatable: { cpuMillicores: 3860, memoryMiB: 12_288 } });
  });

  test('pods that have ended or wait for a node take nothing', () => {
    const [facts] = nodeFacts([node], [pod('1', { status: { phase: 'Succeeded' } }), pod('1', { status: { phase: 'Failed' } }), { spec: { containers: [container('1')] } }]);
    expect(facts).toMatchObject({ pods: 0, requested: { cpuMillicores: 0 } });
  });

  test('a node that is cordoned, leaving or not ready says so', () => {
    expect(nodeFacts([{ ...node, spec: { unschedulable: true } }], [])[0]).toMatchObject({ schedulable: 'cordoned', ready: 'ready' });
    expect(nodeFacts([{ ...node, spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } }], [])[0]).toMatchObject({ schedulable: 'cordoned' });
    expect(nodeFacts([{ ...node, status: { ...node.status, conditions: [{ type: 'Ready', status: 'Unknown' }] } }], [])[0]).toMatchObject({ ready: 'notReady' });
  });

  test('zones are numbered as the pool numbers them', () => {
    const zoned = (zone: string) => nodeFacts([{ ...node, metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': zone } } }], [])[0]?.zone;
    expect([zoned('eastus2-3'), zoned('0'), zoned('')]).toEqual(['3', '0', '']);
  });
});

describe('how long a node takes from its registration to Ready', () => {
  const ready = (seconds: number, status = 'True') => nodeFacts([{ metadata: { name: 'n', creationTimestamp: new Date(0).toISOString() }, status: { conditions: [{ type: 'Ready', status, lastTransitionTime: new Date(seconds * 1000).toISOString() }] } }], [])[0]?.registrationToReadySeconds;

  test('is told, unless it is not ready or its Ready is of later', () => {
    expect([ready(40), ready(40, 'False'), ready(86_400)]).toEqual([40, null, null]);
  });
});

describe('how long pods take to start', () => {
  const started = (seconds: number, restarts = 0): Wire<V1Pod> => ({
    metadata: { creationTimestamp: new Date(0).toISOString() },
    status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date(seconds * 1000).toISOString() }], containerStatuses: [{ name: 'c', image: 'i', imageID: 'i', ready: true, restartCount: restarts }] },
  });

  test('is what nine in ten stay within', () => {
    expect(podStart(Array.from({ length: 10 }, (_, index) => started(index + 1)))).toEqual({ seconds: 9, samples: 10 });
    expect(podStart([started(30)])).toEqual({ seconds: 30, samples: 1 });
  });

  test('does not count the wait for a node, which is the node\'s', () => {
    const waited: Wire<V1Pod> = { ...started(200), status: { conditions: [...(started(200).status?.conditions ?? []), { type: 'PodScheduled', status: 'True', lastTransitionTime: new Date(180_000).toISOString() }] } };
    expect(podStart([waited])).toEqual({ seconds: 20, samples: 1 });
  });

  test('is not measured on pods that restarted, and null without any', () => {
    expect(podStart([started(4), started(4000, 2)])).toEqual({ seconds: 4, samples: 1 });
    expect(podStart([started(10, 1)])).toBeNull();
  });
});
