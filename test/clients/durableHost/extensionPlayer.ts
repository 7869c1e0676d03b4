import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadFunctionsUnderTest, type RecorderNote } from '../../host/conformance/functionsUnderTest.ts';
import type { RecordedHttp, Recording } from '../../host/conformance/recordings.ts';
import { toSeenEpisode, type SeenCase, type SeenEpisode, type SeenHttp } from '../../host/conformance/replayCase.ts';
import { toStartMs, toTimeline, type Step, type Switches } from '../../host/conformance/timeline.ts';
import { freePort } from '../apiserverProcess.ts';
import { longestPauseMs, patienceMs } from './cases.ts';
import { startDurableHost, type DurableHost } from './durableHost.ts';

/** What a recording says of a function that was under way when host and worker were killed. */
const endedWithHost = '(no response: the host and the worker were killed while this ran)';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Setting {
  readonly hostDll: string;
  readonly storage: string;
  /** One for all lives of the host: links hold it, and the functions call their own host. */
  readonly port: number;
  /** Holds the switches that the functions read. */
  readonly folder: string;
}

/** From the start of a host and its worker to their end. */
interface Life {
  readonly host: DurableHost;
  readonly unload: () => void;
  isOver: boolean;
}

/** One host of the real extension with the functions under test, on which recorded cases are played in real time. */
export class ExtensionPlayer {
  readonly #setting: Setting;
  readonly #episodes: SeenEpisode[] = [];
  readonly #notes: RecorderNote[] = [];
  #life: Life | null = null;
  #switches: Switches = {};

  private constructor(setting: Setting) {
    this.#setting = setting;
  }

  static async start(hostDll: string, durableTask: unknown, storage: string): Promise<ExtensionPlayer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'durable-extension-'));
    process.env['REC_CTL'] = path.join(folder, 'switches.json');
    writeFileSync(process.env['REC_CTL'], '{}');
    const port = await freePort();
    process.env['REC_PORT'] = String(port);
    const player = new ExtensionPlayer({ hostDll, storage, port, folder });
    await player.#startHost(durableTask);
    return player;
  }

  async stop(): Promise<void> {
    await this.#life?.host.stop();
    this.#life?.unload();
    rmSync(this.#setting.folder, { recursive: true, force: true });
  }

  async #startHost(durableTask: unknown): Promise<void> {
    const { hostDll, storage, port } = this.#setting;
    let unload: () => void = () => undefined;
    let life: Life | null = null;
    const host = await startDurableHost({
      hostDll,
      app: {
        kind: 'register',
        register: () => {
          unload = loadFunctionsUnderTest((note) => this.#notes.push(note));
        },
      },
      hostJson: { extensions: { durableTask } },
      storage,
      port,
      onInvocation: (observed) => {
        const episode = toSeenEpisode(observed);
        if (episode !== undefined) this.#episodes.push(life?.isOver === true ? { ...episode, out: endedWithHost } : episode);
      },
    });
    life = { host, unload, isOver: false };
    this.#life = life;
  }

  async #endHost(how: 'killed' | 'stopped'): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    this.#life = null;
    life.isOver = true;
    await (how === 'killed' ? life.host.kill() : life.host.stop());
    life.unload();
  }

  /** Does what was done when the case was recorded, after the same time. Cases may be played side by side, as they were recorded. */
  async play(recording: Recording): Promise<SeenCase> {
    const own = new Set([...Object.keys(recording.finalStatus).map(withoutNote), ...recording.episodes.flatMap(({ instanceId }) => instanceId ?? [])]);
    const http: SeenHttp[] = [];
    const sdkResults: { recorded: RecordedHttp; calls: unknown }[] = [];
    if (recording.episodes.some(({ kind }) => kind === 'clientBinding')) await this.#callSdk(recording.case, []);
    // what lies between the recording's time and ours
    let apartMs = Date.now() - toStartMs(recording);
    const waitUntil = async (recordedMs: number): Promise<void> => {
      const waitMs = recordedMs + apartMs - Date.now();
      const pauseMs = Math.min(waitMs, longestPauseMs(recording.case));
      apartMs -= Math.max(0, waitMs - pauseMs);
      await sleep(Math.max(0, pauseMs));
    };
    for (const step of toTimeline(recording)) {
      await waitUntil(step.atMs);
      await this.#take(recording, step, own, http, sdkResults);
    }
    await waitUntil(Math.max(...recording.episodes.map(({ at }) => Date.parse(at)), toStartMs(recording)));
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
        writeFileSync(path.join(this.#setting.folder, 'switches.json'), JSON.stringify(this.#switches));
        return;
      case 'http': {
        const { method = 'GET', path: target = '', requestBody, requestHeaders } = step.recorded;
        const headers = Object.fromEntries(Object.entries(requestHeaders ?? {}).filter(([, value]) => value !== ''));
        const ask = (): Promise<Answer> => this.#request(target, { method, headers, ...(requestBody === null || requestBody === undefined ? {} : { body: Buffer.from(requestBody) }) });
        const answer = method === 'GET' ? await askUntilAsRecorded(ask, step.recorded, patienceMs(recording.case)) : await ask();
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
        await this.#endHost(step.how);
        return;
      case 'host':
        await this.#startHost(step.durableTask);
        return;
    }
  }

  async #callSdk(tag: string, calls: readonly unknown[]): Promise<unknown> {
    const { body } = await this.#request('/api/sdk', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tag, calls }) });
    return body;
  }

  async #request(target: string, init: RequestInit): Promise<Answer> {
    // the recordings leave the key out; what is asked comes back in links
    if (this.#life === null) throw new Error('a request was recorded while no host ran');
    const { origin } = this.#life.host;
    const asked = new URL(target, origin);
    const code = asked.pathname.startsWith('/runtime/webhooks/') ? `${target.includes('?') ? '&' : '?'}code=SYSTEMKEY` : '';
    const response = await fetch(`${origin}${target}${code}`, init);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text };
  }

  /** As soon as each instance is in the state that was recorded, or when patience is over. */
  async #readFinalStatus(recording: Recording): Promise<Readonly<Record<string, unknown>>> {
    const untilMs = Date.now() + patienceMs(recording.case);
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
async function askUntilAsRecorded(ask: () => Promise<Answer>, { status, responseBody }: RecordedHttp, forMs: number): Promise<Answer> {
  const untilMs = Date.now() + forMs;
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
