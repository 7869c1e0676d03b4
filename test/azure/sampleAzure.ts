import { VirtualClock } from '../../sandbox/clock/index.ts';
import { createAzure, type Azure, type AzureOptions } from '../../sandbox/azure/index.ts';
import type { FaceResponse } from '../../sandbox/azure/face.ts';
import { bytesOf } from '../../sandbox/azure/transport/connection.ts';
import { createSampleWorld } from '../../sandbox/world/index.ts';
import type { World } from '../../sandbox/world/types.ts';

/** Monday, 23 November 2026, noon. */
export const startMs = Date.UTC(2026, 10, 23, 12);

export interface SampleAzure {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly azure: Azure;
}

export function sampleAzure(options: AzureOptions = {}): SampleAzure {
  const clock = new VirtualClock(startMs);
  const world = createSampleWorld(clock, 7);
  return { clock, world, azure: createAzure(world, options) };
}

/** Ids of the sample fleet. */
export const ids = {
  subscription: '5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70',
  profile: '/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/rg-shop-global/providers/Microsoft.Cdn/profiles/afd-shop',
  cluster: '/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/rg-shop-eastus2/providers/Microsoft.ContainerService/managedClusters/aks-shop-eastus2',
  gateway: '/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/rg-shop-eastus2/providers/Microsoft.Network/applicationGateways/agw-shop-eastus2',
  vnet: '/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/rg-shop-eastus2/providers/Microsoft.Network/virtualNetworks/vnet-shop-eastus2',
} as const;

export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** null: no token at all. */
  readonly token?: string | null;
}

/** One request to Resource Manager as the owner, unless a token is given. */
export async function ask(azure: Azure, path: string, { method = 'GET', body, headers = {}, token }: Ask = {}): Promise<Asked> {
  const bearer = token === undefined ? azure.issueToken({ as: 'owner', audience: 'arm' }) : token;
  const response = await azure.handle({
    method,
    url: new URL(path.startsWith('https://') ? path : `https://management.sandbox.test${path}`),
    headers: { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
    body: body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    signal: null,
  });
  return { status: response.status, headers: response.headers, body: await jsonOf(response) };
}

export async function jsonOf(response: FaceResponse): Promise<unknown> {
  const text = (await bytesOf(response.body)).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}
