import { eventTypes, toTimestamp, type HistoryEntry } from '../durable/historyEvents.ts';
import type { HubEngine } from '../durable/hubEngine.ts';
import type { InstanceRecord } from '../durable/hubState.ts';

/**
 * Rewinds a failed instance in place, as recorded: failed tasks (both events), failed children (the failure alone) and the
 * completion turn into generic events; failed children are rewound too; a generic event with the reason sets each going again.
 */
export function rewindInstance(engine: HubEngine, record: InstanceRecord, reason: string | null): void {
  const history = engine.state.histories.get(record.instanceId) ?? [];
  const failedTasks = new Set(history.flatMap(({ event }) => (event.EventType === eventTypes.taskFailed ? [event.TaskScheduledId] : [])));
  const failedChildren = new Set(history.flatMap(({ event }) => (event.EventType === eventTypes.subOrchestrationFailed ? [event.TaskScheduledId] : [])));
  const children = history.flatMap(({ event }) => (event.EventType === eventTypes.subOrchestrationCreated && failedChildren.has(event.EventId) ? [event.InstanceId] : []));
  const entries = history.map((entry): HistoryEntry => {
    const { event } = entry;
    const isUndone =
      event.EventType === eventTypes.taskFailed ||
      event.EventType === eventTypes.subOrchestrationFailed ||
      event.EventType === eventTypes.executionCompleted ||
      (event.EventType === eventTypes.taskScheduled && failedTasks.has(event.EventId));
    return isUndone ? { ...entry, event: { Data: null, EventType: eventTypes.genericEvent, EventId: event.EventId, Timestamp: event.Timestamp } } : entry;
  });
  engine.replaceHistory({ ...record, runtimeStatus: 'Pending', outputText: null, updatedAtMs: engine.nowMs() }, entries);
  for (const childId of children) {
    const child = engine.state.instances.get(childId);
    if (child?.runtimeStatus === 'Failed') rewindInstance(engine, child, reason);
  }
  // a parent goes on when its rewound child reports; without one it has to be set going
  if (children.length === 0) engine.sendEvent(record.instanceId, { Data: reason, EventType: eventTypes.genericEvent, EventId: -1, Timestamp: toTimestamp(engine.nowMs()) });
}
