import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file of changes, one JSON line each, that survives the kill of its process at any instant: a line is written before
 * the answer to its request, and one that was cut short is dropped at the next start.
 */
export interface ChangeJournal<T> {
  /** Changes of earlier lives, oldest first: what a store is created from. */
  readonly saved: readonly T[];
  readonly record: (change: T) => void;
  close(): void;
}

/** `compact` answers fewer changes that rebuild the same store; the file is rewritten with them once, at the start. */
export function openChangeJournal<T>(path: string, compact: (changes: readonly T[]) => readonly T[]): ChangeJournal<T> {
  mkdirSync(dirname(path), { recursive: true });
  const saved = compact(readChanges<T>(path));
  const next = `${path}.next`;
  writeFileSync(next, saved.map((change) => `${JSON.stringify(change)}\n`).join(''));
  renameSync(next, path);
  const file = openSync(path, 'a');
  return {
    saved,
    record(change) {
      writeSync(file, `${JSON.stringify(change)}\n`);
    },
    close() {
      closeSync(file);
    },
  };
}

function readChanges<T>(path: string): readonly T[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  // The lines are this module's own: what the store recorded is what it is given back.
  return whole.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}
