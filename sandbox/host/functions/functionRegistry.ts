import type { ProcessLife } from '../../clock/index.ts';
import type { FunctionCallback, FunctionMetadata, HookCallback, HookName, LogCategory, LogLevel, ProgrammingModel, RpcBindingInfo, RpcInvocationRequest, RpcInvocationResponse } from './rpcTypes.ts';

/** Where one module instance of @azure/functions leaves its programming model. */
export interface ModelSlot {
  model: ProgrammingModel | undefined;
}

export interface RegisteredFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly bindings: Readonly<Record<string, RpcBindingInfo>>;
  readonly triggerName: string;
  readonly trigger: RpcBindingInfo;
  readonly callback: FunctionCallback;
  readonly slot: ModelSlot;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly category: LogCategory | 'host';
  readonly message: string;
  /** Undefined outside an invocation. */
  readonly functionName: string | undefined;
  readonly invocationId: string | undefined;
}

/** One call of a function, as it went to the worker and came back. */
export interface ObservedInvocation {
  readonly functionName: string;
  readonly triggerType: string;
  readonly request: RpcInvocationRequest;
  readonly outcome: { readonly kind: 'returned'; readonly response: RpcInvocationResponse } | { readonly kind: 'threw'; readonly error: unknown };
}

const hookNames: readonly HookName[] = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'];

/** What one app registered with one host: functions and hooks. Closed once the app has started. */
export class FunctionRegistry {
  /** Of the process that this app would run in. */
  readonly life: ProcessLife = { isOver: false };
  readonly functions = new Map<string, RegisteredFunction>();
  readonly #hooks = new Map<HookName, HookCallback[]>();
  readonly #resolveSetting: (text: string) => string;
  readonly log: (line: LogLine) => void;
  readonly observe: ((observed: ObservedInvocation) => void) | undefined;

  /** @param resolveSetting puts app settings in place of %NAME%; throws when one is missing. */
  constructor(resolveSetting: (text: string) => string, log: (line: LogLine) => void, observe?: (observed: ObservedInvocation) => void) {
    this.#resolveSetting = resolveSetting;
    this.log = log;
    this.observe = observe;
  }

  register(metadata: FunctionMetadata, callback: FunctionCallback, slot: ModelSlot): void {
    const { name } = metadata;
    if (name === undefined || !/^[A-Za-z][\w-]{0,127}$/.test(name)) throw new Error(`"${String(name)}" is not a name for a function: a letter, then letters, digits, _ or -, at most 128`);
    if (this.functions.has(name.toLowerCase())) throw new Error(`A function with name "${name}" has already been registered.`);
    const bindings = Object.fromEntries(Object.entries(metadata.bindings ?? {}).map(([key, binding]) => [key, this.#resolveBinding(binding)]));
    const trigger = Object.entries(bindings).find(([, binding]) => /trigger$/i.test(binding.type ?? ''));
    if (trigger === undefined) throw new Error(`The function "${name}" has no trigger.`);
    this.functions.set(name.toLowerCase(), { name, metadata: { ...metadata, bindings }, bindings, triggerName: trigger[0], trigger: trigger[1], callback, slot });
  }

  #resolveBinding(binding: RpcBindingInfo): RpcBindingInfo {
    return Object.fromEntries(Object.entries(binding).map(([key, value]) => [key, typeof value === 'string' && key !== 'name' ? this.#resolveSetting(value) : value]));
  }

  /** Returns what takes the hook away again. */
  registerHook(name: string, callback: HookCallback): () => void {
    const hookName = hookNames.find((each) => each === name);
    // the worker's own kind of error, which @azure/functions knows how to tell
    if (hookName === undefined) throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });
    const callbacks = this.#hooks.get(hookName) ?? [];
    this.#hooks.set(hookName, [...callbacks, callback]);
    return () => {
      this.#hooks.set(hookName, (this.#hooks.get(hookName) ?? []).filter((each) => each !== callback));
    };
  }

  hooks(name: HookName): readonly HookCallback[] {
    return this.#hooks.get(name) ?? [];
  }

  /** Functions whose trigger has this type, without regard to case. */
  withTrigger(type: string): RegisteredFunction[] {
    return [...this.functions.values()].filter((each) => each.trigger.type?.toLowerCase() === type.toLowerCase());
  }
}
