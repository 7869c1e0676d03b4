import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a real kube-apiserver can be had: the convention of setup-envtest first, then the project's shared tools. */
export type ApiserverSource = { readonly kind: 'assets'; readonly folder: string } | { readonly kind: 'script'; readonly path: string } | { readonly kind: 'none'; readonly why: string };

export function findApiserver(): ApiserverSource {
  const folder = process.env['KUBEBUILDER_ASSETS'];
  if (folder !== undefined && folder !== '') {
    const missing = ['etcd', 'kube-apiserver'].filter((name) => !existsSync(join(folder, name)));
    return missing.length === 0 ? { kind: 'assets', folder } : { kind: 'none', why: `KUBEBUILDER_ASSETS has no ${missing.join(' and no ')}` };
  }
  const path = resolve('../shared/tools/kubernetes/run.sh');
  return existsSync(path) ? { kind: 'script', path } : { kind: 'none', why: 'KUBEBUILDER_ASSETS is not set (a folder with etcd and kube-apiserver, as setup-envtest makes it)' };
}

export interface RunningApiserver {
  readonly origin: string;
  stop(): Promise<void>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** The certificate is made anew at each start and the server is on loopback: it is not checked. */
export function callServer(origin: string, call: { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | undefined }): Promise<HttpAnswer> {
  // Node sends no length with a DELETE by itself.
  const headers = call.body === undefined ? call.headers : { ...call.headers, 'content-length': String(Buffer.byteLength(call.body)) };
  return new Promise((done, fail) => {
    const sent = request(new URL(call.path, origin), { method: call.method, headers, rejectUnauthorized: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => done({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }));
    });
    sent.on('error', fail);
    sent.end(call.body);
  });
}

export async function startApiserver(source: Exclude<ApiserverSource, { kind: 'none' }>): Promise<RunningApiserver> {
  const [port, etcdPort, peerPort] = [await freePort(), await freePort(), await freePort()];
  const origin = `https://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'spillway-apiserver-'));
  const processes =
    source.kind === 'script'
      ? [spawn(source.path, [String(port), String(etcdPort), folder], { stdio: 'ignore', env: { ...process.env, ETCD_PEER_PORT: String(peerPort) } })]
      : startAssets(source.folder, folder, port, etcdPort, peerPort);
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map(endProcess));
    rmSync(folder, { recursive: true, force: true });
  };
  const ready = await waitUntilReady(origin, processes);
  if (ready === 'ready') return { origin, stop };
  await stop();
  throw new Error(`the API server did not become ready: ${ready}`);
}

function startAssets(assets: string, folder: string, port: number, etcdPort: number, peerPort: number): ChildProcess[] {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } });
  writeFileSync(join(folder, 'sa.key'), privateKey);
  writeFileSync(join(folder, 'sa.pub'), publicKey);
  writeFileSync(join(folder, 'tokens.csv'), 'admin-token,test-admin,u-admin,system:masters\nnobody-token,test-nobody,u-nobody\n');
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const etcd = ['--name', 'test', '--data-dir', join(folder, 'etcd'), '--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl, '--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `test=${peerUrl}`];
  const apiserver = [
    `--etcd-servers=${etcdUrl}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`, '--endpoint-reconciler-type=none', `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`, '--authorization-mode=RBAC', '--anonymous-auth=false', '--service-cluster-ip-range=10.96.0.0/24', '--disable-admission-plugins=ServiceAccount',
    `--service-account-issuer=https://127.0.0.1:${port}`, `--service-account-key-file=${join(folder, 'sa.pub')}`, `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
  ];
  return [spawn(join(assets, 'etcd'), etcd, { stdio: 'ignore' }), spawn(join(assets, 'kube-apiserver'), apiserver, { stdio: 'ignore' })];
}

async function waitUntilReady(origin: string, processes: readonly ChildProcess[]): Promise<string> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const ended = processes.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (ended !== undefined) return `a process ended with ${ended.exitCode}`;
    const answer = await callServer(origin, { method: 'GET', path: '/readyz', headers: { authorization: 'Bearer admin-token' }, body: undefined }).catch(() => null);
    if (answer?.status === 200 && answer.text === 'ok') return 'ready';
    await new Promise((later) => setTimeout(later, 250));
  }
  return 'not after a minute';
}

function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}

export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? done(address.port) : fail(new Error('no port'))));
    });
  });
