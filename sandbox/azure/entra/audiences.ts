import { aksServerAppId, spillwayApiAppId } from './principals.ts';
import type { Endpoints } from '../routing.ts';

export type Service = 'arm' | 'cosmos' | 'storage' | 'aks' | 'api' | 'logs';

export const services: readonly Service[] = ['arm', 'cosmos', 'storage', 'aks', 'api', 'logs'];

const made = new WeakMap<readonly Endpoints[], Map<Service, readonly string[]>>();

/**
 * Every name under which a service's tokens may be asked for, the usual one first; trailing slashes do not matter. The same
 * list for the same addresses: who checks a token remembers the lists that its audience is on.
 */
export function audiencesOf(service: Service, addresses: readonly Endpoints[]): readonly string[] {
  const known = made.get(addresses) ?? new Map<Service, readonly string[]>();
  made.set(addresses, known);
  const found = known.get(service) ?? makeAudiences(service, addresses);
  known.set(service, found);
  return found;
}

function makeAudiences(service: Service, addresses: readonly Endpoints[]): readonly string[] {
  switch (service) {
    case 'arm':
      return [
        'https://management.azure.com',
        'https://management.core.windows.net',
        ...addresses.map((endpoints) => endpoints.arm),
        ...addresses.flatMap((endpoints) => (endpoints.arm.startsWith('https://localhost') ? [endpoints.arm.replace('localhost', '127.0.0.1')] : [])),
      ];
    case 'cosmos':
      return ['https://cosmos.azure.com', ...addresses.map((endpoints) => endpoints.cosmos), 'https://cosmos.sandbox.test', 'https://localhost'];
    case 'storage':
      return ['https://storage.azure.com', ...addresses.map((endpoints) => endpoints.blob)];
    case 'logs':
      return ['https://api.loganalytics.io', 'https://api.loganalytics.azure.com', ...addresses.map((endpoints) => endpoints.logs)];
    case 'aks':
      return [aksServerAppId];
    case 'api':
      return [spillwayApiAppId, `api://${spillwayApiAppId}`];
  }
}

export function serviceOf(resource: string, addresses: readonly Endpoints[]): Service | null {
  const wanted = bare(resource);
  return services.find((service) => audiencesOf(service, addresses).some((audience) => bare(audience) === wanted)) ?? null;
}

const bare = (resource: string): string => resource.replace(/\/+$/, '').toLowerCase();
