import type { TrafficFacts } from '../../domain/facts.ts';
import type { Fleet } from '../../domain/fleet.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Clock } from '../../ports/clock.ts';

/** Who an origin in a metric's dimension is. */
export interface OriginOwner {
  readonly stamp: string;
  readonly originGroups: readonly string[];
}

export type OriginDirectory = () => Promise<(origin: string) => OriginOwner | null>;

const keptMs = 600_000;
/** Every signal of every stamp asks: a Front Door that does not answer is asked again after this, not each time. */
const triedMs = 30_000;

/**
 * Metrics name an origin by its host ("shop.eastus2.contoso.com:443"), the fleet file by its resource. Front Door's own
 * answer ties the two; while it does not answer, the last one serves, and the hosts of the stamps' own probes.
 */
export function originDirectory(clock: Clock, fleet: Fleet, readTraffic: () => Promise<Reading<TrafficFacts>>): OriginDirectory {
  let owners = ownersOf(fleet, { originGroups: [] });
  let nextReadAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const answer = await readTraffic();
    nextReadAt = clock.now() + (answer.kind === 'known' ? keptMs : triedMs);
    if (answer.kind === 'known') owners = ownersOf(fleet, answer.value);
  }

  return async () => {
    if (clock.now() >= nextReadAt) {
      reading ??= read().finally(() => {
        reading = null;
      });
      await reading;
    }
    return (origin) => owners.get(hostOf(origin)) ?? null;
  };
}

function ownersOf(fleet: Fleet, traffic: TrafficFacts): ReadonlyMap<string, OriginOwner> {
  const owners = new Map<string, OriginOwner>();
  const add = (key: string, stamp: string, originGroup: string): void => {
    const before = owners.get(hostOf(key));
    if (before !== undefined && before.stamp !== stamp) return;
    owners.set(hostOf(key), { stamp, originGroups: [...new Set([...(before?.originGroups ?? []), originGroup])] });
  };
  for (const group of traffic.originGroups) for (const origin of group.origins) add(origin.hostName, origin.stamp, group.name);
  for (const stamp of fleet.stamps) {
    for (const origin of stamp.origins) {
      add(origin.origin, stamp.name, origin.originGroup);
      add(new URL(stamp.probe.url).host, stamp.name, origin.originGroup);
    }
  }
  return owners;
}

const hostOf = (origin: string): string => origin.toLowerCase().replace(/:\d+$/, '');
