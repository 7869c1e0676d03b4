/** The numbers by which the extension names history events towards out-of-process workers. */
export const eventTypes = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
  genericEvent: 17,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

export interface OrchestrationInstance {
  readonly InstanceId: string;
  readonly ExecutionId: string;
}

export interface ParentInstance {
  readonly Name: string;
  readonly OrchestrationInstance: OrchestrationInstance;
  readonly TaskScheduleId: number;
  readonly Version: string | null;
}

/** Set where the engine itself fails an instance, not its code. */
export interface FailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace: null;
  readonly InnerFailure: null;
  readonly IsNonRetriable: boolean;
  readonly Properties: null;
}

interface EventTail {
  /** Position among the scheduled things of this generation; -1 for everything else. */
  readonly EventId: number;
  /** ISO 8601, UTC. */
  readonly Timestamp: string;
}

/** Fields are in the order in which the extension writes them; `IsPlayed` is added when the trigger is built. */
export type HistoryEvent =
  | ExecutionStartedEvent
  | (EventTail & { readonly EventType: 1; readonly OrchestrationStatus: string; readonly Result: string | null; readonly FailureDetails: FailureDetails | null })
  | (EventTail & { readonly EventType: 3; readonly Input: string | null })
  | (EventTail & { readonly EventType: 4; readonly Name: string; readonly Version: string; readonly Input: null; readonly ParentTraceContext: null; readonly Tags: null })
  | (EventTail & { readonly EventType: 5; readonly TaskScheduledId: number; readonly Result: string | null })
  | (EventTail & { readonly EventType: 6; readonly TaskScheduledId: number; readonly Reason: string; readonly Details: string; readonly FailureDetails: null })
  | (EventTail & { readonly EventType: 7; readonly Name: string; readonly Version: string | null; readonly InstanceId: string; readonly Input: null; readonly ClientSpanId: null; readonly Tags: null })
  | (EventTail & { readonly EventType: 8; readonly TaskScheduledId: number; readonly Result: string | null })
  | (EventTail & { readonly EventType: 9; readonly TaskScheduledId: number; readonly Reason: string; readonly Details: string; readonly FailureDetails: null })
  | (EventTail & { readonly EventType: 10; readonly FireAt: string })
  | (EventTail & { readonly EventType: 11; readonly TimerId: number; readonly FireAt: string })
  | (EventTail & { readonly EventType: 12 })
  | (EventTail & { readonly EventType: 13 })
  | (EventTail & { readonly EventType: 14; readonly InstanceId: string; readonly Name: string; readonly Input: string })
  | (EventTail & { readonly EventType: 15; readonly Name: string; readonly Input: string | null; readonly ParentTraceContext: null })
  | (EventTail & { readonly Data: string | null; readonly EventType: 17 })
  | (EventTail & { readonly EventType: 19; readonly Reason: string | null })
  | (EventTail & { readonly EventType: 20; readonly Reason: string | null });

export interface ExecutionStartedEvent extends EventTail {
  readonly OrchestrationInstance: OrchestrationInstance;
  readonly EventType: 0;
  readonly ParentInstance: ParentInstance | null;
  readonly Name: string;
  readonly Version: string | null;
  readonly Input: string | null;
  readonly Tags: null;
  readonly Correlation: null;
  readonly ParentTraceContext: null;
  readonly ScheduledStartTime: null;
  readonly Generation: number | null;
  readonly GenerateNewTrace: boolean;
}

/** `playedFrom` of an event whose IsPlayed never turns true. */
export const neverPlayed = -1;

/** One event as the hub keeps it. */
export interface HistoryEntry {
  readonly event: HistoryEvent;
  /** Number of the episode from which IsPlayed is true; `neverPlayed` for the kinds that never are. */
  readonly playedFrom: number;
}

const playedTypes: ReadonlySet<number> = new Set([
  eventTypes.executionStarted,
  eventTypes.taskCompleted,
  eventTypes.taskFailed,
  eventTypes.subOrchestrationCompleted,
  eventTypes.subOrchestrationFailed,
  eventTypes.timerFired,
  eventTypes.eventRaised,
  eventTypes.genericEvent,
  eventTypes.executionSuspended,
  eventTypes.executionResumed,
]);

/** The entry for an event that the episode with this number takes in or produces. */
export function toHistoryEntry(event: HistoryEvent, episode: number): HistoryEntry {
  return { event, playedFrom: playedTypes.has(event.EventType) ? episode + 1 : neverPlayed };
}

let last = { atMs: Number.NaN, text: '' };

/** ISO 8601 with milliseconds. All that an episode does happens at one instant. */
export function toTimestamp(atMs: number): string {
  if (atMs !== last.atMs) last = { atMs, text: new Date(atMs).toISOString() };
  return last.text;
}
