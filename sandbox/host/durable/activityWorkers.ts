import type { DurableFunctions } from './durableFunctions.ts';
import { toFailureDetails, toFailureReason } from './functionFailures.ts';
import { eventTypes, toTimestamp, type HistoryEvent } from './historyEvents.ts';
import { callOverHttp } from './httpActivity.ts';
import type { ActivityMessage } from './hubState.ts';

export interface ActivityWorkersOptions {
  readonly functions: DurableFunctions;
  readonly maxConcurrent: number;
  readonly nowMs: () => number;
  /** An activity is taken: it becomes invisible in the store. */
  readonly onTaken: (message: ActivityMessage) => void;
  /** An activity is over, and this is what its orchestration is told. */
  readonly onOver: (message: ActivityMessage, event: HistoryEvent) => void;
}

/** Runs activities in the order in which they came, no more at once than host.json allows. */
export class ActivityWorkers {
  readonly #options: ActivityWorkersOptions;
  readonly #waiting: ActivityMessage[] = [];
  #running = 0;
  #started = 0;

  constructor(options: ActivityWorkersOptions) {
    this.#options = options;
  }

  /** How many were ever started. */
  get started(): number {
    return this.#started;
  }

  add(message: ActivityMessage): void {
    this.#waiting.push(message);
  }

  /** Starts what may run now; the promises end when the activities do. */
  start(): readonly Promise<void>[] {
    const runs: Promise<void>[] = [];
    while (this.#running < this.#options.maxConcurrent) {
      const message = this.#waiting.shift();
      if (message === undefined) break;
      this.#running += 1;
      this.#started += 1;
      this.#options.onTaken(message);
      runs.push(this.#run(message));
    }
    return runs;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  async #run(message: ActivityMessage): Promise<void> {
    const { work, instanceId, taskId } = message;
    const name = work.kind === 'function' ? work.name : 'BuiltIn::HttpActivity';
    try {
      const answer = work.kind === 'function' ? await this.#options.functions.callActivity(work.name, work.input, instanceId) : await callOverHttp(work.request);
      const tail = { EventId: -1, Timestamp: toTimestamp(this.#options.nowMs()) } as const;
      this.#options.onOver(
        message,
        answer.kind === 'completed'
          ? { EventType: eventTypes.taskCompleted, TaskScheduledId: taskId, Result: answer.resultText, ...tail }
          : { EventType: eventTypes.taskFailed, TaskScheduledId: taskId, Reason: toFailureReason(name, answer.error), Details: toFailureDetails(answer.error), FailureDetails: null, ...tail },
      );
    } finally {
      this.#running -= 1;
    }
  }
}
