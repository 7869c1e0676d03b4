import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BusyTracker } from '../../../sandbox/clock/index.ts';
import { toWorkerError } from '../../../sandbox/host/durable/functionFailures.ts';
import { resolveSettings } from '../../../sandbox/host/functions/appSettings.ts';
import { installCoreApi, registerInto } from '../../../sandbox/host/functions/coreApi.ts';
import { FunctionRegistry, type LogLine, type ObservedInvocation, type RegisteredFunction } from '../../../sandbox/host/functions/functionRegistry.ts';
import { HttpTriggers, emptyBody, type HostRequest, type HostResponse } from '../../../sandbox/host/functions/httpTriggers.ts';
import { invokeFunction } from '../../../sandbox/host/functions/invokeFunction.ts';
import { loadAppFolder } from '../../../sandbox/host/functions/loadApp.ts';
import type { RpcTypedData } from '../../../sandbox/host/functions/rpcTypes.ts';
import { listen, type HttpListener } from '../../../sandbox/host/httpListener.ts';

export interface DurableHostOptions {
  /** What `buildDurableHost` gave. */
  readonly hostDll: string;
  /** A Functions app folder, or what makes the registrations. */
  readonly app: { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'register'; readonly register: () => unknown };
  readonly hostJson: unknown;
  /** Of the storage account: AzureWebJobsStorage. */
  readonly storage: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Keeps when timers ran last, over restarts of the host; a folder of this start only, unless given. */
  readonly timersFolder?: string;
  readonly onInvocation?: (observed: ObservedInvocation) => void;
  readonly onLog?: (line: LogLine) => void;
  /** What the .NET process writes. */
  readonly onHostOutput?: (text: string) => void;
}

/** The real Durable extension with an app on it. HTTP triggers are the local host's; orchestrations, activities, entities and timers the extensions'. */
export interface DurableHost {
  readonly origin: string;
  readonly functionNames: readonly string[];
  /** What a durableClient binding gives. */
  readonly clientBinding: string;
  /** As the host would be stopped. */
  stop(): Promise<void>;
  /** The .NET process is killed outright; what still runs here is not heeded. */
  kill(): Promise<void>;
}

const webhookPath = '/runtime/webhooks/durabletask/';
const startTimeoutMs = 60_000;
const extensionTriggers = new Set(['orchestrationTrigger', 'activityTrigger', 'entityTrigger', 'timerTrigger']);

/**
 * Loads the app in this process, as the Node worker would, starts the .NET process that has the extension, and passes calls from
 * one to the other: over loopback HTTP, where the script host and its worker speak gRPC.
 */
export async function startDurableHost(options: DurableHostOptions): Promise<DurableHost> {
  installCoreApi();
  const tracker = new BusyTracker();
  const front: { handle: (request: HostRequest) => Promise<HostResponse> } = { handle: () => Promise.resolve({ status: 503, headers: [], body: emptyBody }) };
  const listener = await listen(options.port, (request) => front.handle(request));
  // as the host has it; the SDK puts localhost:7071 into its links without it
  process.env['WEBSITE_HOSTNAME'] = new URL(listener.origin).host;
  const registry = new FunctionRegistry((text) => resolveSettings(text, process.env), options.onLog ?? ((): void => undefined), options.onInvocation);
  const { app } = options;
  await registerInto(registry, async () => {
    if (app.kind === 'folder') await loadAppFolder(app.folder);
    else await app.register();
    for (const slot of new Set([...registry.functions.values()].map((each) => each.slot))) await slot.model?.getCapabilities?.({});
  });
  for (const hook of registry.hooks('appStart')) await hook({ hookData: {} });

  let clientBinding = '';
  const extraInputs = (target: RegisteredFunction, binding = clientBinding): Record<string, RpcTypedData> =>
    Object.fromEntries(Object.entries(target.bindings).flatMap(([name, { type }]) => (type === 'durableClient' ? [[name, { string: binding }]] : [])));
  const worker = await serveWorker(registry, extraInputs);
  const folder = mkdtempSync(path.join(tmpdir(), 'durable-host-'));
  const hostJsonFile = path.join(folder, 'host.json');
  writeFileSync(hostJsonFile, JSON.stringify(options.hostJson));
  const child = spawn('dotnet', [options.hostDll, worker.listener.origin, hostJsonFile, listener.origin], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...plainEnvironment(), HOME: options.timersFolder ?? folder, FUNCTIONS_WORKER_RUNTIME: 'node', AzureWebJobsStorage: options.storage },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      options.onHostOutput?.(chunk.toString());
      output = `${output}${chunk.toString()}`.slice(-8000);
    });
  }
  const { client, webhooks } = await orEnded(child, worker.ready, () => output);
  clientBinding = client;

  const triggers = new HttpTriggers(registry, tracker, 'api', extraInputs);
  front.handle = async (request) => (new URL(request.url).pathname.startsWith(webhookPath) ? passOn(request, webhooks) : triggers.handle(request));

  const end = async (ask: () => void): Promise<void> => {
    ask();
    await ended(child);
    await Promise.all([listener.close(), worker.listener.close()]);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    origin: listener.origin,
    functionNames: [...registry.functions.values()].map((each) => each.name),
    clientBinding,
    stop: () => end(() => child.stdin.end()),
    kill: () => end(() => child.kill('SIGKILL')),
  };
}

interface Ready {
  readonly client: string;
  readonly webhooks: string;
}

interface WorkerCall {
  readonly trigger: string | null;
  readonly timer: string | null;
  readonly instanceId: string | null;
  readonly client: string | null;
}

/** What the .NET process asks of the worker: its functions, and to call one. */
async function serveWorker(
  registry: FunctionRegistry,
  extraInputs: (target: RegisteredFunction, clientBinding: string) => Record<string, RpcTypedData>,
): Promise<{ readonly listener: HttpListener; readonly ready: Promise<Ready> }> {
  let setReady: (ready: Ready) => void = () => undefined;
  const ready = new Promise<Ready>((resolve) => {
    setReady = resolve;
  });
  const json = (value: unknown): HostResponse => ({ status: 200, headers: [['content-type', 'application/json']], body: new TextEncoder().encode(JSON.stringify(value)) });
  const call = async (name: string, { trigger, timer, instanceId, client }: WorkerCall): Promise<unknown> => {
    const target = registry.functions.get(name.toLowerCase());
    if (target === undefined) throw new Error(`the app has no function ${name}`);
    try {
      const response = await invokeFunction(registry, target, {
        inputs: { [target.triggerName]: timer !== null ? { json: timer } : trigger !== null ? { string: trigger } : {}, ...extraInputs(target, client ?? '') },
        triggerMetadata: instanceId === null ? {} : { instanceId: { string: instanceId } },
      });
      return { returned: toWire(response.returnValue) };
    } catch (error) {
      return { error: toWorkerError(error) };
    }
  };
  const listener = await listen(0, async ({ url, body }) => {
    const { pathname } = new URL(url);
    if (pathname === '/functions') {
      const functions = [...registry.functions.values()].filter(({ trigger }) => extensionTriggers.has(trigger.type ?? ''));
      return json(functions.map(({ name, trigger, bindings }) => ({ name, trigger: trigger.type, schedule: trigger['schedule'] ?? null, hasClient: Object.values(bindings).some(({ type }) => type === 'durableClient') })));
    }
    const asked: unknown = JSON.parse(new TextDecoder().decode(body));
    if (pathname === '/ready') {
      setReady(asked as Ready);
      return json({});
    }
    return json(await call(decodeURIComponent(pathname.replace('/invoke/', '')), asked as WorkerCall));
  });
  return { listener, ready };
}

/** No name by which the extension would think itself on one of Azure's plans. */
const plainEnvironment = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(PATH|TMPDIR|TEMP|TMP|SystemRoot|USERPROFILE|APPDATA|LOCALAPPDATA|DOTNET_.*)$/i.test(name)));

const toWire = (data: RpcTypedData | null | undefined): unknown => (data?.bytes === undefined || data.bytes === null ? data : { bytes: Buffer.from(data.bytes).toString('base64') });

/** The script host routes such requests to the extension's webhook. */
async function passOn(request: HostRequest, webhooks: string): Promise<HostResponse> {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const contentType = request.headers['content-type'];
  const response = await fetch(webhooks, {
    method: request.method,
    headers: { 'x-asked': request.url, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    ...(hasBody ? { body: Buffer.from(request.body) } : {}),
  });
  return { status: response.status, headers: [...response.headers].filter(([name]) => !/^(transfer-encoding|connection|content-length)$/i.test(name)), body: new Uint8Array(await response.arrayBuffer()) };
}

const ended = (child: ChildProcess): Promise<void> => (child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((done) => child.once('exit', () => done())));

async function orEnded<T>(child: ChildProcess, result: Promise<T>, output: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the host was not up after ${startTimeoutMs / 1000} s:\n${output()}`));
    }, startTimeoutMs);
  });
  const gone = ended(child).then(() => Promise.reject(new Error(`the host ended before it was up:\n${output()}`)));
  try {
    return await Promise.race([result, gone, late]);
  } finally {
    clearTimeout(timer);
    gone.catch(() => undefined);
  }
}
