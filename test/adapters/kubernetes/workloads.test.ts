import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createKubeWorld } from '../../azure/kubernetes/kubeWorld.ts';
import { faceHttpClient } from '../../azure/blob/faceHttpClient.ts';
import { realCluster, workloadsContract } from '../contracts/workloadsContract.ts';

workloadsContract('the sandbox\'s Kubernetes face', () => Promise.resolve({ server: 'https://eastus2.kube.sandbox.test', ca: null, client: faceHttpClient(createKubeWorld().face) }));

/**
 * A real kube-apiserver: set SPILLWAY_TEST_KUBECONFIG to a kubeconfig that names a CA file, with the token `admin-token`.
 * Without it this half of the contract does not run.
 */
const kubeconfig = process.env['SPILLWAY_TEST_KUBECONFIG'];
if (kubeconfig === undefined) {
  console.info('workloads contract: skipped against a real API server (24 cases): SPILLWAY_TEST_KUBECONFIG is not set');
} else {
  const text = readFileSync(kubeconfig, 'utf8');
  const server = /server: "?([^",}]+)/.exec(text)?.[1] ?? '';
  const ca = /certificate-authority: ([^},]+)/.exec(text)?.[1] ?? join(dirname(kubeconfig), 'ca.crt');
  workloadsContract('a real API server', () => Promise.resolve(realCluster(server, readFileSync(ca, 'utf8'))));
}
