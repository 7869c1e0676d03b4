import { createHash } from 'node:crypto';
import type { ReplayContext } from './actionReplay.ts';
import { toJsonText } from './jsonText.ts';
import type { EntityAddress } from './orchestratorAction.ts';

export interface EntityMessage {
  readonly targetInstanceId: string;
  readonly eventName: 'op' | 'release';
  readonly inputText: string;
  /** The answer comes as an event of this name. */
  readonly requestId: string;
}

const messageType = (name: string): string => `Microsoft.Azure.WebJobs.Extensions.DurableTask.${name}, Microsoft.Azure.WebJobs.Extensions.DurableTask`;
const neverSent = '0001-01-01T00:00:00';

/** "@name@key", the instance id under which an entity lives. */
export function toEntityInstanceId(entity: EntityAddress): string {
  return `@${entity.name.toLowerCase()}@${entity.key}`;
}

/** Makes the messages that an orchestrator sends to entities; ids are the same at every replay. */
export class EntityCalls {
  readonly #context: ReplayContext;
  #made = 0;
  readonly #lastSentMs = new Map<string, number>();
  #lock: { readonly id: string; readonly entities: readonly EntityAddress[] } | undefined;

  constructor(context: ReplayContext) {
    this.#context = context;
  }

  call(action: { readonly entityInstanceId: string; readonly operation: string; readonly input: unknown }, utcMs: number): EntityMessage {
    return this.#request(action.entityInstanceId, this.#nextGuid(), utcMs, { op: action.operation, ...toInput(action.input) });
  }

  signal(action: { readonly entityInstanceId: string; readonly operation: string; readonly input: unknown }, utcMs: number): EntityMessage {
    return this.#request(action.entityInstanceId, this.#nextGuid(), utcMs, { op: action.operation, signal: true, ...toInput(action.input) });
  }

  lock(action: { readonly lockSet: readonly EntityAddress[] }, utcMs: number): EntityMessage {
    const id = this.#nextGuid();
    this.#lock = { id, entities: action.lockSet };
    const first = action.lockSet[0];
    if (first === undefined) throw new Error('a lock needs at least one entity');
    return this.#request(toEntityInstanceId(first), id, utcMs, { op: null, lockset: action.lockSet.map((entity) => ({ $type: messageType('EntityId'), ...entity })) });
  }

  release(): readonly EntityMessage[] {
    const lock = this.#lock;
    this.#lock = undefined;
    return (lock?.entities ?? []).map((entity) => ({
      targetInstanceId: toEntityInstanceId(entity),
      eventName: 'release',
      inputText: toJsonText({ $type: messageType('ReleaseMessage'), parent: this.#context.instanceId, id: lock?.id }),
      requestId: '',
    }));
  }

  #request(targetInstanceId: string, id: string, utcMs: number, body: Readonly<Record<string, unknown>>): EntityMessage {
    const { op, signal, input, lockset } = body;
    // a receiver puts messages of one sender in order by their instants: each is later than the one before
    const predecessorMs = this.#lastSentMs.get(targetInstanceId);
    const sentMs = Math.max(utcMs, (predecessorMs ?? 0) + 1);
    this.#lastSentMs.set(targetInstanceId, sentMs);
    const at = new Date(sentMs).toISOString();
    const message = {
      $type: messageType('RequestMessage'),
      op,
      signal,
      input,
      id,
      parent: this.#context.instanceId,
      parentExecution: this.#context.executionId,
      Timestamp: at,
      Predecessor: predecessorMs === undefined ? neverSent : new Date(predecessorMs).toISOString(),
      requestTime: lockset === undefined ? at : undefined,
      lockset,
    };
    return { targetInstanceId, eventName: 'op', inputText: toJsonText(message), requestId: id };
  }

  #nextGuid(): string {
    return toGuid(`${this.#context.executionId}:${this.#made++}`);
  }
}

/** A GUID-shaped digest. */
export function toGuid(seed: string): string {
  const hex = createHash('sha1').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function toInput(input: unknown): { readonly input?: string } {
  return input === undefined || input === null ? {} : { input: toJsonText(input) };
}
