import { Buffer } from 'node:buffer';
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest, type HttpClient, type HttpMethods } from '@azure/core-rest-pipeline';
import { beforeEach, describe, expect, test } from 'vitest';
import { aksClients } from '../../../src/adapters/aks/pools.ts';
import { aksClusters } from '../../../src/adapters/kubernetes/clusters.ts';
import { kubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads.ts';
import type { Workload } from '../../../src/domain/fleet.ts';
import type { Workloads } from '../../../src/ports/workloads.ts';
import { fakeContext } from '../support/fakeContext.ts';
import { sampleFleet, stampOf } from '../support/fleet.ts';

/** An API server that the contract may fill: in memory, or a real one. */
export interface ClusterUnderTest {
  readonly server: string;
  readonly ca: string | null;
  readonly client: HttpClient;
}

const fleet = sampleFleet();
const eastus2 = stampOf(fleet, 'eastus2');
const namespace = 'shop';
const hpaPath = (name: string): string => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers${name === '' ? '' : `/${name}`}`;

export function workloadsContract(name: string, open: () => Promise<ClusterUnderTest>): void {
  describe(`workloads contract: ${name}`, () => {
    let cluster: Harness;
    beforeEach(async () => {
      cluster = await harness(await open());
    });

    describe('bounds of an HPA', () => {
      test('that kubectl created: its owner is forced, and we own the bounds afterwards', async () => {
        await cluster.createHpa('web', {}, 'kubectl-client-side-apply');
        expect(await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 8, maxReplicas: 30 })).toEqual({ kind: 'accepted' });
        expect(await cluster.readHpa('web')).toMatchObject({ spec: { minReplicas: 8, maxReplicas: 30, scaleTargetRef: { name: 'web' } } });
        expect(await cluster.ownerOf('web')).toEqual({ kind: 'spillway' });
      });

      test.each(['helm', 'kubectl', 'terraform', 'HashiCorp', 'kubectl-edit', 'Mozilla'])('owned by %s, a one-shot writer, are forced', async (manager) => {
        await cluster.applyHpa('web', {}, manager);
        expect(await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 5, maxReplicas: 12 })).toEqual({ kind: 'accepted' });
        expect(await cluster.readHpa('web')).toMatchObject({ spec: { minReplicas: 5, maxReplicas: 12 } });
      });

      test.each([
        ['kustomize-controller', 'flux'],
        ['helm-controller', 'helmController'],
        ['argocd-controller', 'argocd'],
        ['argocd-application-controller', 'argocd'],
        ['keda-operator', 'keda'],
        ['shop-operator', 'controller'],
      ])('owned by %s, a reconciler, are refused and left alone', async (manager, how) => {
        await cluster.applyHpa('web', {}, manager);
        const outcome = await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 5, maxReplicas: 12 });
        expect(outcome).toMatchObject({ kind: 'refused', reaction: 'ownedByOther', why: expect.stringContaining(how) });
        expect(await cluster.readHpa('web')).toMatchObject({ spec: { minReplicas: 2, maxReplicas: 10 } });
      });

      test('owned by a ScaledObject are refused, whoever wrote them', async () => {
        const ownerReferences = [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'web', uid: '3b2d9f6e-0a1c-4d5e-8f70-112233445566', controller: true }];
        await cluster.createHpa('web', { ownerReferences }, 'kubectl-create');
        expect(await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 5, maxReplicas: 12 })).toMatchObject({ kind: 'refused', reaction: 'ownedByOther', why: expect.stringContaining('ScaledObject') });
      });

      test('that Flux was told to leave alone are written', async () => {
        await cluster.applyHpa('web', { annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } }, 'kustomize-controller');
        expect(await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 5, maxReplicas: 12 })).toEqual({ kind: 'accepted' });
      });

      test('that a reconciler manages without owning them are written', async () => {
        await cluster.createHpa('web', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }, 'kubectl-create');
        expect(await cluster.ownerOf('web')).toMatchObject({ kind: 'reconciler', how: 'flux', ignoresBounds: 'ignored' });
        expect(await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 5, maxReplicas: 12 })).toEqual({ kind: 'accepted' });
      });

      test('go back to their former values, and again: twice is harmless (I4)', async () => {
        await cluster.createHpa('web', {}, 'kubectl-client-side-apply');
        const set = (minReplicas: number, maxReplicas: number) => cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas, maxReplicas });
        expect([await set(8, 30), await set(8, 30), await set(2, 10), await set(2, 10)]).toEqual(Array.from({ length: 4 }, () => ({ kind: 'accepted' })));
        expect(await cluster.readHpa('web')).toMatchObject({ spec: { minReplicas: 2, maxReplicas: 10 } });
      });

      test('of an HPA that is not there: notFound, and none is made', async () => {
        expect(await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 5, maxReplicas: 12 })).toMatchObject({ kind: 'refused', reaction: 'notFound' });
      });

      test('that make no sense are refused without a call', async () => {
        await cluster.createHpa('web', {}, 'kubectl-create');
        expect(await cluster.workloads.applyHpaBounds(eastus2, { namespace, name: 'web' }, { minReplicas: 12, maxReplicas: 5 })).toMatchObject({ kind: 'refused', reaction: 'refused' });
        expect(await cluster.readHpa('web')).toMatchObject({ spec: { minReplicas: 2, maxReplicas: 10 } });
      });
    });

    test('facts of a workload', async () => {
      await cluster.createHpa('web', {}, 'helm');
      await cluster.createDeployment('web');
      await cluster.createPod('web-1', 'node-a', '250m');
      const reading = await cluster.workloads.readWorkloads(eastus2, [workload]);
      if (reading.kind === 'unknown') throw new Error(reading.why);
      expect(reading.value[0]).toMatchObject({
        name: 'web',
        requestedReplicas: 3,
        readyReplicas: 0,
        scheduledReplicas: 1,
        podRequests: { cpuMillicores: 300, memoryMiB: 320, ephemeralStorageMiB: 0 },
        hpa: { minReplicas: 2, maxReplicas: 10, targetCpuUtilisationPercent: 60, owner: { kind: 'oneShot', managers: ['helm'] } },
        disruptionBudgetMinAvailable: null,
      });
    });

    test('pods on a node that is not Ready have no place', async () => {
      await cluster.createDeployment('web');
      await cluster.createNode('node-a', 'user1', '2');
      await cluster.createPod('web-1', 'node-a', '250m');
      await cluster.createPod('web-2', 'node-b', '250m');
      expect(await cluster.workloads.readWorkloads(eastus2, [workload])).toMatchObject({ kind: 'known', value: [{ scheduledReplicas: 1 }] });
    });

    test('replicas that serve, read without a pod', async () => {
      await cluster.createDeployment('web');
      // No controller works here, so that nothing serves; the sandbox's own has seen the spec, a bare API server has not.
      expect(await cluster.workloads.readReplicas(eastus2, [workload])).toMatchObject({ kind: 'known', value: [{ name: 'web', availableReplicas: 0 }] });
    });

    test('a workload whose deployment is missing makes the reading unknown', async () => {
      const reading = await cluster.workloads.readWorkloads(eastus2, [workload]);
      expect(reading).toMatchObject({ kind: 'unknown', why: expect.stringContaining('404') });
      expect(await cluster.workloads.readReplicas(eastus2, [workload])).toMatchObject({ kind: 'unknown', why: expect.stringContaining('404') });
    });

    test('nodes with what their pods ask for', async () => {
      await cluster.createNode('node-a', 'user1', '2');
      await cluster.createPod('web-1', 'node-a', '500m');
      await cluster.createPod('web-2', 'node-a', '250m');
      const reading = await cluster.workloads.readNodes(eastus2);
      if (reading.kind === 'unknown') throw new Error(reading.why);
      expect(reading.value).toEqual([expect.objectContaining({ name: 'node-a', pool: 'user1', zone: '2', pods: 2, requested: { cpuMillicores: 750, memoryMiB: 512, ephemeralStorageMiB: 0 } })]);
      expect(await cluster.workloads.readNodeStates(eastus2, ['user1', 'user2'])).toMatchObject({ kind: 'known', value: [{ name: 'node-a', pool: 'user1', ready: 'notReady', schedulable: 'schedulable' }] });
      expect(await cluster.workloads.readNodeStates(eastus2, ['user2'])).toMatchObject({ kind: 'known', value: [] });
    });
  });
}

const workload: Workload = { ...(fleet.workloads[0] ?? fail()), namespace, name: 'web', deployment: 'web', hpa: 'web' };

function fail(): never {
  throw new Error('the sample fleet has workloads');
}

interface Harness {
  readonly workloads: Workloads;
  createHpa(name: string, metadata: object, manager: string): Promise<void>;
  applyHpa(name: string, metadata: object, manager: string): Promise<void>;
  readHpa(name: string): Promise<unknown>;
  ownerOf(name: string): Promise<unknown>;
  createDeployment(name: string): Promise<void>;
  createNode(name: string, pool: string, zone: string): Promise<void>;
  createPod(name: string, node: string, cpu: string): Promise<void>;
}

async function harness(under: ClusterUnderTest): Promise<Harness> {
  const kubeconfig = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: under.server, ...(under.ca === null ? {} : { 'certificate-authority-data': Buffer.from(under.ca).toString('base64') }) } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
  const client: HttpClient = {
    sendRequest: (request) =>
      request.url.startsWith('https://arm.test/')
        ? Promise.resolve({ request, status: 200, headers: createHttpHeaders({ 'content-type': 'application/json' }), bodyAsText: JSON.stringify({ kubeconfigs: [{ name: 'clusterUser', value: Buffer.from(kubeconfig).toString('base64') }] }) })
        : under.client.sendRequest(request),
  };
  const context = { ...fakeContext(client), credential: { getToken: () => Promise.resolve({ token: 'admin-token', expiresOnTimestamp: Date.now() + 3_600_000 }) } };
  const workloads = kubernetesWorkloads(context, aksClusters(context, aksClients(context)));

  async function call(method: HttpMethods, path: string, body?: unknown, contentType = 'application/json'): Promise<{ readonly status: number; readonly body: unknown }> {
    const request = createPipelineRequest({
      url: `${under.server}${path}`,
      method,
      headers: createHttpHeaders({ authorization: 'Bearer admin-token', ...(body === undefined ? {} : { 'content-type': contentType }) }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (under.ca !== null) request.tlsSettings = { ca: under.ca };
    const response = await under.client.sendRequest(request);
    return { status: response.status, body: response.bodyAsText === undefined || response.bodyAsText === null || response.bodyAsText === '' ? null : JSON.parse(response.bodyAsText) };
  }

  async function expectOk(method: HttpMethods, path: string, body: unknown, contentType?: string): Promise<void> {
    const answer = await call(method, path, body, contentType);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  await call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await call('DELETE', hpaPath(''));
  await call('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments`);
  // Grace 0: no kubelet is there to confirm the end of a pod.
  for (const name of ['web-1', 'web-2']) await call('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`);
  await call('DELETE', '/api/v1/nodes/node-a');

  return {
    workloads,
    createHpa: (name, metadata, manager) => expectOk('POST', `${hpaPath('')}?fieldManager=${manager}`, hpaBody(name, metadata)),
    applyHpa: (name, metadata, manager) => expectOk('PATCH', `${hpaPath(name)}?fieldManager=${manager}`, hpaBody(name, metadata), 'application/apply-patch+yaml'),
    readHpa: async (name) => (await call('GET', hpaPath(name))).body,
    async ownerOf(name) {
      await expectOk('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, deploymentBody(name));
      const reading = await workloads.readWorkloads(eastus2, [{ ...workload, deployment: name, hpa: name }]);
      return reading.kind === 'known' ? reading.value[0]?.hpa?.owner : reading;
    },
    createDeployment: (name) => expectOk('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, deploymentBody(name)),
    createNode: (name, pool, zone) =>
      expectOk('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.azure.com/agentpool': pool, 'topology.kubernetes.io/zone': `eastus2-${zone}` } } }),
    createPod: (name, node, cpu) =>
      expectOk('POST', `/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels: { app: 'web' } },
        spec: { nodeName: node, containers: [{ name: 'app', image: 'app', resources: { requests: { cpu, memory: '256Mi' } } }] },
      }),
  };
}

const hpaBody = (name: string, metadata: object) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, namespace, ...metadata },
  spec: {
    minReplicas: 2,
    maxReplicas: 10,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
  },
});

const deploymentBody = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          { name: 'app', image: 'app', resources: { requests: { cpu: '250m', memory: '256Mi' } } },
          { name: 'proxy', image: 'proxy', resources: { limits: { cpu: '50m', memory: '64Mi' } } },
        ],
      },
    },
  },
});

/** A real API server, by its address, and the CA that signed its certificate. */
export const realCluster = (server: string, ca: string): ClusterUnderTest => ({ server, ca, client: createDefaultHttpClient() });
