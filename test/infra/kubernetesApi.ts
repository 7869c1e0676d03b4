import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Script that starts a real etcd and kube-apiserver on loopback and prints the kubeconfig's path. */
const starter = join(import.meta.dirname, '..', '..', '..', 'shared', 'tools', 'kubernetes', 'run.sh');

export interface KubernetesApi {
  readonly kubeconfig: string;
  readonly stop: () => Promise<void>;
}

export const kubernetesApiIsThere = (): boolean => existsSync(starter);

/** Starts a server of its own on free ports; rejects with its output when it ends before it is ready. */
export async function startKubernetesApi(): Promise<KubernetesApi> {
  const [apiPort, etcdPort, peerPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const child = spawn('bash', [starter, String(apiPort), String(etcdPort)], { env: { ...process.env, ETCD_PEER_PORT: String(peerPort) }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const kubeconfig = await new Promise<string>((resolve, reject) => {
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.on('close', () => reject(new Error(`kube-apiserver ended: ${errors}`)));
  });
  return {
    kubeconfig,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
