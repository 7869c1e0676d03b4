import type { FleetFacts } from '../domain/facts.ts';
import type { Ports } from '../ports/ports.ts';
import { readFacts } from './readFacts.ts';
import { learnStartTimes } from './startTimes.ts';

/** Facts for questions that change nothing: at most a minute old, read once for all who ask meanwhile. */
export interface RecentFacts {
  read(): Promise<FleetFacts>;
  /** Reads anew, for the certificate's own rhythm. */
  refresh(): Promise<FleetFacts>;
}

const maxAgeMs = 60_000;

export function recentFacts(ports: Ports): RecentFacts {
  let latest: Promise<FleetFacts> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  const refresh = (): Promise<FleetFacts> => {
    readAt = ports.clock.now();
    latest = learnStartTimes(ports).then(() => readFacts(ports));
    latest.catch(() => {
      latest = null;
    });
    return latest;
  };
  return { refresh, read: () => (latest !== null && ports.clock.now() - readAt <= maxAgeMs ? latest : refresh()) };
}
