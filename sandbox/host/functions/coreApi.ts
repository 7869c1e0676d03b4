import Module from 'node:module';
import { format } from 'node:util';
import type { FunctionRegistry, ModelSlot } from './functionRegistry.ts';
import type { FunctionCallback, FunctionMetadata, HookCallback, LogCategory, LogLevel, ProgrammingModel } from './rpcTypes.ts';

/** The versions that this stand-in gives itself out as. */
export const standInVersions = { version: '1.8.0', hostVersion: '4.1037.0.0' } as const;

let current: FunctionRegistry | undefined;
let loading: Promise<unknown> = Promise.resolve();
/** One @azure/functions-core per module instance that asks for it, so that each keeps its own programming model. */
const apis = new WeakMap<object, object>();
let isInstalled = false;

interface LoadHook {
  _load: (request: string, parent: object | null | undefined, isMain: boolean) => unknown;
}

/**
 * Puts the stand-in for @azure/functions-core in place for this process. Must run before @azure/functions is first loaded: it looks
 * its host up once, with require inside try. Harmless when repeated.
 */
export function installCoreApi(): void {
  if (isInstalled) return;
  isInstalled = true;
  // _load is how every require and every import of CommonJS asks; it has no public type
  const target = Module as unknown as LoadHook;
  const original = target._load;
  target._load = function load(this: unknown, request, parent, isMain): unknown {
    if (request === '@azure/functions-core') return apiFor(parent ?? target);
    return Reflect.apply(original, this, [request, parent, isMain]);
  };
}

/** Registrations made while `load` runs belong to `registry`. Loads of several hosts follow one another. */
export function registerInto<T>(registry: FunctionRegistry, load: () => T | Promise<T>): Promise<T> {
  const run = loading.then(async () => {
    current = registry;
    try {
      return await load();
    } finally {
      current = undefined;
    }
  });
  loading = run.catch(() => undefined);
  return run;
}

function apiFor(parent: object): object {
  const known = apis.get(parent);
  if (known !== undefined) return known;
  const slot: ModelSlot = { model: undefined };
  const api = makeCoreApi(slot);
  apis.set(parent, api);
  return api;
}

function requireCurrent(what: string): FunctionRegistry {
  if (current === undefined) throw new Error(`${what} can only be registered during app startup.`);
  return current;
}

class Disposable {
  readonly #dispose: () => void;
  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }
  dispose(): void {
    this.#dispose();
  }
}

function makeCoreApi(slot: ModelSlot): object {
  return {
    ...standInVersions,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      const registry = requireCurrent('A function');
      registry.register(metadata, callback, slot);
      return new Disposable(() => registry.functions.delete((metadata.name ?? '').toLowerCase()));
    },
    registerHook(name: string, callback: HookCallback): Disposable {
      return new Disposable(requireCurrent('A hook').registerHook(name, callback));
    },
    setProgrammingModel(model: ProgrammingModel): void {
      slot.model = model;
    },
    getProgrammingModel(): ProgrammingModel | undefined {
      return slot.model;
    },
    log(level: LogLevel, category: LogCategory, message: string): void {
      current?.log({ level, category, message: format(message), functionName: undefined, invocationId: undefined });
    },
    Disposable,
  };
}
