import type { HistoryEntry, HistoryEvent, ParentInstance } from './historyEvents.ts';
import type { JsonText } from './jsonText.ts';
import type { EntityAddress, HttpCall } from './orchestratorAction.ts';

export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

/** What the hub keeps of one orchestration instance beside its history. */
export interface InstanceRecord {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly parent: ParentInstance | null;
  /** How often this id was started before, from outside; null for children and after continueAsNew. */
  readonly generation: number | null;
  readonly inputText: JsonText | null;
  /** What status queries show as input: the newest that was not null. */
  readonly shownInputText: JsonText | null;
  readonly runtimeStatus: RuntimeStatus;
  readonly customStatusText: JsonText | null;
  /** Output, failure message, or reason of a suspension or termination. */
  readonly outputText: JsonText | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Episodes of this generation that are over. */
  readonly episodes: number;
}

/** Waits in the hub for an instance until `visibleAtMs`. */
export interface ControlMessage {
  readonly kind: 'control';
  readonly messageId: number;
  readonly instanceId: string;
  /** Set where the message is for one execution only; another one's is dropped. */
  readonly executionId: string | null;
  readonly visibleAtMs: number;
  readonly event: HistoryEvent;
}

export interface ActivityMessage {
  readonly kind: 'activity';
  readonly messageId: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly visibleAtMs: number;
  readonly work: ActivityWork;
}

export type ActivityWork = { readonly kind: 'function'; readonly name: string; readonly input: unknown } | { readonly kind: 'http'; readonly request: HttpCall };

export type HubMessage = ControlMessage | ActivityMessage;

/** One entity: its state, who holds its lock, and the operations that wait for the lock. */
export interface EntityRecord {
  readonly instanceId: string;
  readonly exists: boolean;
  readonly stateText: JsonText | null;
  /** Instance id of the orchestration that holds the lock. */
  readonly lockedBy: string | null;
  readonly waiting: readonly EntityRequest[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One message to an entity, as far as it is heeded. */
export interface EntityRequest {
  readonly op: string | null;
  readonly isSignal: boolean;
  readonly inputText: JsonText | null;
  readonly id: string;
  readonly parent: string | null;
  /** Entities still to lock, this one first; undefined for an operation. */
  readonly lockSet: readonly EntityAddress[] | undefined;
}

/** One line of what happened to the hub; a batch of them takes effect together or not at all. */
export type HubChange =
  | { readonly kind: 'instancePut'; readonly record: InstanceRecord }
  | { readonly kind: 'instanceDeleted'; readonly instanceId: string }
  | { readonly kind: 'historyReset'; readonly instanceId: string; readonly entries: readonly HistoryEntry[] }
  | { readonly kind: 'historyAppended'; readonly instanceId: string; readonly entries: readonly HistoryEntry[] }
  | { readonly kind: 'messagePut'; readonly message: HubMessage }
  | { readonly kind: 'messageDeleted'; readonly messageId: number }
  | { readonly kind: 'entityPut'; readonly record: EntityRecord };

/** Everything that a hub holds. */
export class HubState {
  readonly instances = new Map<string, InstanceRecord>();
  readonly histories = new Map<string, HistoryEntry[]>();
  readonly messages = new Map<number, HubMessage>();
  readonly entities = new Map<string, EntityRecord>();
  nextMessageId = 1;

  apply(changes: readonly HubChange[]): void {
    for (const change of changes) this.#applyOne(change);
  }

  #applyOne(change: HubChange): void {
    switch (change.kind) {
      case 'instancePut':
        this.instances.set(change.record.instanceId, change.record);
        return;
      case 'instanceDeleted':
        this.instances.delete(change.instanceId);
        this.histories.delete(change.instanceId);
        this.entities.delete(change.instanceId);
        return;
      case 'historyReset':
        this.histories.set(change.instanceId, [...change.entries]);
        return;
      case 'historyAppended': {
        const history = this.histories.get(change.instanceId);
        if (history === undefined) this.histories.set(change.instanceId, [...change.entries]);
        else for (const entry of change.entries) history.push(entry);
        return;
      }
      case 'messagePut':
        this.messages.set(change.message.messageId, change.message);
        this.nextMessageId = Math.max(this.nextMessageId, change.message.messageId + 1);
        return;
      case 'messageDeleted':
        this.messages.delete(change.messageId);
        return;
      case 'entityPut':
        this.entities.set(change.record.instanceId, change.record);
        return;
    }
  }

  /** The whole state as changes that make it again from nothing. */
  toChanges(): HubChange[] {
    return [
      ...[...this.instances.values()].map((record): HubChange => ({ kind: 'instancePut', record })),
      ...[...this.histories].map(([instanceId, entries]): HubChange => ({ kind: 'historyReset', instanceId, entries })),
      ...[...this.messages.values()].map((message): HubChange => ({ kind: 'messagePut', message })),
      ...[...this.entities.values()].map((record): HubChange => ({ kind: 'entityPut', record })),
    ];
  }
}
