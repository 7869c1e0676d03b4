import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

/** Runs the fixture until a line says `until`, then kills it outright. Its lines so far. */
async function runUntil(folder: string, until: string): Promise<string[]> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'fixtures/killedProcess.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith(until)) break;
  }
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  return lines;
}

describe('a process that is killed outright', () => {
  it('leaves a run that the next process takes to its end, twice over', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'killed-'));
    try {
      expect(await runUntil(folder, 'step 1 begun')).toEqual(['up', 'step 1 begun']);
      expect(await runUntil(folder, 'step 2 begun')).toEqual(['up', 'step 1 begun', 'step 2 begun']);
      expect(await runUntil(folder, 'over')).toEqual(['up', 'step 2 begun', 'step 3 begun', 'over [1,2,3]']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
