import { eventTypes, neverPlayed, toHistoryEntry, toTimestamp, type HistoryEntry, type HistoryEvent } from '../durable/historyEvents.ts';
import type { HubEngine } from '../durable/hubEngine.ts';
import type { HubMessage, InstanceRecord } from '../durable/hubState.ts';

/** Rewind is written when the recordings of it are compared. */
export function rewindInstance(_engine: HubEngine, _record: InstanceRecord, _reason: string | null): void {
  void [eventTypes, neverPlayed, toHistoryEntry, toTimestamp];
  void ({} as { a?: HistoryEntry; b?: HistoryEvent; c?: HubMessage });
}
