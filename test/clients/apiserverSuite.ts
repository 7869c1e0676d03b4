/**
 * One session of requests that the sandbox's Kubernetes face and a real kube-apiserver are both asked, in this order.
 * Answers are compared whole, messages and managedFields included, but for instants, uids and versions.
 * `words`: why the words may differ; status, reason and causes are compared. `differs`: why the answers do; the step is only sent.
 */
export interface SuiteStep {
  readonly name: string;
  readonly method: string;
  /** `{{name}}` is replaced by what an earlier step kept under that name. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly token?: string | null;
  /** Keeps the object's resourceVersion (or a list's continue token) for later steps. */
  readonly keep?: { readonly as: string; readonly what: 'resourceVersion' | 'continue' };
  readonly words?: string;
  readonly differs?: string;
}

const hpas = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';

const hpa = (name: string, spec: Record<string, unknown> = {}) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, labels: { app: name } },
  spec: {
    minReplicas: 2,
    maxReplicas: 10,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
    ...spec,
  },
});

const bounds = (spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', ...metadata }, spec });

const deployment = (name: string, spec: Record<string, unknown> = {}, container: Record<string, unknown> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: 'shop/web:1', ports: [{ containerPort: 8080 }], env: [{ name: 'A', value: '1' }], resources: { requests: { cpu: '250m', memory: '256Mi' } }, ...container }] },
    },
    ...spec,
  },
});

const pod = (name: string, app: string, node: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app, tier: 'front' } }, spec: { nodeName: node, containers: [{ name: 'app', image: 'shop/web:1' }] } });

export const suiteSteps: readonly SuiteStep[] = [
  { name: 'version is there for everybody who has a token', method: 'GET', path: '/readyz' },
  { name: 'no token', method: 'GET', path: '/api/v1/nodes', token: null },
  { name: 'wrong token', method: 'GET', path: '/api/v1/nodes', token: 'wrong-token' },
  { name: 'token without rights: list', method: 'GET', path: '/api/v1/nodes', token: 'nobody-token' },
  { name: 'token without rights: get', method: 'GET', path: '/apis/apps/v1/namespaces/shop/deployments/web', token: 'nobody-token' },
  { name: 'token without rights: patch', method: 'PATCH', path: `${hpas}/web?fieldManager=x`, body: bounds({ minReplicas: 1 }), contentType: apply, token: 'nobody-token' },
  { name: 'token without rights: scale', method: 'PUT', path: `${deployments}/web/scale`, body: {}, token: 'nobody-token' },
  { name: 'unknown resource', method: 'GET', path: '/api/v1/namespaces/shop/nopes/x' },
  { name: 'unknown resource of a known group', method: 'GET', path: '/apis/apps/v1/nopes' },
  { name: 'unknown group', method: 'GET', path: '/apis/nope.example/v1/foos' },
  { name: 'unknown version of a known group', method: 'GET', path: '/apis/apps/v9/deployments' },
  { name: 'PUT on a collection', method: 'PUT', path: '/api/v1/nodes', body: {} },
  { name: 'POST on one object', method: 'POST', path: '/api/v1/nodes/n', body: {} },
  { name: 'limit that is no number', method: 'GET', path: '/api/v1/nodes?limit=x' },

  { name: 'create a namespace', method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, words: 'newer releases label a namespace with its name' },
  { name: 'create a namespace with a bad name', method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'Bad_Name' } }, words: 'newer releases say "lowercase RFC 1123 label"' },
  { name: 'create in a namespace that is not there', method: 'POST', path: '/apis/apps/v1/namespaces/nowhere/deployments', body: deployment('web') },

  { name: 'create an HPA', method: 'POST', path: `${hpas}?fieldManager=kubectl-client-side-apply`, body: hpa('web'), keep: { as: 'first', what: 'resourceVersion' } },
  { name: 'create it twice', method: 'POST', path: hpas, body: hpa('web') },
  { name: 'create without a name', method: 'POST', path: hpas, body: { ...hpa('web'), metadata: {} } },
  { name: 'create with generateName and a taken body kind', method: 'POST', path: hpas, body: { ...hpa('web'), kind: 'Deployment' } },
  { name: 'create with another apiVersion', method: 'POST', path: hpas, body: { ...hpa('web'), apiVersion: 'apps/v1' } },
  { name: 'create in another namespace than the URL says', method: 'POST', path: hpas, body: { ...hpa('other'), metadata: { name: 'other', namespace: 'else' } } },
  { name: 'create with a broken body', method: 'POST', path: hpas, body: '{"apiVersion":', words: 'the JSON decoder speaks' },
  { name: 'create with a body of an unknown format', method: 'POST', path: hpas, body: 'x', contentType: 'text/plain' },
  { name: 'create an HPA with wrong types', method: 'POST', path: hpas, body: hpa('typed', { minReplicas: 'two' }), words: 'the JSON decoder speaks' },
  { name: 'HPA defaults: minReplicas and metrics', method: 'POST', path: `${hpas}?fieldManager=helm`, body: hpa('plain', { minReplicas: undefined, metrics: undefined }) },
  { name: 'HPA with min over max', method: 'POST', path: hpas, body: hpa('bad', { minReplicas: 11 }) },
  { name: 'HPA with max 0', method: 'POST', path: hpas, body: hpa('bad', { maxReplicas: 0 }) },
  { name: 'HPA with min 0', method: 'POST', path: hpas, body: hpa('bad', { minReplicas: 0 }) },
  { name: 'HPA with a negative max', method: 'POST', path: hpas, body: hpa('bad', { maxReplicas: -1 }) },
  { name: 'HPA without a target', method: 'POST', path: hpas, body: hpa('bad', { scaleTargetRef: undefined }) },
  { name: 'HPA with an unknown metric type', method: 'POST', path: hpas, body: hpa('bad', { metrics: [{ type: 'Nope' }] }), words: 'the list of supported values grew' },
  { name: 'HPA with a metric without a source', method: 'POST', path: hpas, body: hpa('bad', { metrics: [{ type: 'Resource' }] }) },
  { name: 'HPA with a zero target', method: 'POST', path: hpas, body: hpa('bad', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } } }] }), words: 'words only' },
  { name: 'HPA with a long stabilisation window', method: 'POST', path: hpas, body: hpa('bad', { behavior: { scaleDown: { stabilizationWindowSeconds: 4000, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } } }) },
  { name: 'HPA with a bad name', method: 'POST', path: hpas, body: hpa('Bad_Name'), words: 'words of the name rule' },

  { name: 'get', method: 'GET', path: `${hpas}/web` },
  { name: 'get what is not there', method: 'GET', path: `${hpas}/none` },
  { name: 'list', method: 'GET', path: hpas },
  { name: 'list over all namespaces', method: 'GET', path: '/apis/autoscaling/v2/horizontalpodautoscalers' },
  { name: 'list by label', method: 'GET', path: `${hpas}?labelSelector=app%3Dweb` },
  { name: 'list by label set', method: 'GET', path: `${hpas}?labelSelector=app%20in%20(plain,none),app!%3Dweb` },
  { name: 'list by label absence', method: 'GET', path: `${hpas}?labelSelector=!app` },
  { name: 'list by a broken label selector', method: 'GET', path: `${hpas}?labelSelector=%3D%3D`, words: 'words of the parser' },
  { name: 'list by name', method: 'GET', path: `${hpas}?fieldSelector=metadata.name%3Dplain` },
  { name: 'list by a field that cannot be selected', method: 'GET', path: `${hpas}?fieldSelector=spec.minReplicas%3D2` },

  { name: 'apply: conflict with the owner of both bounds', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ minReplicas: 5, maxReplicas: 20 }), contentType: apply },
  { name: 'apply: conflict with the owner of one bound', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ minReplicas: 5, maxReplicas: 10 }), contentType: apply },
  { name: 'apply: same values share ownership', method: 'PATCH', path: `${hpas}/web?fieldManager=sharer`, body: bounds({ maxReplicas: 10 }), contentType: apply },
  { name: 'apply: conflict with two owners', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ minReplicas: 5, maxReplicas: 20 }), contentType: apply },
  { name: 'apply: forced', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway&force=true`, body: bounds({ minReplicas: 5, maxReplicas: 20 }), contentType: apply, keep: { as: 'forced', what: 'resourceVersion' } },
  { name: 'apply: the same again changes nothing', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ minReplicas: 5, maxReplicas: 20 }), contentType: apply },
  { name: 'apply: the old owner by plain update takes them back', method: 'PATCH', path: `${hpas}/web?fieldManager=kubectl-client-side-apply`, body: { spec: { minReplicas: 6 } }, contentType: merge },
  { name: 'apply: conflict after that', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ minReplicas: 5, maxReplicas: 20 }), contentType: apply },
  { name: 'apply: forced again', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway&force=true`, body: bounds({ minReplicas: 5, maxReplicas: 20 }), contentType: apply },
  { name: 'apply: min over max', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ minReplicas: 30, maxReplicas: 20 }), contentType: apply },
  { name: 'apply: leaving maxReplicas out', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ minReplicas: 3 }), contentType: apply },
  { name: 'apply: leaving minReplicas out sets 1', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ maxReplicas: 20 }), contentType: apply },
  { name: 'apply: without a field manager', method: 'PATCH', path: `${hpas}/web`, body: bounds({ maxReplicas: 20 }), contentType: apply, words: 'the causes of PatchOptions' },
  { name: 'apply: another name than the URL', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ maxReplicas: 20 }, { name: 'else' }), contentType: apply },
  { name: 'apply: without apiVersion', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: { kind: 'HorizontalPodAutoscaler', spec: {} }, contentType: apply, words: 'words only' },
  { name: 'apply: with managedFields', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ maxReplicas: 20 }, { managedFields: [{}] }), contentType: apply },
  { name: 'apply: a stale resourceVersion', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ maxReplicas: 21 }, { resourceVersion: '{{first}}' }), contentType: apply },
  { name: 'apply: as YAML', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  minReplicas: 4\n  maxReplicas: 22\n', contentType: apply },
  { name: 'apply: an unknown field', method: 'PATCH', path: `${hpas}/web?fieldManager=spillway`, body: bounds({ maxReplicas: 22, nope: 1 }), contentType: apply, differs: 'the real server answers 500 without a reason, the face 400 with its message' },
  { name: 'apply: creates what is not there', method: 'PATCH', path: `${hpas}/fresh?fieldManager=spillway`, body: hpa('fresh'), contentType: apply },
  { name: 'apply: labels given up are removed', method: 'PATCH', path: `${hpas}/fresh?fieldManager=spillway`, body: { ...hpa('fresh'), metadata: { name: 'fresh', labels: { other: 'x' } } }, contentType: apply },
  { name: 'apply: dry run stores nothing', method: 'PATCH', path: `${hpas}/fresh?fieldManager=spillway&dryRun=All`, body: hpa('fresh', { maxReplicas: 99 }), contentType: apply },
  { name: 'apply: after the dry run', method: 'GET', path: `${hpas}/fresh` },

  { name: 'merge patch', method: 'PATCH', path: `${hpas}/plain?fieldManager=person`, body: { metadata: { annotations: { why: 'test' } }, spec: { maxReplicas: 12 } }, contentType: merge },
  { name: 'merge patch removes by null', method: 'PATCH', path: `${hpas}/plain?fieldManager=person`, body: { metadata: { annotations: { why: null } } }, contentType: merge },
  { name: 'merge patch to an invalid object', method: 'PATCH', path: `${hpas}/plain`, body: { spec: { maxReplicas: 0 } }, contentType: merge },
  { name: 'merge patch with a wrong type', method: 'PATCH', path: `${hpas}/plain`, body: { spec: { maxReplicas: 'x' } }, contentType: merge, words: 'the JSON decoder speaks' },
  { name: 'merge patch of nothing', method: 'PATCH', path: `${hpas}/none`, body: {}, contentType: merge },
  { name: 'merge patch with a stale version', method: 'PATCH', path: `${hpas}/web`, body: { metadata: { resourceVersion: '{{first}}' }, spec: { maxReplicas: 30 } }, contentType: merge },
  { name: 'merge patch that renames', method: 'PATCH', path: `${hpas}/plain`, body: { metadata: { name: 'else' } }, contentType: merge },
  { name: 'merge patch that is no object', method: 'PATCH', path: `${hpas}/plain`, body: [1], contentType: merge, words: 'the JSON decoder speaks' },
  { name: 'force is for apply alone', method: 'PATCH', path: `${hpas}/plain?force=true`, body: {}, contentType: merge, words: 'the causes of PatchOptions' },
  { name: 'patch of an unknown kind', method: 'PATCH', path: `${hpas}/plain`, body: {}, contentType: 'application/json', words: 'order of the media types' },
  { name: 'JSON patch', method: 'PATCH', path: `${hpas}/plain?fieldManager=person`, body: [{ op: 'test', path: '/spec/maxReplicas', value: 12 }, { op: 'replace', path: '/spec/maxReplicas', value: 13 }, { op: 'add', path: '/metadata/annotations', value: { a: 'b' } }], contentType: jsonPatch },
  { name: 'JSON patch: test fails', method: 'PATCH', path: `${hpas}/plain`, body: [{ op: 'test', path: '/spec/maxReplicas', value: 1 }], contentType: jsonPatch, words: 'words only' },
  { name: 'JSON patch: path is not there', method: 'PATCH', path: `${hpas}/plain`, body: [{ op: 'replace', path: '/spec/nothing', value: 1 }], contentType: jsonPatch, differs: 'release 1.20 accepts a replace of what is not there, later ones refuse it with 422' },
  { name: 'JSON patch: not a list', method: 'PATCH', path: `${hpas}/plain`, body: {}, contentType: jsonPatch, words: 'words only' },
  { name: 'patch with a broken body', method: 'PATCH', path: `${hpas}/plain`, body: '{', contentType: merge, differs: 'release 1.20 answers 500 without a reason' },
  { name: 'strategic patch of an HPA replaces its metrics', method: 'PATCH', path: `${hpas}/plain?fieldManager=person`, body: { spec: { metrics: [{ type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 70 } } }] } }, contentType: strategic },

  { name: 'replace with a stale version', method: 'PUT', path: `${hpas}/web`, body: { ...hpa('web'), metadata: { name: 'web', resourceVersion: '{{first}}' } } },
  { name: 'replace without a version', method: 'PUT', path: `${hpas}/web?fieldManager=person`, body: hpa('web', { maxReplicas: 15 }) },
  { name: 'replace with another name', method: 'PUT', path: `${hpas}/web`, body: hpa('else') },
  { name: 'replace what is not there', method: 'PUT', path: `${hpas}/none`, body: { ...hpa('none'), metadata: { name: 'none', uid: 'x' } }, words: 'a PUT with a uid that is not there' },
  { name: 'replace with a wrong uid', method: 'PUT', path: `${hpas}/web`, body: { ...hpa('web'), metadata: { name: 'web', uid: '00000000-0000-4000-8000-000000000000' } } },

  { name: 'create a deployment', method: 'POST', path: `${deployments}?fieldManager=kubectl-create`, body: deployment('web') },
  { name: 'deployment: selector does not match', method: 'POST', path: deployments, body: deployment('bad', { selector: { matchLabels: { app: 'else' } } }), words: 'later releases print values as JSON' },
  { name: 'deployment: no selector', method: 'POST', path: deployments, body: deployment('bad', { selector: undefined }), words: 'later releases print values as JSON' },
  { name: 'deployment: negative replicas', method: 'POST', path: deployments, body: deployment('bad', { replicas: -1 }) },
  { name: 'deployment: no containers', method: 'POST', path: deployments, body: deployment('bad', { template: { metadata: { labels: { app: 'bad' } }, spec: { containers: [] } } }) },
  { name: 'deployment: no image', method: 'POST', path: deployments, body: deployment('bad', {}, { image: undefined }) },
  { name: 'deployment: selector is immutable', method: 'PATCH', path: `${deployments}/web`, body: { spec: { selector: { matchLabels: { app: 'web2' } }, template: { metadata: { labels: { app: 'web2' } } } } }, contentType: merge, words: 'later releases print values as JSON' },
  { name: 'deployment: strategic patch merges containers and env by name', method: 'PATCH', path: `${deployments}/web?fieldManager=person`, body: { spec: { template: { spec: { containers: [{ name: 'app', image: 'shop/web:2', env: [{ name: 'B', value: '2' }] }] } } } }, contentType: strategic },
  { name: 'deployment: strategic patch adds a container', method: 'PATCH', path: `${deployments}/web?fieldManager=person`, body: { spec: { template: { spec: { containers: [{ name: 'side', image: 'shop/side:1' }] } } } }, contentType: strategic },
  { name: 'deployment: strategic patch deletes a container', method: 'PATCH', path: `${deployments}/web?fieldManager=person`, body: { spec: { template: { spec: { containers: [{ $patch: 'delete', name: 'side' }] } } } }, contentType: strategic },
  { name: 'deployment: strategic patch deletes an env', method: 'PATCH', path: `${deployments}/web?fieldManager=person`, body: { spec: { template: { spec: { containers: [{ name: 'app', env: [{ name: 'B', $patch: 'delete' }] }] } } } }, contentType: strategic },
  { name: 'deployment: strategic patch without the merge key', method: 'PATCH', path: `${deployments}/web`, body: { spec: { template: { spec: { containers: [{ image: 'x' }] } } } }, contentType: strategic, differs: 'the real server answers 500 without a reason, the face 400' },
  { name: 'deployment: apply one env of a second manager', method: 'PATCH', path: `${deployments}/web?fieldManager=second`, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { template: { spec: { containers: [{ name: 'app', env: [{ name: 'C', value: '3' }] }] } } } }, contentType: apply },
  { name: 'deployment: apply conflicts on an image', method: 'PATCH', path: `${deployments}/web?fieldManager=second`, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { template: { spec: { containers: [{ name: 'app', image: 'shop/web:9' }] } } } }, contentType: apply },
  { name: 'deployment: apply gives its env up', method: 'PATCH', path: `${deployments}/web?fieldManager=second`, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { second: 'yes' } } }, contentType: apply },
  { name: 'deployment: conflict of two managers on replicas', method: 'PATCH', path: `${deployments}/web?fieldManager=second`, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 9 } }, contentType: apply },

  { name: 'scale: read', method: 'GET', path: `${deployments}/web/scale` },
  { name: 'scale: merge patch', method: 'PATCH', path: `${deployments}/web/scale?fieldManager=kubectl-scale`, body: { spec: { replicas: 7 } }, contentType: merge },
  { name: 'scale: replace', method: 'PUT', path: `${deployments}/web/scale`, body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 4 } } },
  { name: 'scale: stale', method: 'PUT', path: `${deployments}/web/scale`, body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web', namespace: 'shop', resourceVersion: '{{first}}' }, spec: { replicas: 5 } } },
  { name: 'scale: negative', method: 'PATCH', path: `${deployments}/web/scale`, body: { spec: { replicas: -1 } }, contentType: merge },
  { name: 'scale: what is not there', method: 'GET', path: `${deployments}/none/scale` },
  { name: 'scale: seen in the deployment', method: 'GET', path: `${deployments}/web`, words: 'managedFields of a subresource are told apart since 1.22' },

  { name: 'create pod a', method: 'POST', path: '/api/v1/namespaces/shop/pods', body: pod('a', 'web', 'n1'), words: 'the service account that admission adds' },
  { name: 'create pod b', method: 'POST', path: '/api/v1/namespaces/shop/pods', body: pod('b', 'web', 'n2'), words: 'the service account that admission adds' },
  { name: 'create pod c', method: 'POST', path: '/api/v1/namespaces/shop/pods', body: pod('c', 'other', 'n1'), words: 'the service account that admission adds' },
  { name: 'pods: first page', method: 'GET', path: '/api/v1/pods?limit=2', keep: { as: 'page', what: 'continue' } },
  { name: 'pods: second page', method: 'GET', path: '/api/v1/pods?limit=2&continue={{page}}' },
  { name: 'pods: by node', method: 'GET', path: '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1' },
  { name: 'pods: by phase and label', method: 'GET', path: '/api/v1/namespaces/shop/pods?fieldSelector=status.phase!%3DSucceeded&labelSelector=app%3Dweb,tier' },
  { name: 'pods: a broken continue', method: 'GET', path: '/api/v1/pods?limit=2&continue=%21%21', words: 'words only' },
  { name: 'pods: delete with a wrong uid', method: 'DELETE', path: '/api/v1/namespaces/shop/pods/a', body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: '00000000-0000-4000-8000-000000000000' } } },
  { name: 'pods: delete now', method: 'DELETE', path: '/api/v1/namespaces/shop/pods/a?gracePeriodSeconds=0', words: 'what admission adds to a pod' },
  { name: 'pods: gone', method: 'GET', path: '/api/v1/namespaces/shop/pods/a' },
  { name: 'pods: delete again', method: 'DELETE', path: '/api/v1/namespaces/shop/pods/a' },

  { name: 'create a node', method: 'POST', path: '/api/v1/nodes?fieldManager=kubelet', body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { agentpool: 'user1' } }, spec: { providerID: 'azure:///x' } }, words: 'admission taints a new node' },
  { name: 'cordon by strategic patch', method: 'PATCH', path: '/api/v1/nodes/n1?fieldManager=kubectl-cordon', body: { spec: { unschedulable: true } }, contentType: strategic, words: 'admission taints a new node' },
  { name: 'list cordoned nodes', method: 'GET', path: '/api/v1/nodes?fieldSelector=spec.unschedulable%3Dtrue', words: 'admission taints a new node' },
  { name: 'uncordon by null', method: 'PATCH', path: '/api/v1/nodes/n1?fieldManager=kubectl-cordon', body: { spec: { unschedulable: null } }, contentType: strategic, words: 'admission taints a new node' },
  { name: 'taint a node', method: 'PATCH', path: '/api/v1/nodes/n1?fieldManager=person', body: { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } }, contentType: strategic, words: 'admission taints a new node' },

  { name: 'delete an HPA: a dry run by the options', method: 'DELETE', path: `${hpas}/plain`, body: { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] } },
  { name: 'delete an HPA: a dry run by the query', method: 'DELETE', path: `${hpas}/plain?dryRun=All` },
  { name: 'delete an HPA', method: 'DELETE', path: `${hpas}/plain` },
  { name: 'delete it again', method: 'DELETE', path: `${hpas}/plain` },
  { name: 'watch from a version that is gone', method: 'GET', path: `${hpas}?watch=true&resourceVersion=1&timeoutSeconds=1`, differs: 'the real server has forgotten nothing yet, the face keeps 5,000 changes' },
  { name: 'watch with a broken version', method: 'GET', path: `${hpas}?watch=true&resourceVersion=abc`, differs: 'the real server answers 500 without a reason, the face 400' },
];
