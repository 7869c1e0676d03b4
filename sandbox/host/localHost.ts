import { VirtualClock, livingIn, sleepReal, type BusyTracker, type Clock } from '../clock/index.ts';
import { DurableAdapter, type DurableTransport } from './functions/durableAdapter.ts';
import { readDurableSettings } from './durable/durableSettings.ts';
import { HubEngine, type HubEngineOptions } from './durable/hubEngine.ts';
import { MemoryStore, type InstanceStore } from './durable/instanceStore.ts';
import { isRecord } from './durable/jsonText.ts';
import { resolveSettings } from './functions/appSettings.ts';
import { installCoreApi, registerInto } from './functions/coreApi.ts';
import { FunctionRegistry, type LogLine, type ObservedInvocation, type RegisteredFunction } from './functions/functionRegistry.ts';
import { HttpTriggers, emptyBody, type HostRequest, type HostResponse } from './functions/httpTriggers.ts';
import { loadAppFolder, readHostJson } from './functions/loadApp.ts';
import type { RpcTypedData } from './functions/rpcTypes.ts';
import { TimerTriggers } from './functions/timerTriggers.ts';
import { listen, type RequestHandler } from './httpListener.ts';
import { ManagementApi } from './management/managementApi.ts';
import { newSystemKey, toClientBinding } from './management/managementLinks.ts';

export interface LocalHostOptions {
  /** A Functions app folder: package.json's main is loaded, host.json read. Either this or `register`. */
  readonly appDir?: string;
  /** Makes the registrations itself (app.http, df.app.orchestration, ...), for instance by importing a module. */
  readonly register?: () => unknown;
  readonly clock: Clock;
  /** Shared with the pacer of a virtual clock. */
  readonly tracker: BusyTracker;
  /** host.json's content instead of the folder's. */
  readonly hostJson?: unknown;
  /** App settings: put into process.env before the app loads, and used for %NAME% in bindings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** 0, the default, takes a free one; always on loopback. */
  readonly port?: number;
  /** Where Durable state is kept; in memory unless given. */
  readonly store?: InstanceStore;
  readonly onLog?: (line: LogLine) => void;
  /** `objects` spares a simulation the parsing of histories; `wire`, as the real host, unless given. */
  readonly durableTransport?: DurableTransport;
  /** How the Durable engine delivers; see HubEngineOptions. On a VirtualClock the latency is 15 ms unless given (as measured on the real one), else 0. */
  readonly delivery?: Pick<HubEngineOptions, 'newGuid' | 'queueLatencyMs' | 'chooseBatch'>;
  /** Told of every call of a function: what went to the worker and what came back. */
  readonly onInvocation?: (observed: ObservedInvocation) => void;
}

const stopGraceMs = 1000;

/** A message between two work items of the real host: 20 activities in sequence, two messages each, took 0.6 to 0.7 s. */
const virtualQueueLatencyMs = 15;

/** A running local host: stands in for the Azure Functions host in development and tests; never production. */
export interface LocalHost {
  /** http://127.0.0.1:port */
  readonly origin: string;
  readonly functionNames: readonly string[];
  readonly engine: HubEngine;
  /** An HTTP call without a socket: routes, management API and all. */
  invokeHttp(request: Request): Promise<Response>;
  /** Runs a timer function at once. False when there is none of that name. */
  runTimer(name: string): Promise<boolean>;
  /** Graceful: no new work, what runs may end within a second of real time, appTerminate hooks, listener and store closed, settings put back. */
  stop(): Promise<void>;
  /** As if the process had died: nothing that still runs is heeded or gets a request out, no hook runs; the store keeps what was committed. */
  kill(): Promise<void>;
}

/**
 * Starts an app: stand-in for @azure/functions-core, listener (503 until the app is there), settings, load, appStart hooks, Durable
 * engine (taking up what the store holds), timers; in that order. Several hosts may run in one process, each with its own
 * registrations, engine and port; process.env is one for all of them: what the latest that lives has set.
 */
export async function createLocalHost(options: LocalHostOptions): Promise<LocalHost> {
  installCoreApi();
  const front: { handle: RequestHandler } = { handle: () => Promise.resolve({ status: 503, headers: [], body: emptyBody }) };
  const listener = await listen(options.port ?? 0, (request) => front.handle(request));
  // the SDK's client puts localhost:7071 into its links without it
  const settings = { WEBSITE_HOSTNAME: new URL(listener.origin).host, ...options.settings };
  const restoreSettings = applySettings(settings);
  try {
    const registry = new FunctionRegistry(settingsResolver(settings), options.onLog ?? ((): void => undefined), options.onInvocation);
    await loadApp(options, registry);
    if (registry.functions.size === 0) registry.log({ level: 'warning', category: 'host', message: 'The app registered no function. Was @azure/functions asked for functions before the host was there?', functionName: undefined, invocationId: undefined });
    const host = startHost(options, registry, listener.origin);
    front.handle = host.handle;
    return {
      origin: listener.origin,
      functionNames: [...registry.functions.values()].map((each) => each.name),
      engine: host.engine,
      invokeHttp: async (request) => toResponse(await host.handle(await toHostRequest(request))),
      runTimer: (name) => host.timers.runNow(name),
      stop: async () => {
        // work that waits for a virtual clock which nobody moves any more would never end
        await Promise.race([Promise.all([host.timers.stop(), host.engine.drain()]), sleepReal(stopGraceMs)]);
        host.engine.kill();
        for (const hook of registry.hooks('appTerminate')) await hook({ hookData: {} });
        await listener.close();
        restoreSettings();
      },
      kill: async () => {
        registry.life.isOver = true;
        host.timers.cancel();
        host.engine.kill();
        await listener.close();
        restoreSettings();
      },
    };
  } catch (error) {
    restoreSettings();
    await listener.close();
    throw error;
  }
}

/** Copying process.env costs more than all else at a registration, and few bindings name a setting. */
function settingsResolver(settings: Readonly<Record<string, string>>): (text: string) => string {
  return (text) => (text.includes('%') ? resolveSettings(text, { ...process.env, ...settings }) : text);
}

async function loadApp(options: LocalHostOptions, registry: FunctionRegistry): Promise<void> {
  await registerInto(registry, async () => {
    const { register, appDir } = options;
    if (register !== undefined) await livingIn(registry.life, register);
    else if (appDir !== undefined) await livingIn(registry.life, () => loadAppFolder(appDir));
    else throw new Error('createLocalHost needs appDir or register');
    for (const slot of new Set([...registry.functions.values()].map((each) => each.slot))) await slot.model?.getCapabilities?.({});
  });
  for (const hook of registry.hooks('appStart')) await hook({ hookData: {} });
}

interface StartedHost {
  readonly engine: HubEngine;
  readonly timers: TimerTriggers;
  readonly handle: RequestHandler;
}

function startHost(options: LocalHostOptions, registry: FunctionRegistry, origin: string): StartedHost {
  const { clock, tracker } = options;
  const hostJson = options.hostJson ?? (options.appDir === undefined ? undefined : readHostJson(options.appDir));
  const settings = readDurableSettings(hostJson);
  const links = { hubName: settings.hubName, origin, systemKey: newSystemKey() };
  const clientBinding = toClientBinding(links);
  const extraInputs = (target: RegisteredFunction): Record<string, RpcTypedData> =>
    Object.fromEntries(Object.entries(target.bindings).flatMap(([name, binding]) => (/^(durable|orchestration)Client$/i.test(binding.type ?? '') ? [[name, { string: clientBinding }]] : [])));
  const durable = new DurableAdapter(registry, options.durableTransport ?? 'wire', extraInputs);
  const engine = new HubEngine({
    clock,
    tracker,
    settings,
    store: options.store ?? new MemoryStore(),
    functions: durable,
    queueLatencyMs: clock instanceof VirtualClock ? virtualQueueLatencyMs : 0,
    ...options.delivery,
    onWarning: (message) => {
      registry.log({ level: 'error', category: 'host', message, functionName: undefined, invocationId: undefined });
    },
  });
  const triggers = new HttpTriggers(registry, tracker, readRoutePrefix(hostJson), extraInputs);
  const management = new ManagementApi({ engine, clock, links, entityNames: () => durable.names('entity') });
  const timers = new TimerTriggers({ registry, clock, tracker, extraInputs });
  engine.start();
  timers.start();
  return { engine, timers, handle: async (request) => (await management.handle(request)) ?? triggers.handle(request) };
}

function readRoutePrefix(hostJson: unknown): string {
  const extensions = isRecord(hostJson) ? hostJson['extensions'] : undefined;
  const http = isRecord(extensions) && isRecord(extensions['http']) ? extensions['http'] : {};
  return typeof http['routePrefix'] === 'string' ? http['routePrefix'] : 'api';
}

/** Settings of the hosts that live, oldest first, and what was there before any of them. */
const settingsInForce: Readonly<Record<string, string>>[] = [];
const settingsBefore = new Map<string, string | undefined>();

/** Returns what puts the former values back: those of another host that lives, else those from before. */
function applySettings(settings: Readonly<Record<string, string>>): () => void {
  for (const name of Object.keys(settings)) if (!settingsInForce.some((others) => name in others)) settingsBefore.set(name, process.env[name]);
  settingsInForce.push(settings);
  Object.assign(process.env, settings);
  return () => {
    const index = settingsInForce.indexOf(settings);
    if (index < 0) return;
    settingsInForce.splice(index, 1);
    for (const name of Object.keys(settings)) {
      const value = settingsInForce.findLast((others) => name in others)?.[name] ?? settingsBefore.get(name);
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}

async function toHostRequest(request: Request): Promise<HostRequest> {
  return { method: request.method, url: request.url, headers: Object.fromEntries(request.headers), body: new Uint8Array(await request.arrayBuffer()) };
}

function toResponse(response: HostResponse): Response {
  const headers = new Headers();
  for (const [name, value] of response.headers) headers.append(name, value);
  const hasBody = response.body.byteLength > 0 && ![204, 205, 304].includes(response.status);
  return new Response(hasBody ? Buffer.from(response.body) : null, { status: response.status, headers });
}
