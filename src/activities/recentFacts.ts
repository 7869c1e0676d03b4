import type { FleetFacts } from '../domain/facts.ts';
import type { Ports } from '../ports/ports.ts';
import { readFacts } from './readFacts.ts';

/** Facts for questions that change nothing: at most a minute old, read once for all who ask meanwhile. */
export interface RecentFacts {
  read(): Promise<FleetFacts>;
  /** Reads anew, for the certificate's own rhythm. */
  refresh(): Promise<FleetFacts>;
}

const maxAgeMs = 60_000;
/** Older than this they are read again behind the answer, so that the next one who asks does not wait for a fleet to be read. */
const renewAfterMs = 40_000;

export function recentFacts(ports: Ports): RecentFacts {
  let latest: { readonly facts: FleetFacts; readonly readAt: number } | null = null;
  let reading: Promise<FleetFacts> | null = null;

  async function readNow(): Promise<FleetFacts> {
    const readAt = ports.clock.now();
    const facts = await readFacts(ports);
    latest = { facts, readAt };
    return facts;
  }

  const refresh = (): Promise<FleetFacts> => {
    reading ??= readNow().finally(() => {
      reading = null;
    });
    return reading;
  };

  return {
    refresh,
    read() {
      const ageMs = latest === null ? Number.POSITIVE_INFINITY : ports.clock.now() - latest.readAt;
      if (latest === null || ageMs > maxAgeMs) return refresh();
      // One that fails is told to whoever asks once these are too old.
      if (ageMs > renewAfterMs) refresh().catch(() => undefined);
      return Promise.resolve(latest.facts);
    },
  };
}
