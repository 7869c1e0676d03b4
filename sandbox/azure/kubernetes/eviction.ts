import type { KubeObject } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';
import { isDryRun, readOptions } from './body.ts';
import { isObject, numberAt, objectAt } from './json.ts';
import type { JsonObject } from './json.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { schemaObject } from './schemaObject.ts';
import { KubeRefusal, methodNotAllowed, notFound } from './status.ts';
import { jsonResponse } from './wire.ts';

/** POST pods/{name}/eviction, what `kubectl drain` asks for: a deletion that its disruption budgets may refuse. The Eviction holds DeleteOptions. */
export function evictPod(context: KubeRequest, name: string): FaceResponse {
  const { store, namespace, kind, request } = context;
  if (request.method !== 'POST') throw methodNotAllowed();
  const pod = store.get('Pod', namespace, name);
  if (pod === null) throw notFound(kind, name);
  const budgets = store.list('PodDisruptionBudget', namespace).filter((budget) => selects(budget, pod));
  for (const budget of budgets) if (allowed(budget) <= 0) throw violates(budget);
  if (!isDryRun(context, objectAt(readOptions(context), 'deleteOptions'))) {
    // The API server counts down at once; the controller counts anew later.
    for (const budget of budgets) store.put({ ...budget, metadata: { ...budget.metadata }, status: { ...objectAt(schemaObject(budget), 'status'), disruptionsAllowed: allowed(budget) - 1 } });
    store.remove('Pod', namespace, name);
  }
  return jsonResponse(201, JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }));
}

const allowed = (budget: KubeObject): number => numberAt(objectAt(schemaObject(budget), 'status'), 'disruptionsAllowed') ?? 0;

function selects(budget: KubeObject, pod: KubeObject): boolean {
  const wanted = objectAt(objectAt(objectAt(schemaObject(budget), 'spec'), 'selector'), 'matchLabels');
  const labels: JsonObject = objectAt(objectAt(schemaObject(pod), 'metadata'), 'labels');
  return isObject(wanted) && Object.keys(wanted).length > 0 && Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function violates(budget: KubeObject): KubeRefusal {
  const status = objectAt(schemaObject(budget), 'status');
  const message = `The disruption budget ${budget.metadata.name} needs ${numberAt(status, 'desiredHealthy') ?? 0} healthy pods and has ${numberAt(status, 'currentHealthy') ?? 0} currently`;
  return new KubeRefusal(429, 'TooManyRequests', 'Cannot evict pod as it would violate the pod\'s disruption budget.', { causes: [{ reason: 'DisruptionBudget', message }] });
}
