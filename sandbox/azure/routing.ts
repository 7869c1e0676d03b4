/** Where a service answers: symbolic hosts under sandbox.test in memory, ports of loopback when the sandbox listens. */
export interface Endpoints {
  /** Resource Manager, and Monitor's metrics. No trailing slash, like all of these. */
  readonly arm: string;
  readonly authority: string;
  readonly identity: string;
  readonly cosmos: string;
  readonly blob: string;
  readonly sink: string;
  readonly admin: string;
  /** Retail prices. */
  readonly prices: string;
  /** Log Analytics. */
  readonly logs: string;
  readonly kube: Readonly<Record<string, string>>;
  readonly origin: Readonly<Record<string, string>>;
  readonly gateway: Readonly<Record<string, string>>;
  /** The CA that clients must trust; null in memory. */
  readonly caPem: string | null;
  readonly caPemPath: string | null;
}

export const hosts = {
  arm: 'management.sandbox.test',
  authority: 'login.sandbox.test',
  cosmos: 'cosmos.sandbox.test',
  blob: 'blob.sandbox.test',
  sink: 'sink.sandbox.test',
  admin: 'admin.sandbox.test',
  prices: 'prices.sandbox.test',
  logs: 'logs.sandbox.test',
} as const;

export const kubeHost = (stamp: string): string => `${stamp}.kube.sandbox.test`;
export const originHost = (stamp: string): string => `${stamp}.origin.sandbox.test`;
export const gatewayHost = (stamp: string): string => `${stamp}.gateway.sandbox.test`;

/** The managed identity endpoint's path on the authority's host. */
export const identityPath = '/msi/token';

export function symbolicEndpoints(stamps: readonly string[]): Endpoints {
  const perStamp = (host: (stamp: string) => string): Readonly<Record<string, string>> => Object.fromEntries(stamps.map((stamp) => [stamp, `https://${host(stamp)}`]));
  return {
    arm: `https://${hosts.arm}`,
    authority: `https://${hosts.authority}`,
    identity: `https://${hosts.authority}${identityPath}`,
    cosmos: `https://${hosts.cosmos}`,
    blob: `https://${hosts.blob}`,
    sink: `https://${hosts.sink}`,
    admin: `https://${hosts.admin}`,
    prices: `https://${hosts.prices}`,
    logs: `https://${hosts.logs}`,
    kube: perStamp(kubeHost),
    origin: perStamp(originHost),
    gateway: perStamp(gatewayHost),
    caPem: null,
    caPemPath: null,
  };
}

const armRoots: ReadonlySet<string> = new Set(['', 'subscriptions', 'providers', 'tenants', 'metadata', 'batch']);

/** Resource Manager and Entra share a port, as `az` needs it when the authority is not the public one; prices and logs know their paths. */
export function hostOnManagementPort(url: URL): string {
  const first = url.pathname.split('/')[1] ?? '';
  if (first === 'api') return hosts.prices;
  if (first === 'v1') return hosts.logs;
  return armRoots.has(first.toLowerCase()) ? hosts.arm : hosts.authority;
}

/** Origins, gateways and the sink share a port: /origin/{stamp}/..., /gateway/{stamp}/..., /sink/... */
export function edgeTarget(url: URL): URL | null {
  const [, kind, stamp, ...rest] = url.pathname.split('/');
  if (kind === 'sink') return new URL(`https://${hosts.sink}/${[stamp, ...rest].filter((part) => part !== undefined).join('/')}${url.search}`);
  if ((kind !== 'origin' && kind !== 'gateway') || stamp === undefined || !/^[a-z0-9-]+$/i.test(stamp)) return null;
  return new URL(`https://${kind === 'origin' ? originHost(stamp) : gatewayHost(stamp)}/${rest.join('/')}${url.search}`);
}

/** Rewrites every sandbox.test address of a fleet file to where the sandbox listens. */
export function resolveFleet(fleetText: string, endpoints: Endpoints): string {
  return fleetText.replaceAll(/https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.sandbox\.test(?::443)?(?=[/\s"'?#,}\]]|$)/gim, (whole: string, name: string) => {
    const parts = name.toLowerCase().split('.');
    const [first = '', kind] = parts;
    const service = parts.length === 1 ? serviceUrl(first, endpoints) : stampUrl(first, kind ?? '', endpoints);
    return service ?? whole;
  });
}

function serviceUrl(service: string, endpoints: Endpoints): string | null {
  switch (service) {
    case 'management':
      return endpoints.arm;
    case 'login':
      return endpoints.authority;
    case 'cosmos':
      return endpoints.cosmos;
    case 'blob':
      return endpoints.blob;
    case 'sink':
      return endpoints.sink;
    case 'admin':
      return endpoints.admin;
    default:
      return null;
  }
}

function stampUrl(stamp: string, kind: string, endpoints: Endpoints): string | null {
  if (kind === 'kube') return endpoints.kube[stamp] ?? null;
  if (kind === 'origin') return endpoints.origin[stamp] ?? null;
  return kind === 'gateway' ? (endpoints.gateway[stamp] ?? null) : null;
}
