import { eventTypes, toHistoryEntry, toTimestamp, type ExecutionStartedEvent, type HistoryEvent } from './historyEvents.ts';
import type { Generation } from './episode.ts';
import type { HubChange, InstanceRecord } from './hubState.ts';

const finalStatuses: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Terminated']);

/** Whether the instance is over: it takes no more events, and its id may be used again. */
export function isFinal(record: InstanceRecord): boolean {
  return finalStatuses.has(record.runtimeStatus);
}

/** An instance before its first episode. */
export function toPendingRecord(event: ExecutionStartedEvent, nowMs: number): InstanceRecord {
  return {
    instanceId: event.OrchestrationInstance.InstanceId,
    executionId: event.OrchestrationInstance.ExecutionId,
    name: event.Name,
    version: event.Version,
    parent: event.ParentInstance,
    generation: event.Generation,
    inputText: event.Input,
    shownInputText: event.Input,
    runtimeStatus: 'Pending',
    customStatusText: null,
    outputText: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    episodes: 0,
  };
}

/** Fails an instance whose version this host must not run, without calling its function. */
export function failOnVersion({ record, history }: Generation, newEvents: readonly HistoryEvent[], nowMs: number): readonly HubChange[] {
  const failure = { ErrorType: 'VersionMismatch', ErrorMessage: 'Orchestration version did not comply with Worker Versioning', StackTrace: null, InnerFailure: null, IsNonRetriable: true, Properties: null } as const;
  const completed: HistoryEvent = { EventType: eventTypes.executionCompleted, OrchestrationStatus: 'Failed', Result: null, FailureDetails: failure, EventId: -1, Timestamp: toTimestamp(nowMs) };
  const entries = [...history, ...[...newEvents, completed].map((event) => toHistoryEntry(event, record.episodes))];
  const outputText = JSON.stringify(`${failure.ErrorType}: ${failure.ErrorMessage}`);
  return [
    { kind: 'instancePut', record: { ...record, runtimeStatus: 'Failed', outputText, updatedAtMs: nowMs } },
    { kind: 'historyReset', instanceId: record.instanceId, entries },
  ];
}
