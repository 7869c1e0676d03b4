import type { BusyTracker, CancelTimer, Clock } from '../../clock/index.ts';
import type { FunctionRegistry, RegisteredFunction } from './functionRegistry.ts';
import { invokeFunction } from './invokeFunction.ts';
import { parseSchedule, type Schedule } from './ncrontab.ts';
import type { RpcTypedData } from './rpcTypes.ts';

export interface TimerTriggersOptions {
  readonly registry: FunctionRegistry;
  readonly clock: Clock;
  readonly tracker: BusyTracker;
  readonly extraInputs: (target: RegisteredFunction) => Readonly<Record<string, RpcTypedData>>;
}

interface RunningTimer {
  readonly target: RegisteredFunction;
  readonly schedule: Schedule;
  cancel: CancelTimer | undefined;
  lastMs: number | undefined;
}

/** Runs the timer-triggered functions on the clock. One of them never overlaps itself: the next run is looked for when one is over. */
export class TimerTriggers {
  readonly #options: TimerTriggersOptions;
  readonly #timers: readonly RunningTimer[];
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  /** Throws on a schedule that the Functions host would refuse. */
  constructor(options: TimerTriggersOptions) {
    this.#options = options;
    this.#timers = options.registry.withTrigger('timerTrigger').map((target) => ({ target, schedule: parseSchedule(String(target.trigger['schedule'])), cancel: undefined, lastMs: undefined }));
  }

  start(): void {
    for (const timer of this.#timers) {
      if (timer.target.trigger['runOnStartup'] === true) this.#run(timer);
      else this.#arm(timer);
    }
  }

  /** Sets no more runs, and waits for those under way. */
  async stop(): Promise<void> {
    this.cancel();
    await Promise.allSettled(this.#running);
  }

  cancel(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel?.();
  }

  /** Runs one at once, beside its schedule. False when there is no timer function of that name. */
  async runNow(name: string): Promise<boolean> {
    const timer = this.#timers.find((each) => each.target.name.toLowerCase() === name.toLowerCase());
    if (timer === undefined) return false;
    await this.#invoke(timer);
    return true;
  }

  #arm(timer: RunningTimer): void {
    if (this.#isStopped) return;
    const nextMs = timer.schedule.next(this.#options.clock.now());
    if (nextMs === undefined) return;
    timer.cancel = this.#options.clock.setTimer(nextMs, () => {
      this.#run(timer);
    });
  }

  #run(timer: RunningTimer): void {
    const run = this.#invoke(timer).finally(() => {
      this.#running.delete(run);
      this.#arm(timer);
    });
    this.#running.add(run);
  }

  async #invoke(timer: RunningTimer): Promise<void> {
    const { registry, clock, tracker, extraInputs } = this.#options;
    const { target } = timer;
    tracker.touch();
    const nowMs = clock.now();
    const at = (ms: number | undefined): string => (ms === undefined ? '0001-01-01T00:00:00' : new Date(ms).toISOString());
    // the real extension shows the status as it stood before this run, which it had as its next
    const status = isMonitored(timer.schedule, nowMs) ? { Last: at(timer.lastMs), Next: at(nowMs), LastUpdated: at(timer.lastMs) } : null;
    const json = JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false });
    timer.lastMs = nowMs;
    try {
      await invokeFunction(registry, target, { inputs: { [target.triggerName]: { json }, ...extraInputs(target) }, triggerMetadata: {} });
    } catch (error) {
      registry.log({ level: 'error', category: 'host', message: `Executed 'Functions.${target.name}' (Failed): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, functionName: target.name, invocationId: undefined });
    } finally {
      tracker.touch();
    }
  }
}

/** The real extension keeps no status of timers that run more often than once a minute. */
function isMonitored(schedule: Schedule, nowMs: number): boolean {
  const first = schedule.next(nowMs);
  const second = first === undefined ? undefined : schedule.next(first);
  return first === undefined || second === undefined || second - first >= 60_000;
}
