import type { Fleet, Stamp } from '../../../domain/fleet.ts';
import type { AlertContext } from './alertContexts.ts';

/**
 * Stamps that an alert is about: by its target resources (a cluster or a gateway, or anything inside one), by the origin,
 * host or cluster that its dimensions or labels name, or by the region that Service Health reports. Letter case never
 * counts: Azure lower-cases target ids. Empty when it names none of ours; then the alert still asks for a look.
 */
export function stampsNamed(fleet: Fleet, targetIds: readonly string[], context: AlertContext): readonly string[] {
  const ids = [...targetIds, ...context.resourceIds].map((id) => id.toLowerCase());
  const names = new Set(context.names.map((name) => name.toLowerCase()));
  const regions = new Set(context.regions.map(shortRegion));
  return fleet.stamps.filter((stamp) => owns(stamp, ids) || isNamed(stamp, names) || regions.has(stamp.region)).map((stamp) => stamp.name);
}

function owns(stamp: Stamp, ids: readonly string[]): boolean {
  return [stamp.cluster.resourceId, stamp.gateway.resourceId].some((own) => ids.some((id) => id === own.toLowerCase() || id.startsWith(`${own.toLowerCase()}/`)));
}

function isNamed(stamp: Stamp, names: ReadonlySet<string>): boolean {
  const own = [
    ...stamp.origins.map((origin) => origin.origin),
    new URL(stamp.probe.url).hostname,
    stamp.cluster.resourceId,
    stamp.cluster.resourceId.split('/').at(-1) ?? '',
    stamp.gateway.resourceId,
  ];
  return own.some((name) => names.has(name.toLowerCase()) || names.has(`${name.toLowerCase()}:443`));
}

/** "East US 2" is eastus2. */
const shortRegion = (display: string): string => display.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
