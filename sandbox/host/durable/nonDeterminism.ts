import type { Decision } from './decisions.ts';
import { eventTypes, type HistoryEvent } from './historyEvents.ts';

/** The code no longer does what the history says it did. */
export class NonDeterminismError extends Error {
  constructor(detail: string) {
    super(`Non-Deterministic workflow detected: ${detail}Was a change made to the orchestrator code after this instance had already started running?`);
  }
}

type ScheduledEvent = Extract<HistoryEvent, { readonly EventType: 4 | 7 | 10 | 14 }>;

const dotnetActionNames: Readonly<Record<Decision['kind'], string>> = {
  scheduleActivity: 'ScheduleTaskOrchestratorAction',
  scheduleHttp: 'ScheduleTaskOrchestratorAction',
  createSubOrchestration: 'CreateSubOrchestrationAction',
  createTimer: 'CreateTimerOrchestratorAction',
  sendEvent: 'SendEventOrchestratorAction',
};

/** Throws NonDeterminismError unless the replay scheduled, at this id, a thing of the same kind and name. Inputs are not compared. */
export function checkAgainstHistory(event: ScheduledEvent, decision: Decision | undefined): void {
  const was = describe(event);
  if (decision === undefined) {
    throw new NonDeterminismError(
      `A previous execution of this orchestration scheduled ${was.noun} with sequence ID ${event.EventId}${was.nameAndVersion}, but the current replay execution hasn't (yet?) scheduled this task. `,
    );
  }
  if (!was.kinds.includes(decision.kind)) {
    throw new NonDeterminismError(
      `A previous execution of this orchestration scheduled ${was.noun} with sequence number ${event.EventId}${was.named}, but the current orchestration replay instead produced a ${dotnetActionNames[decision.kind]} action with this sequence number. `,
    );
  }
  const name = decision.kind === 'scheduleActivity' || decision.kind === 'createSubOrchestration' ? decision.name : undefined;
  if (name !== undefined && was.name !== undefined && name.toLowerCase() !== was.name.toLowerCase()) {
    throw new NonDeterminismError(
      `A previous execution of this orchestration scheduled ${was.noun} with sequence number ${event.EventId}${was.named}, but the current orchestration replay instead scheduled ${was.noun} named '${name}' with this sequence number.  `,
    );
  }
}

interface Description {
  readonly noun: string;
  readonly name: string | undefined;
  readonly named: string;
  readonly nameAndVersion: string;
  readonly kinds: readonly Decision['kind'][];
}

function describe(event: ScheduledEvent): Description {
  switch (event.EventType) {
    case eventTypes.taskScheduled:
      return {
        noun: 'an activity task',
        name: event.Name,
        named: ` named '${event.Name}'`,
        nameAndVersion: ` and name '${event.Name}' (version '${event.Version}')`,
        kinds: ['scheduleActivity', 'scheduleHttp'],
      };
    case eventTypes.subOrchestrationCreated:
      return {
        noun: 'a sub-orchestration task',
        name: event.Name,
        named: ` named '${event.Name}'`,
        nameAndVersion: ` and name '${event.Name}' (version '${event.Version ?? ''}', instance ID '${event.InstanceId}')`,
        kinds: ['createSubOrchestration'],
      };
    case eventTypes.timerCreated:
      return { noun: 'a timer task', name: undefined, named: '', nameAndVersion: '', kinds: ['createTimer'] };
    case eventTypes.eventSent:
      return { noun: 'a send event task', name: undefined, named: ` for instance '${event.InstanceId}'`, nameAndVersion: '', kinds: ['sendEvent'] };
  }
}
