import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { AzureOptions } from './azure/index.ts';
import { compactBlobChanges, type BlobChange } from './azure/blob/index.ts';
import { compactCosmosChanges, openChangeJournal, type CosmosChange } from './azure/cosmos/index.ts';
import type { FaceRequest } from './azure/face.ts';
import { controlPlaneAccount } from './azure/environment.ts';
import { hosts } from './azure/routing.ts';
import { realTimers, sleepReal, type VirtualClock } from './clock/index.ts';
import { DiskStore, type InstanceStore } from './host/index.ts';
import type { Scenario } from './scenarios/index.ts';
import type { SimulatedWorld } from './world/index.ts';

/** What a sandbox was started with: the first start says, later ones go on with it. */
export interface Beginning {
  readonly scenario: Scenario;
  readonly faults: 'played' | 'none';
  readonly seed: number;
  /** From when the scenario's times count, epoch milliseconds. */
  readonly startMs: number;
}

/** A world of an earlier life. */
export interface EarlierLife {
  /** For restoreWorld. */
  readonly world: unknown;
  /** When it was saved; what happened since then by itself happens again. */
  readonly worldSavedAtMs: number;
  /** The latest instant of which anything is on record: the clock goes on from here. */
  readonly nowMs: number;
}

const saveEveryMs = 1000;
/** How long the process of before may take to be gone after a kill. */
const dyingMs = 3000;

/**
 * `--state DIR`: a folder that survives the kill of its process at any instant. What a client was told is in it: Cosmos DB, blobs and
 * the Durable hub have journals, and the world is saved after each request that may have changed it, before the answer goes out
 * (between such requests physics is a function of the clock). CA, keys and ports lie in it too (AzureOptions.stateFolder).
 */
export class KeptState {
  readonly folder: string;
  readonly beginning: Beginning;
  /** Null in the first life. */
  readonly earlier: EarlierLife | null;
  readonly azureOptions: Pick<AzureOptions, 'stateFolder' | 'data' | 'onAnswer'>;
  readonly #clockFile: number;
  readonly #closeJournals: () => void;
  readonly #hubs = new Map<string, DiskStore>();
  #living: { readonly world: SimulatedWorld; readonly clock: VirtualClock; readonly interval: NodeJS.Timeout } | null = null;
  #savedFaults = -1;

  /**
   * @param begin asked in the first life only.
   * @throws Error when another process lives in that folder.
   */
  static async open(folder: string, begin: () => Promise<Beginning>): Promise<KeptState> {
    mkdirSync(folder, { recursive: true });
    await lock(folder);
    const beginning = readJson<Beginning>(folder, 'beginning.json') ?? (await begin());
    writeWhole(folder, 'beginning.json', JSON.stringify(beginning));
    return new KeptState(path.resolve(folder), beginning);
  }

  private constructor(folder: string, beginning: Beginning) {
    this.folder = folder;
    this.beginning = beginning;
    const saved = readJson<Pick<EarlierLife, 'world' | 'worldSavedAtMs'>>(folder, 'world.json');
    this.earlier = saved === null ? null : { ...saved, nowMs: Math.max(saved.worldSavedAtMs, this.#readInstant()) };
    this.#clockFile = openSync(this.#file('clock'), existsSync(this.#file('clock')) ? 'r+' : 'w');

    const items = openChangeJournal<CosmosChange>(this.#file('cosmos.jsonl'), (changes) => compactCosmosChanges(changes));
    const blobs = openChangeJournal<BlobChange>(this.#file('blobs.jsonl'), compactBlobChanges);
    this.#closeJournals = (): void => {
      items.close();
      blobs.close();
    };
    this.azureOptions = {
      stateFolder: folder,
      data: { savedItems: items.saved, recordItem: this.#noting(items.record), savedBlobs: blobs.saved, recordBlob: this.#noting(blobs.record) },
      onAnswer: (host, request) => {
        if (mayChangeTheWorld(host, request)) this.#saveWorld();
      },
    };
  }

  /** From here on what happens to this world is kept. */
  keep(world: SimulatedWorld, clock: VirtualClock): void {
    const interval = realTimers.setInterval(() => this.#saveWorld(), saveEveryMs);
    interval.unref();
    this.#living = { world, clock, interval };
    this.#saveWorld();
  }

  /** The task hub of one control-plane region, for createLocalHost. */
  hubOf(controlRegion: string): InstanceStore {
    const hub = this.#hubs.get(controlRegion) ?? new DiskStore(this.#file(`durable-${controlRegion}`));
    this.#hubs.set(controlRegion, hub);
    return { load: () => hub.load(), commit: this.#noting((changes) => hub.commit(changes)), close: () => hub.close() };
  }

  /** Port of a region's API in the earlier life; 0 before there was one. */
  apiPortOf(controlRegion: string): number {
    return readJson<{ readonly port: number }>(this.folder, `api-${controlRegion}.json`)?.port ?? 0;
  }

  keepApiPort(controlRegion: string, port: number): void {
    writeWhole(this.folder, `api-${controlRegion}.json`, JSON.stringify({ port }));
  }

  close(): void {
    this.#saveWorld();
    if (this.#living !== null) realTimers.clearInterval(this.#living.interval);
    this.#living = null;
    this.#closeJournals();
    for (const hub of this.#hubs.values()) hub.close();
    closeSync(this.#clockFile);
    rmSync(this.#file('pid'), { force: true });
  }

  #noting<T>(record: (change: T) => void): (change: T) => void {
    return (change) => {
      this.#noteInstant();
      record(change);
    };
  }

  #saveWorld(): void {
    if (this.#living === null) return;
    const { world, clock } = this.#living;
    this.#savedFaults = world.faults.version;
    writeWhole(this.folder, 'world.json', JSON.stringify({ worldSavedAtMs: clock.now(), world: world.save() }));
    this.#noteInstant();
  }

  /** Before anything of this instant is on record, so that no later life's clock stands before it. */
  #noteInstant(): void {
    if (this.#living === null) return;
    const { world, clock } = this.#living;
    // faults come by the clock, too, not by requests alone
    if (world.faults.version !== this.#savedFaults) this.#saveWorld();
    writeSync(this.#clockFile, String(clock.now()).padStart(16, '0'), 0);
  }

  #readInstant(): number {
    return existsSync(this.#file('clock')) ? Number(readFileSync(this.#file('clock'), 'utf8')) : 0;
  }

  #file(name: string): string {
    return path.join(this.folder, name);
  }
}

/** For a person, who may have given other options this time. */
export function playingFrom({ folder, earlier, beginning }: KeptState): string {
  return earlier === null ? `is kept in ${folder}` : `with seed ${beginning.seed} goes on from ${folder} at ${new Date(earlier.nowMs).toISOString()}`;
}

/** Resource Manager, the clusters, the admin face, and blobs outside the control plane's own account, where gates look. */
function mayChangeTheWorld(host: string, { method, url }: FaceRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  if (host === hosts.blob) return !url.pathname.startsWith(`/${controlPlaneAccount}/`);
  return host === hosts.arm || host === hosts.admin || host.endsWith('.kube.sandbox.test');
}

/** One that was killed is gone as soon as its memory is; what is left of it until its parent looks is no process any more. */
function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // no such process; where there is no /proc, one that answers a signal lives
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' && process.platform !== 'linux';
  }
}

async function lock(folder: string): Promise<void> {
  const file = path.join(folder, 'pid');
  const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const untilMs = realTimers.Date.now() + dyingMs;
  while (owner !== process.pid && isAlive(owner)) {
    if (realTimers.Date.now() > untilMs) throw new Error(`process ${owner} lives in ${folder}: one at a time (where that is another program, remove ${file})`);
    await sleepReal(50);
  }
  writeWhole(folder, 'pid', String(process.pid));
}

function readJson<T>(folder: string, name: string): T | null {
  const file = path.join(folder, name);
  // written by this module: the shape is its own
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;
}

/** Under a temporary name, then renamed: a kill leaves the old one or the new one. */
function writeWhole(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
