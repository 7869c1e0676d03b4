import { randomUUID } from 'node:crypto';
import { realTimers, type BusyTracker, type CancelTimer, type Clock } from '../../clock/index.ts';
import { ActivityWorkers } from './activityWorkers.ts';
import type { DurableFunctions } from './durableFunctions.ts';
import type { DurableSettings } from './durableSettings.ts';
import { EntityScheduler } from './entityScheduler.ts';
import { runEpisode, toExecutionStarted, type EpisodeResult, type Generation } from './episode.ts';
import { eventTypes, toTimestamp, type ExecutionStartedEvent, type HistoryEntry, type HistoryEvent } from './historyEvents.ts';
import { HubMessages } from './hubMessages.ts';
import { HubState, type ControlMessage, type HubChange, type HubMessage, type InstanceRecord } from './hubState.ts';
import { failOnVersion, isFinal, toPendingRecord } from './instanceRecords.ts';
import type { InstanceStore } from './instanceStore.ts';
import type { JsonText } from './jsonText.ts';
import { SettledHistory } from './orchestrationTrigger.ts';
import { judgeVersion } from './workerVersioning.ts';

export interface HubEngineOptions {
  readonly clock: Clock;
  readonly store: InstanceStore;
  readonly functions: DurableFunctions;
  readonly settings: DurableSettings;
  readonly tracker: BusyTracker;
  /** Dashed GUID for an execution of that instance; random unless given. */
  readonly newGuid?: (instanceId: string) => string;
  /** How long a message takes from its commit to its receiver, in milliseconds of the clock; 0 unless given. Timers excepted. */
  readonly queueLatencyMs?: number;
  /** Which of the messages that wait for an instance an episode takes, and in which order; none: it waits for more. All unless given. */
  readonly chooseBatch?: (instanceId: string, waiting: readonly ControlMessage[]) => readonly ControlMessage[];
  /** Told of what the extension would log as a warning or an error. */
  readonly onWarning?: (message: string) => void;
}

interface Mailbox {
  inbox: ControlMessage[];
  isRunning: boolean;
}

/**
 * The Durable engine of the local host: queues, episodes, activities and timers on a clock, over a store. It behaves as the real
 * extension with the Azure Storage provider does, as far as its recordings show.
 *
 * Life of a message: committed to the store, visible from an instant on, taken by an episode or an activity (invisible for the
 * queue's visibility timeout, in case this process dies), deleted in the same commit that holds what it led to.
 */
export class HubEngine {
  readonly #clock: Clock;
  readonly #store: InstanceStore;
  readonly #functions: DurableFunctions;
  readonly #settings: DurableSettings;
  readonly #tracker: BusyTracker;
  readonly #newGuid: (instanceId: string) => string;
  readonly #chooseBatch: (instanceId: string, waiting: readonly ControlMessage[]) => readonly ControlMessage[];
  readonly #onWarning: (message: string) => void;
  readonly #entities: EntityScheduler;
  readonly #messages: HubMessages;
  readonly #activities: ActivityWorkers;
  readonly state = new HubState();
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #settledHistories = new Map<string, SettledHistory>();
  readonly #timers = new Map<number, CancelTimer>();
  readonly #ready = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #isPumpScheduled = false;
  #life: 'new' | 'running' | 'stopping' | 'over' = 'new';
  #episodesRun = 0;

  constructor(options: HubEngineOptions) {
    this.#clock = options.clock;
    this.#store = options.store;
    this.#functions = options.functions;
    this.#settings = options.settings;
    this.#tracker = options.tracker;
    this.#newGuid = options.newGuid ?? ((): string => randomUUID());
    this.#chooseBatch = options.chooseBatch ?? ((_instanceId, waiting) => waiting);
    this.#onWarning = options.onWarning ?? ((): void => undefined);
    this.#messages = new HubMessages({
      state: this.state,
      clock: this.#clock,
      queueLatencyMs: options.queueLatencyMs ?? 0,
      newExecutionId: (instanceId) => this.#newExecutionId(instanceId),
      defaultVersion: this.#settings.defaultVersion,
    });
    const commit = (changes: readonly HubChange[]): void => {
      this.commit(changes);
    };
    this.#entities = new EntityScheduler({
      state: this.state,
      functions: this.#functions,
      nowMs: () => this.#clock.now(),
      commit,
      toMessage: (instanceId, event) => this.#messages.toControl(instanceId, null, event),
    });
    this.#activities = new ActivityWorkers({
      functions: this.#functions,
      maxConcurrent: this.#settings.maxConcurrentActivityFunctions,
      nowMs: () => this.#clock.now(),
      onTaken: (message) => {
        this.#tracker.touch();
        this.#store.commit([{ kind: 'messagePut', message: { ...message, visibleAtMs: this.#clock.now() + this.#settings.workItemQueueVisibilityTimeoutMs } }]);
      },
      onOver: (message, event) => {
        commit([
          { kind: 'messageDeleted', messageId: message.messageId },
          { kind: 'messagePut', message: this.#messages.toControl(message.instanceId, message.executionId, event) },
        ]);
      },
    });
  }

  #newExecutionId(instanceId: string): string {
    return this.#newGuid(instanceId).replaceAll('-', '');
  }

  get settings(): DurableSettings {
    return this.#settings;
  }

  /** Episodes that were ever run: one call of an orchestrator function, or several where continueAsNew goes on at once. */
  get episodesRun(): number {
    return this.#episodesRun;
  }

  get activitiesRun(): number {
    return this.#activities.started;
  }

  nowMs(): number {
    return this.#clock.now();
  }

  hasEntity(name: string): boolean {
    return this.#functions.has('entity', name);
  }

  /** Takes up what the store holds. */
  start(): void {
    this.state.apply(this.#store.load());
    this.#life = 'running';
    for (const message of this.state.messages.values()) this.#deliver(message);
  }

  /** Takes no new work and waits for what runs; what that leads to is kept for the next start. */
  async drain(): Promise<void> {
    if (this.#life === 'over') return;
    this.#life = 'stopping';
    this.#cancelTimers();
    await Promise.allSettled(this.#running);
  }

  /** As if the process had died: whatever still runs leaves no trace. */
  kill(): void {
    if (this.#life === 'over') return;
    this.#life = 'over';
    this.#cancelTimers();
    this.#store.close();
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Makes a batch of changes last, and sets new messages on their way. */
  commit(changes: readonly HubChange[]): void {
    if (this.#life === 'over') return;
    this.#store.commit(changes);
    this.state.apply(changes);
    for (const change of changes) if (change.kind === 'messagePut') this.#deliver(change.message);
  }

  /** Starts an instance from outside: it is Pending until its first episode. The caller has checked that the id is free. */
  startInstance(start: { readonly name: string; readonly instanceId: string; readonly inputText: JsonText | null; readonly version: string | null }): void {
    const nowMs = this.#clock.now();
    const former = this.state.instances.get(start.instanceId);
    const generation = former === undefined ? 0 : (former.generation ?? 0) + 1;
    const executionId = this.#newGuid(start.instanceId);
    const event = toExecutionStarted({ ...start, executionId, parent: null, generation, at: toTimestamp(nowMs) });
    this.commit([
      { kind: 'instancePut', record: toPendingRecord(event, nowMs) },
      { kind: 'historyReset', instanceId: start.instanceId, entries: [] },
      { kind: 'messagePut', message: this.#messages.toControl(start.instanceId, null, event) },
    ]);
  }

  /** Puts an event into an instance's queue. */
  sendEvent(instanceId: string, event: HistoryEvent): void {
    this.commit([{ kind: 'messagePut', message: this.#messages.toControl(instanceId, null, event) }]);
  }

  /** Removes an instance, its history and what waits for it. */
  purge(instanceIds: readonly string[]): void {
    const gone = new Set(instanceIds);
    const messages = [...this.state.messages.values()].filter((message) => gone.has(message.instanceId));
    for (const message of messages) this.#forgetTimer(message.messageId);
    this.commit([
      ...instanceIds.map((instanceId): HubChange => ({ kind: 'instanceDeleted', instanceId })),
      ...messages.map((message): HubChange => ({ kind: 'messageDeleted', messageId: message.messageId })),
    ]);
    for (const instanceId of instanceIds) {
      this.#settledHistories.delete(instanceId);
      const mailbox = this.#mailboxes.get(instanceId);
      if (mailbox !== undefined) mailbox.inbox = [];
    }
  }

  /** Replaces a history from outside (rewind); its text is made anew. */
  replaceHistory(record: InstanceRecord, entries: readonly HistoryEntry[]): void {
    this.#settledHistories.delete(record.instanceId);
    this.commit([
      { kind: 'instancePut', record },
      { kind: 'historyReset', instanceId: record.instanceId, entries },
    ]);
  }

  #deliver(message: HubMessage): void {
    if (this.#life !== 'running') return;
    if (message.visibleAtMs > this.#clock.now()) {
      this.#timers.set(
        message.messageId,
        this.#clock.setTimer(message.visibleAtMs, () => {
          this.#timers.delete(message.messageId);
          this.#take(message);
        }),
      );
      return;
    }
    this.#take(message);
  }

  #forgetTimer(messageId: number): void {
    this.#timers.get(messageId)?.();
    this.#timers.delete(messageId);
  }

  #take(message: HubMessage): void {
    if (message.kind === 'activity') {
      this.#activities.add(message);
    } else {
      this.#mailbox(message.instanceId).inbox.push(message);
      this.#ready.add(message.instanceId);
    }
    this.#schedulePump();
  }

  #mailbox(instanceId: string): Mailbox {
    const known = this.#mailboxes.get(instanceId);
    if (known !== undefined) return known;
    const mailbox: Mailbox = { inbox: [], isRunning: false };
    this.#mailboxes.set(instanceId, mailbox);
    return mailbox;
  }

  #schedulePump(): void {
    if (this.#isPumpScheduled || this.#life !== 'running') return;
    this.#isPumpScheduled = true;
    const end = this.#tracker.begin();
    realTimers.setImmediate(() => {
      this.#isPumpScheduled = false;
      this.#pump();
      end();
    });
  }

  #pump(): void {
    if (this.#life !== 'running') return;
    const ready = [...this.#ready];
    this.#ready.clear();
    for (const instanceId of ready) {
      const mailbox = this.#mailbox(instanceId);
      if (mailbox.isRunning) continue;
      mailbox.isRunning = true;
      const endWork = this.#tracker.begin();
      this.#track(
        this.#workOn(instanceId, mailbox)
          .then((tookAny) => {
            if (tookAny && mailbox.inbox.length > 0) {
              this.#ready.add(instanceId);
              this.#schedulePump();
            } else if (mailbox.inbox.length === 0) {
              this.#mailboxes.delete(instanceId);
            }
          })
          .finally(() => {
            mailbox.isRunning = false;
            endWork();
          }),
      );
    }
    this.#startActivities();
  }

  #track(work: Promise<void>): void {
    const guarded = work.catch((error: unknown) => {
      this.#onWarning(`the engine failed on a work item: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
    this.#running.add(guarded);
    void guarded.then(() => this.#running.delete(guarded));
  }

  /** False while this host's version rejects the instance: its messages stay where they are. */
  #mayRun(instanceId: string, mailbox: Mailbox): boolean {
    const first = mailbox.inbox.find((message) => message.event.EventType === eventTypes.executionStarted)?.event;
    const version = first?.EventType === eventTypes.executionStarted ? first.Version : (this.state.instances.get(instanceId)?.version ?? null);
    return judgeVersion(version, this.#settings) !== 'rejected';
  }

  /** Gives an instance what waits for it. False when it took nothing: it is tried again when the next message comes. */
  async #workOn(instanceId: string, mailbox: Mailbox): Promise<boolean> {
    const isEntity = this.#entities.owns(instanceId);
    if (!isEntity && !this.#mayRun(instanceId, mailbox)) return false;
    const batch = this.#chooseBatch(instanceId, mailbox.inbox);
    if (batch.length === 0) return false;
    mailbox.inbox = mailbox.inbox.filter((message) => !batch.includes(message));
    this.#hide(batch);
    try {
      await (isEntity ? this.#entities.process(instanceId, batch) : this.#runBatch(instanceId, batch));
    } catch (error) {
      this.#onWarning(`work on ${instanceId} failed and is put back: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      // as a queue does with a message that nobody deleted
      const visibleAtMs = this.#clock.now() + this.#settings.controlQueueVisibilityTimeoutMs;
      for (const message of batch) this.#deliver({ ...message, visibleAtMs });
    }
    return true;
  }

  async #runBatch(instanceId: string, batch: readonly ControlMessage[]): Promise<void> {
    const consumed = batch.map((message): HubChange => ({ kind: 'messageDeleted', messageId: message.messageId }));
    const knownAtStart = this.state.instances.get(instanceId);
    const before = this.#findGeneration(instanceId, batch);
    const executionId = before?.record.executionId;
    const newEvents = batch
      .filter((message) => message.executionId === null || message.executionId === executionId)
      .map((message) => message.event)
      .filter((event) => event.EventType !== eventTypes.executionStarted || event.OrchestrationInstance.ExecutionId === executionId);
    if (before === undefined || isFinal(before.record) || newEvents.length === 0) {
      this.commit(consumed);
      return;
    }
    this.#episodesRun += 1;
    if (judgeVersion(before.record.version, this.#settings) === 'fails') {
      this.commit([...consumed, ...failOnVersion(before, newEvents, this.#clock.now())]);
      return;
    }
    const result = await runEpisode(
      { functions: this.#functions, settings: this.#settings, nowMs: () => this.#clock.now(), newExecutionId: () => this.#newExecutionId(instanceId) },
      before,
      newEvents,
    );
    if (this.#life === 'over') return;
    // purged or overwritten while the function ran: this execution is no more
    if (this.state.instances.get(instanceId) !== knownAtStart) {
      this.commit(consumed);
      return;
    }
    this.#commitEpisode(before, result, consumed);
  }

  /** Taken messages come back after the visibility timeout if this process dies before it commits what they led to. */
  #hide(batch: readonly ControlMessage[]): void {
    const visibleAtMs = this.#clock.now() + this.#settings.controlQueueVisibilityTimeoutMs;
    this.#store.commit(batch.map((message): HubChange => ({ kind: 'messagePut', message: { ...message, visibleAtMs } })));
  }

  /** The generation that the batch is for: a start event in it makes a new one, whatever was there under that id. */
  #findGeneration(instanceId: string, batch: readonly ControlMessage[]): Generation | undefined {
    const known = this.state.instances.get(instanceId);
    const start = batch.map((message) => message.event).findLast((event): event is ExecutionStartedEvent => event.EventType === eventTypes.executionStarted);
    if (start !== undefined && start.OrchestrationInstance.ExecutionId !== known?.executionId) {
      const settledHistory = new SettledHistory();
      this.#settledHistories.set(instanceId, settledHistory);
      return { record: toPendingRecord(start, this.#clock.now()), history: [], settledHistory };
    }
    if (known === undefined) return undefined;
    if (start !== undefined) this.#settledHistories.delete(instanceId);
    let settledHistory = this.#settledHistories.get(instanceId);
    if (settledHistory === undefined) {
      settledHistory = new SettledHistory();
      this.#settledHistories.set(instanceId, settledHistory);
    }
    return { record: known, history: this.state.histories.get(instanceId) ?? [], settledHistory };
  }

  #commitEpisode(before: Generation, result: EpisodeResult, consumed: readonly HubChange[]): void {
    const { instanceId } = result.record;
    const isReset = result.isNewHistory || before.history.length === 0;
    const changes: HubChange[] = [
      ...consumed,
      { kind: 'instancePut', record: result.record },
      isReset ? { kind: 'historyReset', instanceId, entries: result.history } : { kind: 'historyAppended', instanceId, entries: result.history.slice(before.history.length) },
    ];
    for (const { executionId, decision } of result.decisions) {
      changes.push({ kind: 'messagePut', message: this.#messages.toDecision({ ...result.record, executionId }, decision) });
    }
    const report = this.#messages.toParentReport(result.record, result.end);
    if (report !== undefined) changes.push({ kind: 'messagePut', message: report });
    if (isFinal(result.record)) this.#settledHistories.delete(instanceId);
    else this.#settledHistories.set(instanceId, result.settledHistory);
    this.commit(changes);
  }

  #startActivities(): void {
    for (const run of this.#activities.start()) {
      this.#track(
        run.finally(() => {
          this.#tracker.touch();
          if (this.#activities.hasWaiting) this.#schedulePump();
        }),
      );
    }
  }
}
