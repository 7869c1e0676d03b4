import { parseEntityInstanceId } from '../durable/entityScheduler.ts';
import { eventTypes, type HistoryEvent } from '../durable/historyEvents.ts';
import type { EntityRecord, HubState, InstanceRecord } from '../durable/hubState.ts';
import { toJsonText, type JsonText } from '../durable/jsonText.ts';

export interface StatusOptions {
  readonly showInput: boolean;
  readonly showHistory: boolean;
  readonly showHistoryOutput: boolean;
}

/** The history of an instance cannot be shown: the extension trips over two events of one id (non-deterministic code). */
export class DuplicateHistoryKeyError extends Error {}

/** Whole seconds, as the status shows them. */
export function toWholeSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** The status of one instance as JSON text: outputs and inputs keep their spelling. */
export function toStatusText(record: InstanceRecord, state: HubState, options: StatusOptions): JsonText {
  const version = record.version === null ? '' : `"version":${JSON.stringify(record.version)},`;
  const entries = state.histories.get(record.instanceId) ?? [];
  // an instance that has not begun has none to show
  const history = options.showHistory && entries.length > 0 ? `,"historyEvents":${toHistoryText(entries.map((entry) => entry.event), options)}` : '';
  return (
    `{"name":${JSON.stringify(record.name)},${version}"instanceId":${JSON.stringify(record.instanceId)},"runtimeStatus":"${record.runtimeStatus}",` +
    `"input":${options.showInput ? (record.shownInputText ?? 'null') : 'null'},"customStatus":${record.customStatusText ?? 'null'},"output":${record.outputText ?? 'null'},` +
    `"createdTime":"${toWholeSeconds(record.createdAtMs)}","lastUpdatedTime":"${toWholeSeconds(record.updatedAtMs)}"${history}}`
  );
}

/** An entity seen as an instance. */
export function toEntityStatusText(record: EntityRecord, options: StatusOptions): JsonText {
  const input = toJsonText({ ...(record.exists ? { exists: true, state: record.stateText } : {}), sorter: {} });
  const id = JSON.stringify(record.instanceId);
  const at = toWholeSeconds(record.updatedAtMs);
  const started = `[{"EventType":"ExecutionStarted","Input":${toJsonText(input)},"Correlation":null,"ParentTraceContext":null,"ScheduledStartTime":null,"Generation":null,"GenerateNewTrace":false,"Timestamp":"${new Date(record.updatedAtMs).toISOString()}","FunctionName":${id}}]`;
  return (
    `{"name":${id},"instanceId":${id},"runtimeStatus":"Running","input":${options.showInput ? input : 'null'},"customStatus":${record.exists ? '{"entityExists":true}' : '{}'},` +
    `"output":null,"createdTime":"${at}","lastUpdatedTime":"${at}"${options.showHistory ? `,"historyEvents":${started}` : ''}}`
  );
}

/** One line of an entity listing. */
export function toEntityListing(record: EntityRecord, fetchState: boolean): unknown {
  return {
    entityId: parseEntityInstanceId(record.instanceId),
    lastOperationTime: new Date(record.updatedAtMs).toISOString(),
    state: fetchState && record.stateText !== null ? (JSON.parse(record.stateText) as unknown) : null,
  };
}

interface Scheduled {
  readonly name: string;
  readonly at: string;
  readonly instanceId: string | undefined;
}

/** History for people: what started a thing is folded into what ended it. */
function toHistoryText(events: readonly HistoryEvent[], options: StatusOptions): JsonText {
  const scheduled = new Map<string, Scheduled>();
  const ended = new Set<string>();
  for (const event of events) {
    if (event.EventType === eventTypes.taskScheduled || event.EventType === eventTypes.subOrchestrationCreated) {
      const kind = event.EventType === eventTypes.taskScheduled ? 'TaskScheduled' : 'SubOrchestrationInstanceCreated';
      const key = `${kind}_${event.EventId}`;
      if (scheduled.has(key)) throw new DuplicateHistoryKeyError(`An item with the same key has already been added. Key: ${key}`);
      scheduled.set(key, { name: event.Name, at: event.Timestamp, instanceId: event.EventType === eventTypes.subOrchestrationCreated ? event.InstanceId : undefined });
    }
    const key = toScheduledKey(event);
    if (key !== undefined) ended.add(key);
  }
  return `[${events.flatMap((event) => toShownEvent(event, scheduled, ended, options) ?? []).join(',')}]`;
}

function toScheduledKey(event: HistoryEvent): string | undefined {
  if (event.EventType === eventTypes.taskCompleted || event.EventType === eventTypes.taskFailed) return `TaskScheduled_${event.TaskScheduledId}`;
  if (event.EventType === eventTypes.subOrchestrationCompleted || event.EventType === eventTypes.subOrchestrationFailed) return `SubOrchestrationInstanceCreated_${event.TaskScheduledId}`;
  return undefined;
}

function toShownEvent(event: HistoryEvent, scheduled: ReadonlyMap<string, Scheduled>, ended: ReadonlySet<string>, { showInput, showHistoryOutput }: StatusOptions): JsonText | undefined {
  const show = (type: string, members: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>> = {}): JsonText =>
    toJsonText({ EventType: type, ...members, Timestamp: event.Timestamp, ...after });
  const inputOf = (text: string | null): string | null => (showInput ? text : null);
  const result = (text: string | null): Readonly<Record<string, unknown>> => (showHistoryOutput ? { Result: text === null ? null : (JSON.parse(text) as unknown) } : {});
  const key = toScheduledKey(event);
  const from = key === undefined ? undefined : scheduled.get(key);
  const start = from === undefined ? {} : { ScheduledTime: from.at.replace('Z', '+00:00'), FunctionName: from.name, ...(from.instanceId === undefined ? {} : { InstanceId: from.instanceId }), ...(showInput ? { Input: null } : {}) };
  switch (event.EventType) {
    case eventTypes.executionStarted:
      return show(
        'ExecutionStarted',
        { ...(showInput ? { Input: event.Input } : {}), Correlation: null, ParentTraceContext: null, ScheduledStartTime: null, Generation: event.Generation, GenerateNewTrace: event.GenerateNewTrace },
        { FunctionName: event.Name },
      );
    case eventTypes.executionCompleted:
      return show('ExecutionCompleted', { OrchestrationStatus: event.OrchestrationStatus, ...result(event.Result), FailureDetails: event.FailureDetails });
    case eventTypes.executionTerminated:
      return show('ExecutionTerminated', { Input: inputOf(event.Input) });
    case eventTypes.taskScheduled:
      return ended.has(`TaskScheduled_${event.EventId}`) ? undefined : show('TaskScheduled', { Name: event.Name, ...(showInput ? { Input: null } : {}), ParentTraceContext: null, Tags: null });
    case eventTypes.taskCompleted:
      return show('TaskCompleted', result(event.Result), start);
    case eventTypes.taskFailed:
      return show('TaskFailed', { Reason: event.Reason, Details: event.Details, FailureDetails: null }, start);
    case eventTypes.subOrchestrationCreated:
      return ended.has(`SubOrchestrationInstanceCreated_${event.EventId}`)
        ? undefined
        : show('SubOrchestrationInstanceCreated', { Name: event.Name, InstanceId: event.InstanceId, ...(showInput ? { Input: null } : {}), ClientSpanId: null, Tags: null });
    case eventTypes.subOrchestrationCompleted:
      return show('SubOrchestrationInstanceCompleted', result(event.Result), start);
    case eventTypes.subOrchestrationFailed:
      return show('SubOrchestrationInstanceFailed', { Reason: event.Reason, Details: event.Details, FailureDetails: null }, start);
    case eventTypes.timerCreated:
      return show('TimerCreated', { FireAt: event.FireAt });
    case eventTypes.timerFired:
      return show('TimerFired', { FireAt: event.FireAt });
    case eventTypes.eventSent:
      return show('EventSent', { InstanceId: event.InstanceId, Name: event.Name, Input: inputOf(event.Input) });
    case eventTypes.eventRaised:
      return show('EventRaised', { Name: event.Name, Input: inputOf(event.Input), ParentTraceContext: null });
    case eventTypes.genericEvent:
      return toJsonText({ Data: event.Data, EventType: 'GenericEvent', Timestamp: event.Timestamp });
    case eventTypes.executionSuspended:
      return show('ExecutionSuspended', { Reason: event.Reason });
    case eventTypes.executionResumed:
      return show('ExecutionResumed', { Reason: event.Reason });
    case eventTypes.orchestratorStarted:
    case eventTypes.orchestratorCompleted:
      return undefined;
  }
}
