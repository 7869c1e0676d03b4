import type { Decision, EpisodeEnd, EpisodeOutcome } from './decisions.ts';
import { EntityCalls } from './entityCalls.ts';
import { NonDeterminismError, checkAgainstHistory } from './nonDeterminism.ts';
import { eventTypes, type HistoryEntry, type HistoryEvent } from './historyEvents.ts';
import { isRecord, toJsonText } from './jsonText.ts';
import type { HttpCall, OrchestratorAction, OrchestratorState, RetryPolicy } from './orchestratorAction.ts';
import { ReplayTask, whenAllOver, whenAnyOver } from './replayTask.ts';

/** Timers longer than this are cut into legs, as the trigger tells the SDK (maximumShortTimerDuration, longRunningTimerIntervalDuration). */
export const maximumShortTimerMs = 6 * 86_400_000;
export const longTimerLegMs = 3 * 86_400_000;

export interface ReplayContext {
  readonly functionName: string;
  readonly instanceId: string;
  readonly executionId: string;
  /** Whether this host has the function: a name that it has not is never scheduled, and nobody is told. */
  readonly isKnown: (kind: 'activity' | 'orchestrator' | 'entity', name: string) => boolean;
  readonly defaultHttpSleepMs: number;
}

/**
 * Replays the actions that an orchestrator function returned against the instance's history, as the extension's out-of-process
 * shim does on the Durable Task executor: actions are awaited one after the other, ids are given in that order, and whatever the
 * history does not have yet is a decision. The function's answer takes effect only when nothing is outstanding.
 */
export function replayActions(context: ReplayContext, history: readonly HistoryEntry[], state: OrchestratorState): EpisodeOutcome {
  return new ActionReplay(context, state).run(history);
}

/** Thrown inside the replay where the shim's loop would fault before awaiting: nothing after it happens. */
class Stalled extends Error {}

class ActionReplay {
  readonly #context: ReplayContext;
  readonly #state: OrchestratorState;
  readonly #open = new Map<number, ReplayTask>();
  readonly #pending = new Map<number, Decision>();
  readonly #waiters = new Map<string, ReplayTask[]>();
  readonly #buffered = new Map<string, HistoryEvent[]>();
  readonly #entityCalls: EntityCalls;
  #nextId = 0;
  #cursor = 0;
  #isStalled = false;
  /** ISO 8601, all of one length: texts compare as instants do. */
  #utcText = '1970-01-01T00:00:00.000Z';
  /** The same, once somebody has asked; null until then. */
  #utc: number | null = null;
  #continuedInput: { readonly text: string | null } | undefined;
  readonly #carriedEventIndexes: number[] = [];
  #isSuspended = false;
  #suspendReason: string | null = null;
  #whileSuspended: { readonly event: HistoryEvent; readonly index: number }[] = [];
  #terminated: { readonly reason: string | null } | undefined;

  constructor(context: ReplayContext, state: OrchestratorState) {
    this.#context = context;
    this.#state = state;
    this.#entityCalls = new EntityCalls(context);
  }

  run(history: readonly HistoryEntry[]): EpisodeOutcome {
    try {
      history.forEach((entry, index) => {
        this.#process(entry.event, index);
      });
    } catch (error) {
      if (!(error instanceof NonDeterminismError)) throw error;
      return this.#outcome({ kind: 'failed', message: error.message, details: error.message });
    }
    return this.#outcome(this.#findEnd());
  }

  #outcome(end: EpisodeEnd): EpisodeOutcome {
    const isHeldBack = this.#isSuspended && end.kind === 'goesOn';
    return {
      decisions: isHeldBack ? [] : [...this.#pending.values()],
      end,
      isSuspended: this.#isSuspended,
      suspendReason: this.#suspendReason,
      nextEventId: this.#nextId,
    };
  }

  #findEnd(): EpisodeEnd {
    if (this.#terminated !== undefined) return { kind: 'terminated', reason: this.#terminated.reason };
    const allActionsAreOver = !this.#isStalled && this.#cursor >= this.#state.actions.length;
    if (this.#isSuspended || this.#open.size > 0 || !allActionsAreOver) return { kind: 'goesOn' };
    if (this.#state.error !== undefined) {
      return {
        kind: 'failed',
        message: `Orchestrator function '${this.#context.functionName}' failed: ${this.#state.error}`,
        details: `Message: ${this.#state.error}, StackTrace: `,
      };
    }
    if (!this.#state.isDone) return { kind: 'goesOn' };
    if (this.#continuedInput !== undefined) {
      return { kind: 'continuedAsNew', inputText: this.#continuedInput.text, carriedEventIndexes: this.#carriedEventIndexes };
    }
    return { kind: 'completed', outputText: toJsonText(this.#state.output ?? null) };
  }

  #process(event: HistoryEvent, index: number): void {
    const passesSuspension =
      event.EventType === eventTypes.executionResumed || event.EventType === eventTypes.executionTerminated || event.EventType === eventTypes.orchestratorStarted;
    if (this.#isSuspended && !passesSuspension) {
      this.#whileSuspended.push({ event, index });
      return;
    }
    switch (event.EventType) {
      case eventTypes.orchestratorStarted:
        if (event.Timestamp > this.#utcText) {
          this.#utcText = event.Timestamp;
          this.#utc = null;
        }
        return;
      case eventTypes.executionStarted:
        this.#advance();
        return;
      case eventTypes.taskScheduled:
      case eventTypes.subOrchestrationCreated:
      case eventTypes.timerCreated:
      case eventTypes.eventSent:
        checkAgainstHistory(event, this.#pending.get(event.EventId));
        this.#pending.delete(event.EventId);
        return;
      case eventTypes.taskCompleted:
      case eventTypes.subOrchestrationCompleted:
        this.#finishOpen(event.TaskScheduledId, (task) => {
          task.complete(event.Result);
        });
        return;
      case eventTypes.taskFailed:
      case eventTypes.subOrchestrationFailed:
        this.#finishOpen(event.TaskScheduledId, (task) => {
          task.fail();
        });
        return;
      case eventTypes.timerFired:
        this.#finishOpen(event.TimerId, (task) => {
          task.complete();
        });
        return;
      case eventTypes.eventRaised:
        this.#raise(event, event.Name, index);
        return;
      case eventTypes.executionSuspended:
        this.#isSuspended = true;
        this.#suspendReason = event.Reason;
        return;
      case eventTypes.executionResumed: {
        this.#isSuspended = false;
        const held = this.#whileSuspended;
        this.#whileSuspended = [];
        for (const each of held) this.#process(each.event, each.index);
        return;
      }
      case eventTypes.executionTerminated:
        this.#terminated ??= { reason: event.Input };
        return;
      case eventTypes.orchestratorCompleted:
      case eventTypes.executionCompleted:
      case eventTypes.genericEvent:
        return;
    }
  }

  /** currentUtcDateTime at this point of the replay. */
  #utcMs(): number {
    this.#utc ??= Date.parse(this.#utcText);
    return this.#utc;
  }

  #finishOpen(id: number, finish: (task: ReplayTask) => void): void {
    const task = this.#open.get(id);
    // a completion that nobody waits for (a cancelled timer, a duplicate) changes nothing
    if (task === undefined) return;
    this.#open.delete(id);
    finish(task);
  }

  /** The newest wait of a name gets the event; with none, it is kept. Names are compared without regard to case, unlike the SDK. */
  #raise(event: HistoryEvent, name: string, index: number): void {
    if (this.#continuedInput !== undefined) {
      this.#carriedEventIndexes.push(index);
      return;
    }
    const key = name.toLowerCase();
    const waiter = this.#waiters.get(key)?.pop();
    if (waiter !== undefined) {
      waiter.complete();
      return;
    }
    const buffered = this.#buffered.get(key);
    if (buffered === undefined) this.#buffered.set(key, [event]);
    else buffered.push(event);
  }

  #advance(): void {
    while (!this.#isStalled && this.#cursor < this.#state.actions.length) {
      const action = this.#state.actions[this.#cursor];
      if (action === undefined) return;
      let task: ReplayTask;
      try {
        task = this.#invoke(action);
      } catch (error) {
        if (!(error instanceof Stalled)) throw error;
        this.#isStalled = true;
        return;
      }
      if (!task.isDone) {
        task.whenOver(() => {
          this.#cursor += 1;
          this.#advance();
        });
        return;
      }
      this.#cursor += 1;
    }
  }

  #invoke(action: OrchestratorAction): ReplayTask {
    switch (action.kind) {
      case 'callActivity':
        this.#requireKnown('activity', action.name);
        return this.#withRetry(action.retry, () => this.#openTask((id) => ({ kind: 'scheduleActivity', id, name: action.name, input: action.input })));
      case 'callSubOrchestrator':
        this.#requireKnown('orchestrator', action.name);
        return this.#withRetry(action.retry, () =>
          this.#openTask((id) => ({
            kind: 'createSubOrchestration',
            id,
            name: action.name,
            instanceId: action.instanceId ?? `${this.#context.executionId}:${id}`,
            version: action.version,
            inputText: action.inputText,
          })),
        );
      case 'createTimer':
        return action.isCanceled ? this.#cancelledTimer(action.fireAtMs) : this.#timer(action.fireAtMs);
      case 'waitForExternalEvent':
        return this.#waitFor(action.name);
      case 'whenAll':
        return whenAllOver(action.children.map((child) => this.#invoke(child)));
      case 'whenAny':
        return whenAnyOver(action.children.map((child) => this.#invoke(child)));
      case 'continueAsNew':
        this.#continuedInput = { text: action.inputText };
        return ReplayTask.done();
      case 'callHttp':
        return this.#callHttp(action.request);
      case 'callEntity': {
        const name = action.entityInstanceId.slice(1, action.entityInstanceId.indexOf('@', 1));
        this.#requireKnown('entity', name);
        const message = this.#entityCalls.call(action, this.#utcMs());
        this.#send(message.targetInstanceId, message.eventName, message.inputText);
        return this.#waitFor(message.requestId);
      }
      case 'signalEntity': {
        const message = this.#entityCalls.signal(action, this.#utcMs());
        this.#send(message.targetInstanceId, message.eventName, message.inputText);
        return ReplayTask.done();
      }
      case 'lockEntities': {
        const message = this.#entityCalls.lock(action, this.#utcMs());
        this.#send(message.targetInstanceId, message.eventName, message.inputText);
        return this.#waitFor(message.requestId);
      }
      case 'releaseEntities':
        for (const message of this.#entityCalls.release()) this.#send(message.targetInstanceId, message.eventName, message.inputText);
        return ReplayTask.done();
    }
  }

  #requireKnown(kind: 'activity' | 'orchestrator' | 'entity', name: string): void {
    if (!this.#context.isKnown(kind, name)) throw new Stalled(`${kind} ${name} is not registered`);
  }

  #openTask(toDecision: (id: number) => Decision): ReplayTask {
    const id = this.#nextId++;
    const task = new ReplayTask();
    this.#pending.set(id, toDecision(id));
    this.#open.set(id, task);
    return task;
  }

  #send(targetInstanceId: string, eventName: string, inputText: string): void {
    const id = this.#nextId++;
    this.#pending.set(id, { kind: 'sendEvent', id, targetInstanceId, eventName, inputText });
  }

  #waitFor(name: string): ReplayTask {
    const key = name.toLowerCase();
    if (this.#buffered.get(key)?.shift() !== undefined) return ReplayTask.done();
    const task = new ReplayTask();
    const waiters = this.#waiters.get(key);
    if (waiters === undefined) this.#waiters.set(key, [task]);
    else waiters.push(task);
    return task;
  }

  #cancelledTimer(fireAtMs: number): ReplayTask {
    const id = this.#nextId++;
    this.#pending.set(id, { kind: 'createTimer', id, fireAtMs: this.#firstLegEnd(fireAtMs) });
    const task = new ReplayTask();
    task.fail();
    return task;
  }

  #firstLegEnd(fireAtMs: number): number {
    return fireAtMs - this.#utcMs() > maximumShortTimerMs ? this.#utcMs() + longTimerLegMs : fireAtMs;
  }

  #timer(fireAtMs: number): ReplayTask {
    const whole = new ReplayTask();
    const startLeg = (): void => {
      const legEndMs = this.#firstLegEnd(fireAtMs);
      this.#openTask((id) => ({ kind: 'createTimer', id, fireAtMs: legEndMs })).whenOver(() => {
        if (legEndMs < fireAtMs) startLeg();
        else whole.complete();
      });
    };
    startLeg();
    return whole;
  }

  /** A timer follows every failed attempt, the last one too (with no delay), before the failure surfaces: recorded. */
  #withRetry(policy: RetryPolicy | undefined, start: () => ReplayTask): ReplayTask {
    if (policy === undefined) return start();
    const whole = new ReplayTask();
    const firstAttemptMs = this.#utcMs();
    const attempt = (number: number): void => {
      start().whenOver((task) => {
        if (!task.isFailed) {
          whole.complete(task.resultText);
          return;
        }
        // once the retry time is over, the shim gives up without the timer that the SDK waits for
        if (this.#utcMs() >= firstAttemptMs + policy.retryTimeoutMs) {
          whole.fail();
          return;
        }
        const isLast = number >= policy.maxNumberOfAttempts;
        const delayMs = isLast ? 0 : Math.min(policy.firstRetryIntervalMs * policy.backoffCoefficient ** (number - 1), policy.maxRetryIntervalMs);
        const fireAtMs = this.#utcMs() + delayMs;
        this.#openTask((id) => ({ kind: 'createTimer', id, fireAtMs })).whenOver(() => {
          if (isLast) whole.fail();
          else attempt(number + 1);
        });
      });
    };
    attempt(1);
    return whole;
  }

  /** The extension itself polls a 202 with a Location, inside the one action. */
  #callHttp(request: HttpCall): ReplayTask {
    const whole = new ReplayTask();
    const send = (next: HttpCall): void => {
      this.#openTask((id) => ({ kind: 'scheduleHttp', id, request: next })).whenOver((task) => {
        if (task.isFailed) {
          whole.fail();
          return;
        }
        const poll = request.asynchronousPatternEnabled ? findPoll(task.resultText) : undefined;
        if (poll === undefined) {
          whole.complete();
          return;
        }
        const fireAtMs = this.#utcMs() + (poll.retryAfterSeconds === undefined ? this.#context.defaultHttpSleepMs : poll.retryAfterSeconds * 1000);
        this.#openTask((id) => ({ kind: 'createTimer', id, fireAtMs })).whenOver(() => {
          send({ ...next, method: 'GET', uri: poll.location, content: undefined });
        });
      });
    };
    send(request);
    return whole;
  }
}

function findPoll(resultText: string | null): { readonly location: string; readonly retryAfterSeconds: number | undefined } | undefined {
  const response: unknown = resultText === null ? undefined : JSON.parse(resultText);
  if (!isRecord(response) || response['statusCode'] !== 202 || !isRecord(response['headers'])) return undefined;
  const headers = new Map(Object.entries(response['headers']).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const location = headers.get('location');
  if (location === undefined) return undefined;
  const retryAfter = Number(headers.get('retry-after'));
  return { location, retryAfterSeconds: Number.isFinite(retryAfter) && headers.has('retry-after') ? retryAfter : undefined };
}
