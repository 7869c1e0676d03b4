import type { Clock } from '../../clock/index.ts';
import type { Decision, EpisodeEnd } from './decisions.ts';
import { toExecutionStarted } from './episode.ts';
import { eventTypes, toTimestamp, type HistoryEvent } from './historyEvents.ts';
import type { ActivityMessage, ActivityWork, ControlMessage, HubMessage, HubState, InstanceRecord } from './hubState.ts';

export interface HubMessagesOptions {
  readonly state: HubState;
  readonly clock: Clock;
  readonly queueLatencyMs: number;
  readonly newExecutionId: (instanceId: string) => string;
  /** host.json's defaultVersion, which children inherit. */
  readonly defaultVersion: string | null;
}

/** Makes the messages of a hub: what a decision sends, what a child reports. */
export class HubMessages {
  readonly #options: HubMessagesOptions;

  constructor(options: HubMessagesOptions) {
    this.#options = options;
  }

  /** For one execution only, or with null for whichever is there. Visible after the queue's latency unless told otherwise. */
  toControl(instanceId: string, executionId: string | null, event: HistoryEvent, visibleAtMs = this.#soonMs()): ControlMessage {
    return { kind: 'control', messageId: this.#options.state.nextMessageId++, instanceId, executionId, visibleAtMs, event };
  }

  #toActivity(record: InstanceRecord, taskId: number, work: ActivityWork): ActivityMessage {
    return { kind: 'activity', messageId: this.#options.state.nextMessageId++, instanceId: record.instanceId, executionId: record.executionId, taskId, visibleAtMs: this.#soonMs(), work };
  }

  #soonMs(): number {
    return this.#options.clock.now() + this.#options.queueLatencyMs;
  }

  /** `record` is the instance as the execution that decided. */
  toDecision(record: InstanceRecord, decision: Decision): HubMessage {
    const nowMs = this.#options.clock.now();
    const at = toTimestamp(nowMs);
    switch (decision.kind) {
      case 'scheduleActivity':
        return this.#toActivity(record, decision.id, { kind: 'function', name: decision.name, input: decision.input });
      case 'scheduleHttp':
        return this.#toActivity(record, decision.id, { kind: 'http', request: decision.request });
      case 'createTimer': {
        // queue visibility counts whole seconds, cut down, of what is left when the episode is over, which is never all of it:
        // a timer fires up to a second early, one of exactly five seconds after four
        const waitSeconds = Math.max(0, Math.floor((decision.fireAtMs - nowMs - 1) / 1000));
        const event: HistoryEvent = { EventType: eventTypes.timerFired, TimerId: decision.id, FireAt: toTimestamp(decision.fireAtMs), EventId: -1, Timestamp: at };
        return this.toControl(record.instanceId, record.executionId, event, Math.max(nowMs + waitSeconds * 1000, this.#soonMs()));
      }
      case 'createSubOrchestration': {
        const event = toExecutionStarted({
          instanceId: decision.instanceId,
          executionId: this.#options.newExecutionId(decision.instanceId),
          name: decision.name,
          version: decision.version ?? this.#options.defaultVersion,
          parent: { Name: record.name, OrchestrationInstance: { InstanceId: record.instanceId, ExecutionId: record.executionId }, TaskScheduleId: decision.id, Version: record.version },
          inputText: decision.inputText,
          generation: null,
          at,
        });
        return this.toControl(decision.instanceId, null, event);
      }
      case 'sendEvent':
        return this.toControl(decision.targetInstanceId, null, { EventType: eventTypes.eventRaised, Name: decision.eventName, Input: decision.inputText, ParentTraceContext: null, EventId: -1, Timestamp: at });
    }
  }

  /** What a child tells its parent; undefined while there is nothing to tell, or nobody to tell it. */
  toParentReport({ parent }: InstanceRecord, end: EpisodeEnd): ControlMessage | undefined {
    if (parent === null) return undefined;
    const tail = { EventId: -1, Timestamp: toTimestamp(this.#options.clock.now()) } as const;
    const send = (event: HistoryEvent): ControlMessage => this.toControl(parent.OrchestrationInstance.InstanceId, parent.OrchestrationInstance.ExecutionId, event);
    switch (end.kind) {
      case 'completed':
        return send({ EventType: eventTypes.subOrchestrationCompleted, TaskScheduledId: parent.TaskScheduleId, Result: end.outputText, ...tail });
      case 'failed':
        return send({ EventType: eventTypes.subOrchestrationFailed, TaskScheduledId: parent.TaskScheduleId, Reason: end.message, Details: end.details, FailureDetails: null, ...tail });
      case 'terminated':
        return send({ EventType: eventTypes.subOrchestrationFailed, TaskScheduledId: parent.TaskScheduleId, Reason: end.reason ?? '', Details: '', FailureDetails: null, ...tail });
      case 'goesOn':
      case 'continuedAsNew':
        return undefined;
    }
  }
}
