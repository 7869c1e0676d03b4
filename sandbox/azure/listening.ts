import type { BusyTracker } from '../clock/index.ts';
import { certificatesIn } from './certificates.ts';
import type { FaceRequest, FaceResponse } from './face.ts';
import { edgeTarget, hostOnManagementPort, hosts, identityPath, kubeHost, type Endpoints } from './routing.ts';
import { listenTls, type Listener } from './server.ts';
import { readPorts, writePorts } from './stateFolder.ts';

/** Which face answers, and the URL that it should see where a path was rewritten; null: the client's own. */
export interface Target {
  readonly host: string;
  readonly url: URL | null;
}

/** Services on ports of loopback. */
export interface Listening {
  readonly endpoints: Endpoints;
  /** Null for an address that is none of these. */
  targetOf(url: URL): Target | null;
  close(): Promise<void>;
}

export interface ListeningOptions {
  readonly stampNames: readonly string[];
  /** Holds ca.pem, and the ports of an earlier life. */
  readonly folder: string;
  /** Of Resource Manager; 0: as before, or any. */
  readonly port: number;
  readonly tracker: BusyTracker;
  readonly dispatch: (target: Target, request: FaceRequest) => Promise<FaceResponse>;
}

type TargetOf = (url: URL) => Target;

const fixed =
  (host: string): TargetOf =>
  () => ({ host, url: null });

const onManagementPort: TargetOf = (url) => ({ host: hostOnManagementPort(url), url: null });

const onEdgePort: TargetOf = (url) => {
  const target = edgeTarget(url);
  return target === null ? { host: '', url: null } : { host: target.hostname, url: target };
};

export async function listenOnLoopback({ stampNames, folder, port, tracker, dispatch }: ListeningOptions): Promise<Listening> {
  const certificates = await certificatesIn(folder);
  const before = readPorts(folder);
  const ports: Record<string, number> = {};
  const listeners: Listener[] = [];
  const targets = new Map<string, TargetOf>();

  const close = async (): Promise<void> => {
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  };
  const open = async (service: string, targetOf: TargetOf, wanted = before[service] ?? 0): Promise<string> => {
    const listener = await listenTls({ certificates, port: wanted, tracker, handle: (request) => dispatch(targetOf(request.url), request) });
    listeners.push(listener);
    ports[service] = listener.port;
    targets.set(`localhost:${listener.port}`, targetOf);
    targets.set(`127.0.0.1:${listener.port}`, targetOf);
    return `https://localhost:${listener.port}`;
  };
  const openAll = async (): Promise<Endpoints> => {
    const arm = await open('arm', onManagementPort, port === 0 ? before['arm'] : port);
    const edge = await open('edge', onEdgePort);
    const kube: Record<string, string> = {};
    for (const stamp of stampNames) kube[stamp] = await open(`kube-${stamp}`, fixed(kubeHost(stamp)));
    const perStamp = (kind: 'origin' | 'gateway'): Readonly<Record<string, string>> => Object.fromEntries(stampNames.map((stamp) => [stamp, `${edge}/${kind}/${stamp}`]));
    return {
      arm,
      authority: arm,
      identity: `${arm}${identityPath}`,
      cosmos: await open('cosmos', fixed(hosts.cosmos)),
      blob: await open('blob', fixed(hosts.blob)),
      sink: `${edge}/sink`,
      admin: await open('admin', fixed(hosts.admin)),
      prices: arm,
      logs: arm,
      kube,
      origin: perStamp('origin'),
      gateway: perStamp('gateway'),
      caPem: certificates.caPem,
      caPemPath: certificates.caPemPath,
    };
  };

  try {
    const endpoints = await openAll();
    writePorts(folder, ports);
    return { endpoints, targetOf: (url) => targets.get(url.host)?.(url) ?? null, close };
  } catch (error) {
    await close();
    throw error;
  }
}
