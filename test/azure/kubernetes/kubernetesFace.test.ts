import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectionFault } from '../../../sandbox/azure/face.ts';
import { bodyBytes } from '../blob/faceHttpClient.ts';
import { callFace, createKubeWorld, jsonOf, start } from './kubeWorld.ts';
import type { Call, KubeWorld } from './kubeWorld.ts';

const hpas = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const apply = 'application/apply-patch+yaml';
const merge = 'application/merge-patch+json';

const hpa = (name = 'web') => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, labels: { app: name } },
  spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } },
});

const bounds = (spec: Record<string, unknown>) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec });

const pod = (name: string, labels: Record<string, string>, nodeName = 'n1') => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec: { nodeName, containers: [{ name: 'app' }] }, status: { phase: 'Running', containerStatuses: [{ ready: true, restartCount: 2 }] } });

interface Managed {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: unknown;
}

let world: KubeWorld;
const call = async (request: Call) => {
  const response = await callFace(world.face, request);
  return { status: response.status, headers: response.headers, body: await jsonOf(response) };
};
const owners = (body: Record<string, unknown>): readonly Managed[] => ((body['metadata'] as { managedFields?: readonly Managed[] }).managedFields ?? []).map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));

beforeEach(async () => {
  world = createKubeWorld();
  await call({ method: 'POST', path: `${hpas}?fieldManager=helm`, body: hpa() });
});

describe('kubernetes face: who owns an HPA\'s bounds', () => {
  const applyBounds = (spec: Record<string, unknown>, query = '') => call({ method: 'PATCH', path: `${hpas}/web?fieldManager=spillway${query}`, body: bounds(spec), contentType: apply });

  it('refuses an apply over another owner, with a cause for each field', async () => {
    const { status, body } = await applyBounds({ minReplicas: 5, maxReplicas: 20 });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      kind: 'Status',
      reason: 'Conflict',
      message: 'Apply failed with 2 conflicts: conflicts with "helm" using autoscaling/v2:\n- .spec.maxReplicas\n- .spec.minReplicas',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "helm" using autoscaling/v2', field: '.spec.maxReplicas' }, { field: '.spec.minReplicas' }] },
    });
    expect((await applyBounds({ maxReplicas: 10, minReplicas: 3 })).body['message']).toBe('Apply failed with 1 conflict: conflict with "helm" using autoscaling/v2: .spec.minReplicas');
  });

  it('takes them by force, and them alone', async () => {
    const { status, body } = await applyBounds({ minReplicas: 5, maxReplicas: 20 }, '&force=true');
    expect(status).toBe(200);
    expect(body['spec']).toMatchObject({ minReplicas: 5, maxReplicas: 20, scaleTargetRef: { name: 'web' } });
    expect(owners(body)).toEqual([
      { manager: 'spillway', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:maxReplicas': {}, 'f:minReplicas': {} } } },
      { manager: 'helm', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': { 'f:metrics': {}, 'f:scaleTargetRef': { 'f:apiVersion': {}, 'f:kind': {}, 'f:name': {} } } } },
    ]);
  });

  it('an apply of the same changes nothing, not even the version', async () => {
    const first = await applyBounds({ minReplicas: 5, maxReplicas: 20 }, '&force=true');
    world.clock.now += 60_000;
    expect((await applyBounds({ minReplicas: 5, maxReplicas: 20 })).body).toEqual(first.body);
  });

  it('leaving minReplicas out sets 1, leaving maxReplicas out is refused', async () => {
    await applyBounds({ minReplicas: 5, maxReplicas: 20 }, '&force=true');
    const refused = await applyBounds({ minReplicas: 5 });
    expect([refused.status, refused.body['reason']]).toEqual([422, 'Invalid']);
    expect((await applyBounds({ maxReplicas: 20 })).body['spec']).toMatchObject({ minReplicas: 1, maxReplicas: 20 });
  });

  it('a plain update takes the fields from their applier, who then meets a conflict', async () => {
    await applyBounds({ minReplicas: 5, maxReplicas: 20 }, '&force=true');
    await call({ method: 'PATCH', path: `${hpas}/web?fieldManager=kubectl-edit`, body: { spec: { maxReplicas: 30 } }, contentType: merge });
    expect((await applyBounds({ minReplicas: 5, maxReplicas: 20 })).body['message']).toContain('conflict with "kubectl-edit" using autoscaling/v2: .spec.maxReplicas');
  });

  it('an object without managers belongs to before-first-apply', async () => {
    world.store.put({ ...hpa('bare'), metadata: { name: 'bare', namespace: 'default' } });
    const { status, body } = await call({ method: 'PATCH', path: `${hpas}/bare?fieldManager=spillway`, body: { ...bounds({ maxReplicas: 11 }), metadata: { name: 'bare' } }, contentType: apply });
    expect([status, body['message']]).toEqual([409, expect.stringContaining('"before-first-apply"')]);
  });

  it('validates and refuses stale writes', async () => {
    const before = await call({ path: `${hpas}/web` });
    await call({ method: 'PATCH', path: `${hpas}/web`, body: { spec: { maxReplicas: 11 } }, contentType: merge });
    const stale = await call({ method: 'PUT', path: `${hpas}/web`, body: before.body });
    expect([stale.status, stale.body['reason'], stale.body['message']]).toEqual([409, 'Conflict', expect.stringContaining('the object has been modified')]);
    const invalid = await call({ method: 'PATCH', path: `${hpas}/web`, body: { spec: { minReplicas: 12 } }, contentType: merge });
    expect([invalid.status, invalid.body['details']]).toEqual([422, expect.objectContaining({ causes: [{ reason: 'FieldValueInvalid', field: 'spec.maxReplicas', message: 'Invalid value: 11: must be greater than or equal to `minReplicas`' }] })]);
  });

  it('a dry run shows the outcome and stores nothing', async () => {
    const version = world.store.resourceVersion;
    expect((await applyBounds({ minReplicas: 7, maxReplicas: 70 }, '&force=true&dryRun=All')).body['spec']).toMatchObject({ minReplicas: 7 });
    expect(world.store.resourceVersion).toBe(version);
  });

  it('unknown fields: refused when strict, a warning otherwise, never stored', async () => {
    const patch = (query: string) => call({ method: 'PATCH', path: `${hpas}/web?${query}`, body: { spec: { minReplica: 1 } }, contentType: merge });
    expect((await patch('fieldValidation=Strict')).body['message']).toContain('strict decoding error: unknown field "spec.minReplica"');
    const warned = await patch('');
    expect([warned.status, warned.headers['warning']]).toEqual([200, '299 - "unknown field \\"spec.minReplica\\""']);
    expect(warned.body['spec']).not.toHaveProperty('minReplica');
    expect((await patch('fieldValidation=Ignore')).headers['warning']).toBeUndefined();
  });
});

describe('kubernetes face: lists', () => {
  beforeEach(() => {
    for (let index = 0; index < 7; index++) world.store.put(pod(`p${index}`, { app: index % 2 === 0 ? 'even' : 'odd' }, index < 3 ? 'n1' : 'n2'));
  });
  const names = (body: Record<string, unknown>) => (body['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);

  it('goes page by page, at the version of the first one', async () => {
    const seen: string[] = [];
    let next = '';
    const versions = new Set<unknown>();
    do {
      const { body } = await call({ path: `/api/v1/pods?limit=3${next === '' ? '' : `&continue=${next}`}` });
      const metadata = body['metadata'] as { continue?: string; resourceVersion: string };
      versions.add(metadata.resourceVersion);
      seen.push(...names(body));
      next = metadata.continue ?? '';
      world.store.put(pod(`z${seen.length}`, {}));
    } while (next !== '');
    expect(seen.slice(0, 7)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    expect(versions.size).toBe(1);
  });

  it('selects by labels and fields', async () => {
    const list = async (query: string) => names((await call({ path: `/api/v1/pods?${query}` })).body);
    expect(await list('labelSelector=app%3Dodd')).toEqual(['p1', 'p3', 'p5']);
    expect(await list('labelSelector=app+notin+(odd)&fieldSelector=spec.nodeName%3Dn1')).toEqual(['p0', 'p2']);
    expect(await list('fieldSelector=metadata.name!%3Dp0,status.phase%3DRunning&limit=2')).toEqual(['p1', 'p2']);
  });

  it('answers a table where kubectl asks for one', async () => {
    const { body } = await call({ path: '/api/v1/namespaces/default/pods?limit=500', headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } });
    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect((body['rows'] as { cells: unknown[] }[])[0]?.cells.slice(0, 5)).toEqual(['p0', '1/1', 'Running', 2, '0s']);
  });

  it('serialises an object once for each of its versions', async () => {
    let written = 0;
    const spec = { nodeName: 'n1', toJSON: () => ({ nodeName: `n${++written}` }) };
    world.store.put({ ...pod('counted', { app: 'counted' }), spec });
    for (let round = 0; round < 3; round++) {
      await callFace(world.face, { path: '/api/v1/pods' });
      await callFace(world.face, { path: '/api/v1/namespaces/default/pods/counted' });
    }
    expect(written).toBe(1);
    world.store.put({ ...pod('counted', { app: 'counted' }), spec });
    await callFace(world.face, { path: '/api/v1/pods' });
    expect(written).toBe(2);
  });
});

describe('kubernetes face: watch', () => {
  const watch = async (query: string, act: () => Promise<void> | void, headers: Readonly<Record<string, string>> = {}): Promise<readonly { readonly type: string; readonly object: Record<string, unknown> }[]> => {
    const gone = new AbortController();
    const response = await world.face({ method: 'GET', url: new URL(`https://k${hpas}?watch=true&${query}`), headers: { authorization: 'Bearer admin-token', ...headers }, body: null, signal: gone.signal });
    const read = bodyBytes(response);
    await Promise.resolve();
    await act();
    await new Promise((later) => setImmediate(later));
    gone.abort();
    return (await read).toString().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { type: string; object: Record<string, unknown> });
  };
  const change = (maxReplicas: number) => call({ method: 'PATCH', path: `${hpas}/web`, body: { spec: { maxReplicas } }, contentType: merge });
  const types = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

  it('begins with what is there, then tells each change', async () => {
    const events = await watch('', async () => {
      await change(11);
      await call({ method: 'POST', path: hpas, body: hpa('second') });
      await call({ method: 'DELETE', path: `${hpas}/second` });
    });
    expect(types(events)).toEqual(['ADDED', 'MODIFIED', 'ADDED', 'DELETED']);
    expect(events[1]?.object).toMatchObject({ kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2', spec: { maxReplicas: 11 } });
  });

  it('goes on from a version', async () => {
    const version = world.store.resourceVersion;
    await change(11);
    await change(12);
    const events = await watch(`resourceVersion=${version}`, async () => {
      await change(13);
    });
    expect(events.map(({ object }) => (object['spec'] as { maxReplicas: number }).maxReplicas)).toEqual([11, 12, 13]);
  });

  it('tells that a version is too old', async () => {
    const events = await watch('resourceVersion=1', () => undefined);
    expect(events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
  });

  it('an object that leaves the selection is deleted as far as the watcher sees', async () => {
    const relabel = (app: string) => call({ method: 'PATCH', path: `${hpas}/web`, body: { metadata: { labels: { app } } }, contentType: merge });
    const events = await watch('labelSelector=app%3Dweb', async () => {
      await change(11);
      await relabel('other');
      await change(12);
      await relabel('web');
    });
    expect(types(events)).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'ADDED']);
  });

  it('sends bookmarks when asked, and ends at its timeout', async () => {
    const ended = watch('allowWatchBookmarks=true&timeoutSeconds=90', () => {
      for (const timer of world.timers.filter(({ at }) => at === start + 60_000)) timer.fire();
    });
    expect(types(await ended)).toEqual(['ADDED', 'BOOKMARK']);
    const response = await world.face({ method: 'GET', url: new URL(`https://k${hpas}?watch=1&timeoutSeconds=5`), headers: { authorization: 'Bearer admin-token' }, body: null, signal: new AbortController().signal });
    const read = bodyBytes(response);
    await new Promise((later) => setImmediate(later));
    world.timers.find(({ at }) => at === start + 5000)?.fire();
    expect((await read).toString()).toContain('"ADDED"');
  });

  it('leaves no listener and no timer behind', async () => {
    await watch('allowWatchBookmarks=true&timeoutSeconds=90', () => undefined);
    expect([world.store.watched, world.timers.length]).toEqual([false, 0]);
  });
});

describe('kubernetes face: what is not there and who may not', () => {
  it.each([
    ['GET', '/api/v1/namespaces/default/secrets', 404],
    ['GET', '/apis/apps/v1/namespaces/default/deployments/web/status', 501],
    ['GET', '/api/v1/namespaces/default/pods/x/log', 501],
    ['DELETE', hpas, 501],
    ['PUT', '/api/v1/nodes', 405],
    ['GET', '/openapi/v2', 501],
    ['GET', '/nowhere', 404],
  ])('%s %s answers %i', async (method, path, status) => {
    expect((await callFace(world.face, { method, path })).status).toBe(status);
  });

  it('refuses no token, a wrong one, and one without rights', async () => {
    expect((await call({ path: '/api/v1/nodes', token: null })).body).toMatchObject({ code: 401, reason: 'Unauthorized' });
    expect((await call({ path: '/api/v1/nodes', token: 'wrong' })).status).toBe(401);
    expect((await call({ path: `${hpas}/web`, token: 'nobody-token' })).body).toMatchObject({ code: 403, reason: 'Forbidden', message: 'horizontalpodautoscalers.autoscaling "web" is forbidden: User "test-nobody" cannot get resource "horizontalpodautoscalers" in API group "autoscaling" in the namespace "default"' });
  });

  it('an API server that is gone is a broken connection', async () => {
    world.apiServerFault = 'refused';
    await expect(callFace(world.face, { path: '/readyz' })).rejects.toBeInstanceOf(ConnectionFault);
  });

  it('an eviction asks the disruption budget, which counts down at once', async () => {
    const evict = (name: string) => call({ method: 'POST', path: `/api/v1/namespaces/default/pods/${name}/eviction`, body: {} });
    for (const name of ['p1', 'p2']) world.store.put(pod(name, { app: 'web' }));
    world.store.put({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'web' } } }, status: { disruptionsAllowed: 1, desiredHealthy: 1, currentHealthy: 2 } });
    expect((await evict('p1')).status).toBe(201);
    const refused = await evict('p2');
    expect(refused.body).toMatchObject({ code: 429, reason: 'TooManyRequests', details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 2 currently' }] } });
    expect([world.store.get('Pod', 'default', 'p1'), world.store.get('Pod', 'default', 'p2') === null]).toEqual([null, false]);
  });

  it('a daemon set is read off its pods and cannot be written', async () => {
    world.store.put({ ...pod('agent-1', {}), metadata: { name: 'agent-1', namespace: 'default', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'u1' }] } });
    const path = '/apis/apps/v1/namespaces/default/daemonsets';
    expect((await call({ path: `${path}/agent` })).body).toMatchObject({ kind: 'DaemonSet', metadata: { name: 'agent', uid: 'u1' }, status: { desiredNumberScheduled: 1 } });
    expect((await call({ path: `${path}/none` })).status).toBe(404);
    expect((await call({ method: 'DELETE', path: `${path}/agent` })).status).toBe(405);
  });

  it('over physics, what would be followed by nothing is refused by name', async () => {
    world = createKubeWorld({ controllers: 'physics' });
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'i:1' }] } };
    world.store.put({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template } });
    const deployments = '/apis/apps/v1/namespaces/default/deployments';
    const created = await call({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: pod('mine', {}) });
    expect([created.status, created.body['message']]).toEqual([501, 'the sandbox does not serve the creation of pods: its physics would not follow']);
    expect((await call({ method: 'DELETE', path: `${deployments}/web` })).status).toBe(501);
    expect((await call({ method: 'PATCH', path: `${deployments}/new?fieldManager=a`, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'new' } }, contentType: apply })).status).toBe(501);
    expect((await call({ method: 'POST', path: hpas, body: hpa('second') })).status).toBe(201);
    const change = async (spec: unknown, contentType = merge): Promise<readonly unknown[]> => {
      const { status, body } = await call({ method: 'PATCH', path: `${deployments}/web?fieldManager=a&force=true`.replace(contentType === apply ? '' : '&force=true', ''), body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }, contentType });
      return status === 501 ? [status, body['message']] : [status];
    };
    const noRollouts = [501, 'the sandbox does not serve changes of a pod template (a restart, an image, resources): its physics has no rollouts'];
    expect(await change({ template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } })).toEqual(noRollouts);
    expect(await change({ template: { spec: { containers: [{ name: 'app', image: 'i:2' }] } } }, apply)).toEqual(noRollouts);
    expect(await change({ replicas: 3, template })).toEqual([200]);
    expect(await change({ template }, apply)).toEqual([200]);
  });

  it('a namespace goes only when it is empty', async () => {
    expect((await call({ method: 'DELETE', path: '/api/v1/namespaces/default' })).body).toMatchObject({ code: 501, message: 'the sandbox does not serve the deletion of a namespace that holds objects (default)' });
    expect((await call({ method: 'DELETE', path: '/api/v1/namespaces/kube-system' })).status).toBe(200);
  });

  it('scale moves the replicas and nothing else', async () => {
    const deployments = '/apis/apps/v1/namespaces/default/deployments';
    await call({ method: 'POST', path: deployments, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'i:1' }] } } } } });
    const scaled = await call({ method: 'PATCH', path: `${deployments}/web/scale`, body: { spec: { replicas: 9 } }, contentType: merge });
    expect(scaled.body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 9 }, status: { selector: 'app=web' } });
    const { body } = await call({ path: `${deployments}/web` });
    expect(body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 9, template: { spec: { containers: [{ name: 'app' }] } } } });
  });
});
