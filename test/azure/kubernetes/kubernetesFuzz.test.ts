import { describe, expect, it } from 'vitest';
import { suiteSteps } from '../../clients/apiserverSuite.ts';
import { createKubernetesFace } from '../../../sandbox/azure/kubernetes/index.ts';
import { VirtualClock } from '../../../sandbox/clock/index.ts';
import { createSampleWorld } from '../../../sandbox/world/index.ts';
import { bodyOf, fuzzCount, fuzzFace, fuzzTimeoutMs, pathOf, queryOf } from './fuzz.ts';
import type { Random } from './fuzz.ts';
import { callFace, createKubeWorld } from './kubeWorld.ts';

const bodies = suiteSteps.flatMap(({ body }) => (typeof body === 'object' && body !== null ? [body] : []));
const types = ['application/json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/json-patch+json', 'application/apply-patch+yaml', 'text/plain', ''];
const accepts = ['application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'application/vnd.kubernetes.protobuf', '*/*'];
const roots = [['api', 'v1'], ['apis', 'apps', 'v1'], ['apis', 'autoscaling', 'v2'], ['apis', 'policy', 'v1'], ['apis', 'nope', 'v1'], ['openapi', 'v3'], ['version'], ['apis']];
const plurals = ['pods', 'nodes', 'namespaces', 'deployments', 'replicasets', 'horizontalpodautoscalers', 'events', 'services', 'poddisruptionbudgets', 'nopes'];
const queryNames = ['watch', 'limit', 'continue', 'labelSelector', 'fieldSelector', 'resourceVersion', 'fieldManager', 'force', 'dryRun', 'fieldValidation', 'timeoutSeconds', 'allowWatchBookmarks', 'includeObject'];
const queryValues = ['true', 'false', '1', '0', '-1', '2', 'abc', 'app=web', 'app in (a,b', '!x', 'metadata.name=web', 'spec.nodeName=n', 'All', 'Strict', 'Ignore', '101', '999999999999', 'x=y=z', 'Object'];

/** Half of the requests are near those of the suite, half are put together from parts. */
function request(r: Random) {
  const step = r.chance(0.5) ? r.pick(suiteSteps) : null;
  if (step === null) return assembled(r);
  const text = step.body === undefined ? null : typeof step.body === 'string' ? Buffer.from(step.body) : bodyOf(r, [step.body]);
  return {
    method: r.chance(0.95) ? step.method : r.pick(['GET', 'PUT', 'DELETE']),
    url: new URL(`https://eastus2.kube.sandbox.test${step.path.replace(/\{\{\w+\}\}/g, '1')}`),
    headers: { authorization: 'Bearer admin-token', 'user-agent': 'fuzz/1', accept: r.pick(accepts), 'content-type': r.chance(0.9) ? (step.contentType ?? 'application/json') : r.pick(types) },
    body: text,
  };
}

function assembled(r: Random) {
  const root = r.pick(roots);
  const plural = r.pick(plurals);
  const namespaced = r.chance(0.7) ? ['namespaces', r.pick(['shop', 'default', 'none'])] : [];
  const name = r.chance(0.6) ? [r.pick(['web', 'plain', 'a', 'n1', 'none', 'Bad_Name'])] : [];
  const below = name.length > 0 && r.chance(0.2) ? [r.pick(['scale', 'status', 'log', 'eviction', 'nope'])] : [];
  const path = pathOf(r, [...root, ...namespaced, plural, ...name, ...below]);
  return {
    method: r.pick(['GET', 'GET', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']),
    url: new URL(`https://eastus2.kube.sandbox.test${path}${queryOf(r, queryNames, queryValues)}`),
    headers: { authorization: r.chance(0.97) ? 'Bearer admin-token' : 'Bearer x', 'content-type': r.pick(types), accept: r.pick(accepts), ...(r.chance(0.8) ? { 'user-agent': 'fuzz/1' } : {}) },
    body: bodyOf(r, bodies),
  };
}

describe('kubernetes face under fuzzed requests', () => {
  it(`answers ${fuzzCount} requests without a crash, a 500 or a hang`, async () => {
    const world = createKubeWorld();
    for (const step of suiteSteps.filter(({ method }) => method === 'POST')) await callFace(world.face, { method: 'POST', path: step.path, body: step.body, contentType: step.contentType ?? 'application/json' });
    const { statuses } = await fuzzFace(world.face, request, (response, text) => {
      if (response.headers['content-type'] !== 'application/json' || text === '') return;
      for (const line of text.trim().split('\n')) {
        const value = JSON.parse(line) as { readonly kind?: string; readonly code?: number };
        if (value.kind === 'Status' && value.code !== undefined) expect(value.code).toBe(response.status);
      }
    });
    expect(Object.keys(statuses).map(Number)).toEqual(expect.arrayContaining([200, 201, 400, 401, 404, 405, 409, 415, 422]));
  }, fuzzTimeoutMs);

  it(`physics goes on behind ${fuzzCount} requests`, async () => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 22));
    const world = createSampleWorld(clock, 3);
    const face = createKubernetesFace(world, 'eastus2', { checkToken: () => ({ kind: 'ok', user: 'u', groups: [] }) });
    let requests = 0;
    await fuzzFace(face, request, () => {
      if (++requests % 50 !== 0) return;
      clock.runUntil(clock.now() + 15_000);
      world.settle();
    });
    expect(world.snapshot().stamps.map(({ name }) => name)).toContain('eastus2');
    world.dispose();
  }, fuzzTimeoutMs);
});
