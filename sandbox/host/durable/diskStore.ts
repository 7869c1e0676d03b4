import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { HubState, type HubChange } from './hubState.ts';
import type { InstanceStore } from './instanceStore.ts';
import { isRecord } from './jsonText.ts';

export interface DiskStoreOptions {
  /** Journal bytes after which a snapshot takes its place. */
  readonly journalLimitBytes?: number;
}

/**
 * Keeps a hub in a folder: a snapshot and, after it, a journal with one JSON line a commit. A line is written before commit
 * returns, so that a killed process loses nothing that was answered for; a power cut may (nothing is synced to the disk). A last
 * line that was cut off is dropped whole. One process at a time.
 */
export class DiskStore implements InstanceStore {
  readonly #folder: string;
  readonly #journalLimitBytes: number;
  readonly #state = new HubState();
  #generation = 0;
  #journal: number | undefined;
  #journalBytes = 0;

  constructor(folder: string, options: DiskStoreOptions = {}) {
    this.#folder = folder;
    this.#journalLimitBytes = options.journalLimitBytes ?? 16 * 1024 * 1024;
    mkdirSync(folder, { recursive: true });
  }

  load(): readonly HubChange[] {
    const snapshot = this.#readSnapshot();
    this.#generation = snapshot.generation;
    this.#state.apply(snapshot.changes);
    for (const line of this.#readJournalLines()) this.#state.apply(line);
    this.#startGeneration();
    return this.#state.toChanges();
  }

  commit(changes: readonly HubChange[]): void {
    if (this.#journal === undefined || changes.length === 0) return;
    const line = `${JSON.stringify(changes)}\n`;
    writeSync(this.#journal, line);
    this.#journalBytes += line.length;
    this.#state.apply(changes);
    if (this.#journalBytes > this.#journalLimitBytes) this.#startGeneration();
  }

  close(): void {
    if (this.#journal !== undefined) closeSync(this.#journal);
    this.#journal = undefined;
  }

  /** Snapshot under a temporary name, then renamed: whichever moment a kill hits, one generation is whole. */
  #startGeneration(): void {
    if (this.#journal !== undefined) closeSync(this.#journal);
    const next = this.#generation + 1;
    this.#journal = openSync(this.#journalFile(next), 'w');
    const temporary = path.join(this.#folder, 'snapshot.new');
    writeFileSync(temporary, JSON.stringify({ generation: next, changes: this.#state.toChanges() }));
    renameSync(temporary, this.#snapshotFile());
    this.#generation = next;
    this.#journalBytes = 0;
    for (const name of readdirSync(this.#folder)) {
      if (/^journal-\d+\.jsonl$/.test(name) && name !== path.basename(this.#journalFile(next))) rmSync(path.join(this.#folder, name));
    }
  }

  #snapshotFile(): string {
    return path.join(this.#folder, 'snapshot.json');
  }

  #journalFile(generation: number): string {
    return path.join(this.#folder, `journal-${generation}.jsonl`);
  }

  #readSnapshot(): { readonly generation: number; readonly changes: readonly HubChange[] } {
    const file = this.#snapshotFile();
    if (!existsSync(file)) return { generation: 0, changes: [] };
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(parsed) || typeof parsed['generation'] !== 'number' || !Array.isArray(parsed['changes'])) throw new Error(`${file} is not a snapshot of a hub`);
    return { generation: parsed['generation'], changes: parsed['changes'] as HubChange[] };
  }

  #readJournalLines(): HubChange[][] {
    const file = this.#journalFile(this.#generation);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n');
    // the last one is empty, or was cut off by a kill
    return lines.slice(0, -1).map((line) => JSON.parse(line) as HubChange[]);
  }
}
