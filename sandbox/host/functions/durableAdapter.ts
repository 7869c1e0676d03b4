import type { ActivityAnswer, DurableFunctionKind, DurableFunctions, FunctionAnswer } from '../durable/durableFunctions.ts';
import { toWorkerError, type WorkerError } from '../durable/functionFailures.ts';
import { isRecord, toJsonText, type JsonText } from '../durable/jsonText.ts';
import type { OrchestrationTrigger } from '../durable/orchestrationTrigger.ts';
import type { FunctionRegistry, RegisteredFunction } from './functionRegistry.ts';
import { invokeFunction } from './invokeFunction.ts';
import type { RpcTypedData } from './rpcTypes.ts';

const triggerTypes: Readonly<Record<DurableFunctionKind, string>> = { orchestrator: 'orchestrationtrigger', activity: 'activitytrigger', entity: 'entitytrigger' };

/** Behind this label in an error's message the SDK puts the state of a failed orchestrator. */
const outOfProcLabel = '\n\n$OutOfProcData$:';

/**
 * How calls of durable functions reach the library. `wire`: the RPC data of the real host, an orchestrator's history as one JSON
 * string that is parsed at every replay, its actions so far as JSON again, an activity's input once more in its trigger metadata.
 * `objects`: the same content handed over and back as objects, metadata down to the instance id; for simulations, in which that
 * writing and parsing is most of the cost.
 */
export type DurableTransport = 'wire' | 'objects';

/** Calls the app's durable functions as the extension does through the worker. */
export class DurableAdapter implements DurableFunctions {
  readonly #registry: FunctionRegistry;
  readonly #transport: DurableTransport;
  readonly #extraInputs: (target: RegisteredFunction) => Readonly<Record<string, RpcTypedData>>;

  /** @param extraInputs values of a function's other input bindings: activities may have a durable client. */
  constructor(registry: FunctionRegistry, transport: DurableTransport, extraInputs: (target: RegisteredFunction) => Readonly<Record<string, RpcTypedData>>) {
    this.#registry = registry;
    this.#transport = transport;
    this.#extraInputs = extraInputs;
  }

  has(kind: DurableFunctionKind, name: string): boolean {
    return this.#find(kind, name) !== undefined;
  }

  names(kind: DurableFunctionKind): string[] {
    return this.#registry.withTrigger(triggerTypes[kind]).map((each) => each.name);
  }

  #find(kind: DurableFunctionKind, name: string): RegisteredFunction | undefined {
    const found = this.#registry.functions.get(name.toLowerCase());
    return found?.trigger.type?.toLowerCase() === triggerTypes[kind] ? found : undefined;
  }

  #require(kind: DurableFunctionKind, name: string): RegisteredFunction {
    const found = this.#find(kind, name);
    if (found === undefined) throw new Error(`The function '${name}' doesn't exist, is disabled, or is not an ${kind} function.`);
    return found;
  }

  async callOrchestrator(name: string, trigger: OrchestrationTrigger, instanceId: string): Promise<FunctionAnswer> {
    // the library hands `int` on as it is, whatever it is: a number is all that the type allows
    const [data, answer]: [RpcTypedData, 'rpc' | 'object'] = this.#transport === 'wire' ? [{ string: trigger.toText() }, 'rpc'] : [{ int: trigger.toValue() as number }, 'object'];
    return this.#callWithState(this.#require('orchestrator', name), data, this.#toMetadata(instanceId), answer);
  }

  async callEntity(name: string, triggerText: JsonText): Promise<FunctionAnswer> {
    return this.#callWithState(this.#require('entity', name), { string: triggerText }, {}, 'rpc');
  }

  /** The library tries to parse every string as JSON, and an id is none: as JSON it costs no exception. */
  #toMetadata(instanceId: string): Readonly<Record<string, RpcTypedData>> {
    return { instanceId: this.#transport === 'wire' ? { string: instanceId } : { json: JSON.stringify(instanceId) } };
  }

  async #callWithState(target: RegisteredFunction, data: RpcTypedData, triggerMetadata: Readonly<Record<string, RpcTypedData>>, answer: 'rpc' | 'object'): Promise<FunctionAnswer> {
    try {
      const response = await invokeFunction(this.#registry, target, { inputs: { [target.triggerName]: data }, triggerMetadata, answer });
      const returned = response.returnValue;
      if (answer === 'object') return { kind: 'returned', state: returned?.int };
      return { kind: 'returned', state: returned?.json === undefined || returned.json === null ? undefined : JSON.parse(returned.json) };
    } catch (error) {
      return toThrown(error);
    }
  }

  async callActivity(name: string, input: unknown, instanceId: string): Promise<ActivityAnswer> {
    const target = this.#find('activity', name);
    if (target === undefined) return { kind: 'failed', error: toWorkerError(new Error(`The function '${name}' doesn't exist, is disabled, or is not an activity function.`)) };
    try {
      const response = await invokeFunction(this.#registry, target, {
        inputs: { [target.triggerName]: toActivityInput(input), ...this.#extraInputs(target) },
        triggerMetadata: { ...this.#toMetadata(instanceId), ...(this.#transport === 'wire' ? toInputMetadata(input) : {}) },
      });
      return { kind: 'completed', resultText: toResultText(response.returnValue) };
    } catch (error) {
      const failure = toWorkerError(error);
      this.#registry.log({ level: 'error', category: 'host', message: `Executed 'Functions.${target.name}' (Failed): ${failure.stack === '' ? failure.message : failure.stack}`, functionName: target.name, invocationId: undefined });
      return { kind: 'failed', error: failure };
    }
  }
}

function toThrown(error: unknown): FunctionAnswer {
  const failure: WorkerError = toWorkerError(error);
  const at = failure.message.indexOf(outOfProcLabel);
  return { kind: 'threw', error: failure, state: at < 0 ? undefined : JSON.parse(failure.message.slice(at + outOfProcLabel.length)) };
}

/** As .NET turns the value to a string: booleans become True and False, null is no value. What counts is the value that its JSON has: a date is a string. */
function toActivityInput(input: unknown): RpcTypedData {
  const text = toJsonText(input);
  if (text === 'null') return {};
  if (text === 'true' || text === 'false') return { string: text === 'true' ? 'True' : 'False' };
  return { string: text.startsWith('"') ? String(JSON.parse(text)) : text };
}

function toInputMetadata(input: unknown): Readonly<Record<string, RpcTypedData>> {
  if (input === null || input === undefined) return {};
  const members = isRecord(input) ? Object.entries(input).map(([key, value]) => [key, toMember(value)] as const) : [];
  return { data: { json: toJsonText(input) }, ...Object.fromEntries(members) };
}

function toMember(value: unknown): RpcTypedData {
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  if (typeof value === 'number') return { string: String(value) };
  return value === null ? { string: '' } : { json: toJsonText(value) };
}

function toResultText(returned: RpcTypedData | null | undefined): JsonText | null {
  if (returned === null || returned === undefined) return null;
  if (typeof returned.json === 'string') return returned.json;
  if (typeof returned.string === 'string') return toJsonText(returned.string);
  if (typeof returned.int === 'number') return toJsonText(returned.int);
  if (typeof returned.double === 'number') return toJsonText(returned.double);
  if (returned.bytes !== null && returned.bytes !== undefined) return toJsonText(Buffer.from(returned.bytes).toString('base64'));
  return null;
}
