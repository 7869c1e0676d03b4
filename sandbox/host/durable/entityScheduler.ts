import type { DurableFunctions, FunctionAnswer } from './durableFunctions.ts';
import { toEntityInstanceId, toGuid } from './entityCalls.ts';
import { eventTypes, toTimestamp, type HistoryEvent } from './historyEvents.ts';
import type { ControlMessage, EntityRecord, EntityRequest, HubChange, HubState } from './hubState.ts';
import { isRecord, toJsonText, type JsonText } from './jsonText.ts';
import type { EntityAddress } from './orchestratorAction.ts';

export interface EntitySchedulerOptions {
  readonly state: HubState;
  readonly functions: DurableFunctions;
  readonly nowMs: () => number;
  readonly commit: (changes: readonly HubChange[]) => void;
  readonly toMessage: (instanceId: string, event: HistoryEvent) => ControlMessage;
}

const responseType = 'Microsoft.Azure.WebJobs.Extensions.DurableTask.ResponseMessage, Microsoft.Azure.WebJobs.Extensions.DurableTask';
const requestType = 'Microsoft.Azure.WebJobs.Extensions.DurableTask.RequestMessage, Microsoft.Azure.WebJobs.Extensions.DurableTask';

/** "@name@key" to its parts; undefined for any other id. */
export function parseEntityInstanceId(instanceId: string): EntityAddress | undefined {
  const at = instanceId.startsWith('@') ? instanceId.indexOf('@', 1) : -1;
  return at < 2 ? undefined : { name: instanceId.slice(1, at), key: instanceId.slice(at + 1) };
}

/** Gives entities their operations in the order queued, as many at once as are there, and heeds locks. */
export class EntityScheduler {
  readonly #options: EntitySchedulerOptions;

  constructor(options: EntitySchedulerOptions) {
    this.#options = options;
  }

  owns(instanceId: string): boolean {
    const entity = parseEntityInstanceId(instanceId);
    return entity !== undefined && this.#options.functions.has('entity', entity.name);
  }

  async process(instanceId: string, batch: readonly ControlMessage[]): Promise<void> {
    const { state, nowMs, commit } = this.#options;
    const changes: HubChange[] = batch.map((message) => ({ kind: 'messageDeleted', messageId: message.messageId }));
    let record: EntityRecord = state.entities.get(instanceId) ?? { instanceId, exists: false, stateText: null, lockedBy: null, waiting: [], createdAtMs: nowMs(), updatedAtMs: nowMs() };
    for (const { event } of batch) {
      if (event.EventType !== eventTypes.eventRaised) continue;
      const content: unknown = JSON.parse(event.Input ?? 'null');
      if (!isRecord(content)) continue;
      if (event.Name === 'release') record = record.lockedBy === content['parent'] ? { ...record, lockedBy: null } : record;
      else record = { ...record, waiting: [...record.waiting, toRequest(content)] };
    }
    record = await this.#work(record, changes);
    commit([...changes, { kind: 'entityPut', record: { ...record, createdAtMs: nowMs(), updatedAtMs: nowMs() } }]);
  }

  async #work(start: EntityRecord, changes: HubChange[]): Promise<EntityRecord> {
    let record = start;
    for (;;) {
      const { lockedBy } = record;
      const mayRun = record.waiting.filter((request) => lockedBy === null || request.parent === lockedBy);
      const first = mayRun[0];
      if (first === undefined) return record;
      if (first.lockSet !== undefined) {
        record = { ...record, lockedBy: first.parent, waiting: record.waiting.filter((request) => request !== first) };
        changes.push(this.#passLockOn(first, first.lockSet));
        continue;
      }
      const lockAt = mayRun.findIndex((request) => request.lockSet !== undefined);
      const operations = lockAt < 0 ? mayRun : mayRun.slice(0, lockAt);
      record = await this.#runOperations({ ...record, waiting: record.waiting.filter((request) => !operations.includes(request)) }, operations, changes);
    }
  }

  #passLockOn(request: EntityRequest, lockSet: readonly EntityAddress[]): HubChange {
    const [, next, ...rest] = lockSet;
    if (next === undefined) return this.#answer(request, toJsonText({ $type: responseType, result: 'Lock Acquisition Completed' }));
    const message = { $type: requestType, op: null, id: request.id, parent: request.parent, lockset: [next, ...rest] };
    return this.#send(toEntityInstanceId(next), 'op', toJsonText(message));
  }

  async #runOperations(record: EntityRecord, operations: readonly EntityRequest[], changes: HubChange[]): Promise<EntityRecord> {
    const entity = parseEntityInstanceId(record.instanceId);
    if (entity === undefined) return record;
    const trigger = toJsonText({
      self: entity,
      exists: record.exists,
      state: record.stateText,
      batch: operations.map((request) => ({ name: request.op, input: request.inputText, isSignal: request.isSignal, id: request.id })),
    });
    const answer = await this.#options.functions.callEntity(entity.name, trigger);
    const { results, signals, exists, stateText } = readAnswer(answer);
    operations.forEach((request, index) => {
      if (request.isSignal) return;
      const result = results[index] ?? { isError: true, resultText: toJsonText('the entity function gave no result') };
      changes.push(this.#answer(request, toJsonText({ $type: responseType, result: result.resultText, ...(result.isError ? { exceptionType: 'Error' } : {}) })));
    });
    signals.forEach((signal, index) => {
      const id = toGuid(`${record.instanceId}:${signal.requestId}:${index}`);
      const message = { $type: requestType, op: signal.name, signal: true, input: signal.inputText ?? undefined, id, parent: record.instanceId };
      changes.push(this.#send(toEntityInstanceId(signal.target), 'op', toJsonText(message)));
    });
    return { ...record, exists, stateText };
  }

  #answer(request: EntityRequest, inputText: JsonText): HubChange {
    return this.#send(request.parent ?? '', request.id, inputText);
  }

  #send(instanceId: string, eventName: string, inputText: JsonText): HubChange {
    const event: HistoryEvent = { EventType: eventTypes.eventRaised, Name: eventName, Input: inputText, ParentTraceContext: null, EventId: -1, Timestamp: toTimestamp(this.#options.nowMs()) };
    return { kind: 'messagePut', message: this.#options.toMessage(instanceId, event) };
  }
}

function toText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function toRequest(content: Record<string, unknown>): EntityRequest {
  const lockset = content['lockset'];
  return {
    op: toText(content['op']),
    isSignal: content['signal'] === true,
    inputText: toText(content['input']),
    id: String(content['id']),
    parent: toText(content['parent']),
    lockSet: Array.isArray(lockset) ? lockset.filter(isRecord).map((each) => ({ name: String(each['name']), key: String(each['key']) })) : undefined,
  };
}

interface EntityAnswer {
  readonly exists: boolean;
  readonly stateText: JsonText | null;
  readonly results: readonly { readonly isError: boolean; readonly resultText: string | null }[];
  readonly signals: readonly { readonly target: EntityAddress; readonly name: string; readonly inputText: string | null; readonly requestId: string }[];
}

function readAnswer(answer: FunctionAnswer): EntityAnswer {
  const state = answer.kind === 'returned' && isRecord(answer.state) ? answer.state : {};
  const list = (key: string): Record<string, unknown>[] => (Array.isArray(state[key]) ? state[key].filter(isRecord) : []);
  return {
    exists: state['entityExists'] === true,
    stateText: toText(state['entityState']),
    results: list('results').map((each) => ({ isError: each['isError'] === true, resultText: toText(each['result']) })),
    signals: list('signals').map((each) => ({
      target: isRecord(each['target']) ? { name: String(each['target']['name']), key: String(each['target']['key']) } : { name: '', key: '' },
      name: String(each['name']),
      inputText: toText(each['input']),
      requestId: String(each['requestId']),
    })),
  };
}
