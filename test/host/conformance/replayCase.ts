import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BusyTracker, Pacer, VirtualClock, installGlobals, nextTurn, trackOutbound } from '../../../sandbox/clock/index.ts';
import { DiskStore, MemoryStore, createLocalHost, type DurableTransport, type LocalHost, type ObservedInvocation } from '../../../sandbox/host/index.ts';
import { loadFunctionsUnderTest, type RecorderNote } from './functionsUnderTest.ts';
import type { RecordedHttp, Recording } from './recordings.ts';
import { Steering } from './steering.ts';
import { toFirstHost, toStartMs, toTimeline, type Step, type Switches } from './timeline.ts';

export interface SeenEpisode {
  readonly kind: string;
  readonly name: string;
  readonly instanceId: string | undefined;
  readonly in: unknown;
  readonly out: unknown;
  readonly outOfProcData: unknown;
  readonly errorMessage: string | undefined;
}

export interface SeenHttp {
  readonly recorded: RecordedHttp;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What the local host did when a recorded case was done to it. */
export interface SeenCase {
  readonly episodes: readonly SeenEpisode[];
  readonly http: readonly SeenHttp[];
  readonly sdkRequests: readonly RecorderNote[];
  readonly sdkResults: readonly { readonly recorded: RecordedHttp; readonly calls: unknown }[];
  readonly finalStatus: Readonly<Record<string, unknown>>;
  readonly leftOut: readonly string[];
  /** Runtime status and custom status of the case's own instance, each time they changed. */
  readonly polled: readonly string[];
  readonly warnings: readonly string[];
}

/** Does to a local host, on a virtual clock, what a recording says was done to the real one. */
export async function replayCase(recording: Recording, transport: DurableTransport = 'wire'): Promise<SeenCase> {
  const folder = mkdtempSync(path.join(tmpdir(), 'durable-conformance-'));
  const player = new Player(recording, folder, await findFreePort(), transport);
  try {
    return await player.play();
  } finally {
    await player.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Player {
  readonly #recording: Recording;
  readonly #folder: string;
  readonly #port: number;
  readonly #transport: DurableTransport;
  readonly #clock: VirtualClock;
  readonly #tracker = new BusyTracker();
  readonly #pacer: Pacer;
  readonly #steering: Steering;
  readonly #undo: (() => void)[];
  readonly #episodes: SeenEpisode[] = [];
  readonly #http: SeenHttp[] = [];
  readonly #notes: RecorderNote[] = [];
  readonly #sdkResults: { recorded: RecordedHttp; calls: unknown }[] = [];
  readonly #warnings: string[] = [];
  readonly #polled: string[] = [];
  #host: LocalHost | undefined;
  #isOver = false;
  #endLife: () => void = () => undefined;

  constructor(recording: Recording, folder: string, port: number, transport: DurableTransport) {
    this.#recording = recording;
    this.#folder = folder;
    this.#port = port;
    this.#transport = transport;
    this.#clock = new VirtualClock(toStartMs(recording));
    this.#pacer = new Pacer({ clock: this.#clock, tracker: this.#tracker });
    this.#steering = new Steering(recording);
    this.#undo = [trackOutbound(this.#tracker), installGlobals(this.#clock), this.#useVirtualHrtime()];
    process.env['REC_CTL'] = path.join(folder, 'switches.json');
    process.env['REC_PORT'] = String(port);
    process.env['WEBSITE_HOSTNAME'] = `127.0.0.1:${port}`;
    this.#setSwitches({});
  }

  async play(): Promise<SeenCase> {
    const timeline = toTimeline(this.#recording);
    const isDurable = timeline.some((step) => step.kind === 'kill');
    await this.#startHost(toFirstHost(this.#recording), isDurable);
    this.#poll();
    if (this.#recording.episodes.some((each) => each.kind === 'clientBinding')) await this.#callSdk([]);
    for (const step of timeline) {
      await this.#pacer.drive({ untilMs: Math.max(step.atMs, this.#clock.now()) });
      await this.#take(step, isDurable);
    }
    const last = Math.max(...this.#recording.episodes.map((each) => Date.parse(each.at)), this.#clock.now());
    await this.#pacer.drive({ untilMs: last + 100 });
    return {
      episodes: this.#episodes,
      http: this.#http,
      sdkRequests: this.#notes,
      sdkResults: this.#sdkResults,
      finalStatus: await this.#readFinalStatus(),
      leftOut: this.#steering.leftOut(),
      polled: this.#polled,
      warnings: this.#warnings,
    };
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#host?.kill();
    for (const undo of this.#undo.toReversed()) undo();
  }

  async #startHost(durableTask: Readonly<Record<string, unknown>>, isDurable: boolean): Promise<void> {
    const life = { isOver: false };
    this.#endLife = (): void => {
      life.isOver = true;
    };
    this.#host = await createLocalHost({
      clock: this.#clock,
      tracker: this.#tracker,
      port: this.#port,
      hostJson: { extensions: { durableTask } },
      durableTransport: this.#transport,
      store: isDurable ? new DiskStore(path.join(this.#folder, 'hub')) : new MemoryStore(),
      register: () => {
        this.#undo.push(loadFunctionsUnderTest((note) => this.#notes.push(note)));
      },
      delivery: {
        newGuid: (instanceId) => this.#steering.nextGuid(instanceId) ?? crypto.randomUUID(),
        chooseBatch: (instanceId, waiting) => this.#steering.choose(instanceId, waiting),
      },
      onInvocation: (observed) => {
        const episode = toSeenEpisode(observed);
        if (episode !== undefined) this.#episodes.push(life.isOver ? { ...episode, out: '(no response: the host and the worker were killed while this ran)' } : episode);
      },
      onLog: (line) => {
        if (line.category === 'host' && line.message.startsWith('the engine failed')) this.#warnings.push(line.message);
      },
    });
  }

  async #take(step: Step, isDurable: boolean): Promise<void> {
    switch (step.kind) {
      case 'switches':
        this.#setSwitches(step.switches);
        return;
      case 'kill':
        this.#endLife();
        await this.#host?.kill();
        this.#host = undefined;
        return;
      case 'host':
        await this.#startHost(step.durableTask, isDurable);
        return;
      case 'http': {
        const { method = 'GET', path: target = '', requestBody, requestHeaders } = step.recorded;
        const headers = Object.fromEntries(Object.entries(requestHeaders ?? {}).filter(([, value]) => value !== ''));
        const body = requestBody === null || requestBody === undefined ? null : Buffer.from(requestBody);
        const response = await this.#request(new Request(`http://127.0.0.1:${this.#port}${target}`, { method, headers, body }));
        this.#http.push({ recorded: step.recorded, ...response });
        return;
      }
      case 'sdk': {
        const calls = (step.recorded.calls ?? []).map((each) => [each.call, ...each.args]);
        this.#sdkResults.push({ recorded: step.recorded, calls: await this.#callSdk(calls) });
        return;
      }
    }
  }

  /** Has the functions under test make calls of the SDK's client. */
  async #callSdk(calls: readonly unknown[]): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const response = await this.#request(new Request(`http://127.0.0.1:${this.#port}/api/sdk`, { method: 'POST', headers, body: JSON.stringify({ tag: this.#recording.case, calls }) }));
    return response.body;
  }

  /** Looks at the case's own instance every 5 ms of the clock. */
  #poll(): void {
    const record = this.#host?.engine.state.instances.get(this.#recording.case);
    if (record !== undefined) {
      const status = `["${record.runtimeStatus}",${record.customStatusText ?? 'null'}]`;
      if (this.#polled.at(-1) !== status) this.#polled.push(status);
    }
    if (!this.#isOver) this.#clock.setTimer(this.#clock.now() + 5, () => {
      this.#poll();
    });
  }

  async #request(request: Request): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }> {
    if (this.#host === undefined) throw new Error('a request was recorded while no host ran');
    let response: Response | undefined;
    const asked = this.#host.invokeHttp(request).then((answer) => {
      response = answer;
    });
    await nextTurn();
    // an answer that waits for time gets it
    if (response === undefined) await this.#pacer.drive({ condition: () => response !== undefined });
    await asked;
    if (response === undefined) throw new Error('no answer');
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text };
  }

  async #readFinalStatus(): Promise<Readonly<Record<string, unknown>>> {
    const seen: Record<string, unknown> = {};
    for (const key of Object.keys(this.#recording.finalStatus)) {
      const instanceId = key.replace(' (without history)', '');
      const query = key === instanceId ? 'showHistory=true&showHistoryOutput=true&showInput=true' : '';
      const url = `http://127.0.0.1:${this.#port}/runtime/webhooks/durabletask/instances/${encodeURIComponent(instanceId)}?${query}`;
      const { status, body } = await this.#request(new Request(url));
      seen[key] = status === 404 ? { status, text: body } : body;
    }
    return seen;
  }

  #setSwitches(switches: Switches): void {
    writeFileSync(path.join(this.#folder, 'switches.json'), JSON.stringify(switches));
  }

  /** The SDK's waitForCompletion measures with process.hrtime. */
  #useVirtualHrtime(): () => void {
    const original = process.hrtime;
    const virtual = (since?: [number, number]): [number, number] => {
      const ms = this.#clock.now() - (since === undefined ? 0 : since[0] * 1000 + since[1] / 1e6);
      return [Math.floor(ms / 1000), (ms % 1000) * 1e6];
    };
    process.hrtime = Object.assign(virtual, { bigint: original.bigint.bind(original) });
    return () => {
      process.hrtime = original;
    };
  }
}

/** Undefined for what is neither a durable function nor handed a client. */
export function toSeenEpisode({ functionName, triggerType, request, outcome }: ObservedInvocation): SeenEpisode | undefined {
  const kind = triggerType.replace(/Trigger$/i, '').toLowerCase();
  const clientBinding = request.inputData[1];
  if (kind === 'http' && clientBinding !== undefined) {
    return { kind: 'clientBinding', name: functionName, instanceId: undefined, in: { rpc: clientBinding.data }, out: undefined, outOfProcData: undefined, errorMessage: undefined };
  }
  const rpc = request.inputData[0]?.data ?? null;
  const instanceId = request.triggerMetadata['instanceId']?.string ?? undefined;
  const errorMessage = outcome.kind === 'threw' ? (outcome.error instanceof Error ? outcome.error.message : undefined) : undefined;
  const returned = outcome.kind === 'returned' ? (outcome.response.returnValue ?? null) : undefined;
  if (kind === 'activity') {
    return { kind, name: functionName, instanceId, in: { rpc, triggerMetadata: request.triggerMetadata }, out: returned === undefined ? undefined : toPlain({ rpc: returned }), outOfProcData: undefined, errorMessage };
  }
  if (kind !== 'orchestration' && kind !== 'entity') return undefined;
  // handed over as an object, there is nothing that went over a wire to look at
  if (typeof rpc?.string !== 'string') return undefined;
  const trigger = JSON.parse(rpc.string) as { readonly instanceId?: string; readonly self?: { readonly name: string; readonly key: string } };
  const label = '$OutOfProcData$:';
  const at = errorMessage?.indexOf(label) ?? -1;
  return {
    kind: kind === 'entity' ? 'entity' : 'orchestrator',
    name: functionName,
    instanceId: instanceId ?? (trigger.self === undefined ? trigger.instanceId : `@${trigger.self.name}@${trigger.self.key}`),
    in: trigger,
    out: returned?.json === undefined || returned.json === null ? undefined : (JSON.parse(returned.json) as unknown),
    outOfProcData: at < 0 ? undefined : (JSON.parse(errorMessage?.slice(at + label.length) ?? 'null') as unknown),
    errorMessage,
  };
}

/** As JSON has it: a Buffer in the way of the recordings. */
function toPlain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
