/** Paths of the Kubernetes API that are read here. */
export const nodesPath = '/api/v1/nodes';
export const podsPath = '/api/v1/pods';
export const deploymentsPath = (namespace: string): string => `${inNamespace('/apis/apps/v1', namespace)}/deployments`;
export const hpasPath = (namespace: string): string => `${inNamespace('/apis/autoscaling/v2', namespace)}/horizontalpodautoscalers`;
export const hpaPath = (namespace: string, name: string): string => `${hpasPath(namespace)}/${encodeURIComponent(name)}`;
export const budgetsPath = (namespace: string): string => `${inNamespace('/apis/policy/v1', namespace)}/poddisruptionbudgets`;
export const resourceQuotasPath = (namespace: string): string => `${inNamespace('/api/v1', namespace)}/resourcequotas`;

const inNamespace = (api: string, namespace: string): string => `${api}/namespaces/${encodeURIComponent(namespace)}`;
