import { TransientError } from '../../../ports/outcome.ts';
import type { AlertRecord, StateStore } from '../../../ports/state.ts';

export type AlertStored = 'stored' | 'duplicate' | 'outdated';

/** Alerts are read as signals for minutes; a week serves those who look back. */
const ttlSeconds = 7 * 24 * 3600;
const attempts = 5;

/**
 * Keeps the newest state of one alert. Deliveries come at least once and in any order: the same state of the same instant
 * is a duplicate, an older one is outdated. Fired and Resolved share the alert's id; of one instant, Resolved is the newer.
 */
export async function storeAlert(state: StateStore, record: AlertRecord): Promise<AlertStored> {
  const key = { kind: 'alert', id: record.alertId } as const;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const there = await state.read<AlertRecord>(key);
    if (there !== null) {
      const order = compare(there.value, record);
      if (order === 0) return 'duplicate';
      if (order > 0) return 'outdated';
    }
    const written = await state.write(key, record, there?.etag ?? null, ttlSeconds);
    if (written.kind === 'written') return 'stored';
  }
  throw new TransientError(`the record of alert ${record.alertId} changed ${attempts} times under our hands`, null);
}

function compare(a: AlertRecord, b: AlertRecord): number {
  return a.at === b.at ? rank(a) - rank(b) : a.at - b.at;
}

const rank = (record: AlertRecord): number => (record.condition === 'resolved' ? 1 : 0);
