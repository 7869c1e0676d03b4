import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadFunctionsUnderTest, type RecorderNote } from '../../host/conformance/functionsUnderTest.ts';
import type { RecordedHttp, Recording } from '../../host/conformance/recordings.ts';
import { toSeenEpisode, type SeenCase, type SeenEpisode, type SeenHttp } from '../../host/conformance/replayCase.ts';
import { toStartMs, toTimeline, type Step, type Switches } from '../../host/conformance/timeline.ts';
import { freePort } from '../apiserverProcess.ts';
import { startDurableHost, type DurableHost } from './durableHost.ts';

/** How long an instance may take longer than recorded: these machines are not that one. */
const patienceMs = 30_000;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One host of the real extension with the functions under test, on which recorded cases are played in real time. */
export class ExtensionPlayer {
  readonly #host: DurableHost;
  readonly #folder: string;
  readonly #episodes: SeenEpisode[];
  readonly #notes: (RecorderNote)[];
  readonly #unload: () => void;
  #switches: Switches = {};

  private constructor(host: DurableHost, folder: string, episodes: SeenEpisode[], notes: RecorderNote[], unload: () => void) {
    this.#host = host;
    this.#folder = folder;
    this.#episodes = episodes;
    this.#notes = notes;
    this.#unload = unload;
  }

  static async start(hostDll: string, durableTask: unknown, storage: string): Promise<ExtensionPlayer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'durable-extension-'));
    process.env['REC_CTL'] = path.join(folder, 'switches.json');
    writeFileSync(process.env['REC_CTL'], '{}');
    const episodes: SeenEpisode[] = [];
    const notes: RecorderNote[] = [];
    let unload: () => void = () => undefined;
    const port = await freePort();
    // the functions call their own host
    process.env['REC_PORT'] = String(port);
    const host = await startDurableHost({
      hostDll,
      app: {
        kind: 'register',
        register: () => {
          unload = loadFunctionsUnderTest((note) => notes.push(note));
        },
      },
      hostJson: { extensions: { durableTask } },
      storage,
      port,
      onInvocation: (observed) => {
        const episode = toSeenEpisode(observed);
        if (episode !== undefined) episodes.push(episode);
      },
    });
    return new ExtensionPlayer(host, folder, episodes, notes, unload);
  }

  async stop(): Promise<void> {
    await this.#host.stop();
    this.#unload();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Does what was done when the case was recorded, after the same time. Cases may be played side by side, as they were recorded. */
  async play(recording: Recording): Promise<SeenCase> {
    const own = new Set([...Object.keys(recording.finalStatus).map(withoutNote), ...recording.episodes.flatMap(({ instanceId }) => instanceId ?? [])]);
    const http: SeenHttp[] = [];
    const sdkResults: { recorded: RecordedHttp; calls: unknown }[] = [];
    if (recording.episodes.some(({ kind }) => kind === 'clientBinding')) await this.#callSdk(recording.case, []);
    const startMs = Date.now();
    const recordedStartMs = toStartMs(recording);
    for (const step of toTimeline(recording)) {
      await sleep(Math.max(0, startMs + (step.atMs - recordedStartMs) - Date.now()));
      await this.#take(recording, step, own, http, sdkResults);
    }
    const recordedLastMs = Math.max(...recording.episodes.map(({ at }) => Date.parse(at)), recordedStartMs);
    await sleep(Math.max(0, startMs + (recordedLastMs - recordedStartMs) - Date.now()));
    const finalStatus = await this.#readFinalStatus(recording);
    return {
      episodes: this.#episodesOf(own),
      http,
      sdkRequests: this.#notes.filter(({ tag }) => tag === recording.case),
      sdkResults,
      finalStatus,
      leftOut: [],
      polled: [],
      warnings: [],
    };
  }

  async #take(recording: Recording, step: Step, own: Set<string>, http: SeenHttp[], sdkResults: { recorded: RecordedHttp; calls: unknown }[]): Promise<void> {
    switch (step.kind) {
      case 'switches':
        this.#switches = { ...this.#switches, ...step.switches, fail: step.switches.fail ?? {} };
        writeFileSync(path.join(this.#folder, 'switches.json'), JSON.stringify(this.#switches));
        return;
      case 'http': {
        const { method = 'GET', path: target = '', requestBody, requestHeaders } = step.recorded;
        const headers = Object.fromEntries(Object.entries(requestHeaders ?? {}).filter(([, value]) => value !== ''));
        const ask = (): Promise<Answer> => this.#request(target, { method, headers, ...(requestBody === null || requestBody === undefined ? {} : { body: Buffer.from(requestBody) }) });
        const answer = method === 'GET' ? await askUntilAsRecorded(ask, step.recorded) : await ask();
        const id = typeof answer.body === 'object' && answer.body !== null ? (answer.body as { readonly id?: unknown }).id : undefined;
        if (typeof id === 'string') own.add(id);
        http.push({ recorded: step.recorded, ...answer });
        return;
      }
      case 'sdk': {
        const calls = (step.recorded.calls ?? []).map((each) => [each.call, ...each.args]);
        sdkResults.push({ recorded: step.recorded, calls: await this.#callSdk(recording.case, calls) });
        return;
      }
      case 'kill':
      case 'host':
        throw new Error(`${recording.case} needs a host of its own`);
    }
  }

  async #callSdk(tag: string, calls: readonly unknown[]): Promise<unknown> {
    const { body } = await this.#request('/api/sdk', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tag, calls }) });
    return body;
  }

  async #request(target: string, init: RequestInit): Promise<Answer> {
    // the recordings leave the key out; what is asked comes back in links
    const asked = new URL(target, this.#host.origin);
    const code = asked.pathname.startsWith('/runtime/webhooks/') ? `${target.includes('?') ? '&' : '?'}code=SYSTEMKEY` : '';
    const response = await fetch(`${this.#host.origin}${target}${code}`, init);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text };
  }

  /** As soon as each instance is in the state that was recorded, or when patience is over. */
  async #readFinalStatus(recording: Recording): Promise<Readonly<Record<string, unknown>>> {
    const untilMs = Date.now() + patienceMs;
    for (;;) {
      const seen: Record<string, unknown> = {};
      for (const key of Object.keys(recording.finalStatus)) {
        const query = key === withoutNote(key) ? 'showHistory=true&showHistoryOutput=true&showInput=true' : '';
        const { status, body } = await this.#request(`/runtime/webhooks/durabletask/instances/${encodeURIComponent(withoutNote(key))}?${query}`, {});
        seen[key] = status === 404 ? { status, text: body } : body;
      }
      if (Date.now() > untilMs || Object.entries(recording.finalStatus).every(([key, recorded]) => statusOf(recorded) === statusOf(seen[key]))) return seen;
      await sleep(250);
    }
  }

  #episodesOf(own: ReadonlySet<string>): readonly SeenEpisode[] {
    const parents = new Map(this.#episodes.flatMap(({ kind, instanceId, in: trigger }) => (kind === 'orchestrator' && instanceId !== undefined ? [[instanceId, (trigger as { readonly parentInstanceId?: string | null }).parentInstanceId ?? null] as const] : [])));
    const isOwn = (instanceId: string | undefined): boolean => {
      if (instanceId === undefined) return false;
      const parent = parents.get(instanceId);
      return own.has(instanceId) || (typeof parent === 'string' && isOwn(parent));
    };
    return this.#episodes.filter(({ kind, instanceId }) => kind === 'clientBinding' || isOwn(instanceId));
  }
}

/** Who recorded waited for what he then read; this machine may be slower. */
async function askUntilAsRecorded(ask: () => Promise<Answer>, { status, responseBody }: RecordedHttp): Promise<Answer> {
  const untilMs = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (Date.now() > untilMs || (answer.status === status && statusOf(answer.body) === statusOf(responseBody))) return answer;
    await sleep(250);
  }
}

const withoutNote = (key: string): string => key.replace(' (without history)', '');

const statusOf = (document: unknown): unknown => {
  const { runtimeStatus, status } = (typeof document === 'object' && document !== null ? document : {}) as { readonly runtimeStatus?: unknown; readonly status?: unknown };
  return runtimeStatus ?? status;
};
