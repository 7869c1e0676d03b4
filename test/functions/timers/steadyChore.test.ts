import { describe, expect, it } from 'vitest';
import { steadyChore } from '../../../src/functions/timers/steadyChore.ts';
import type { LogLine } from '../../../src/ports/log.ts';
import { TransientError } from '../../../src/ports/outcome.ts';

function chore() {
  const lines: LogLine[] = [];
  let now = 0;
  const run = steadyChore('reconcile', { write: (line) => lines.push(line) }, () => now);
  const failing = (message: string) => () => Promise.reject(new TransientError(message, null));
  return { lines, run, failing, pass: (seconds: number) => (now += seconds * 1000), told: () => lines.map(({ level, message }) => `${level} ${message}`) };
}

describe('a chore that comes round every minute', () => {
  it('says nothing while it works', async () => {
    const { run, lines } = chore();
    for (let turn = 0; turn < 3; turn += 1) await run(() => Promise.resolve());
    expect(lines).toEqual([]);
  });

  it('tells once when it begins to fail, and once with the count when it works again', async () => {
    const { run, failing, pass, told, lines } = chore();
    for (let turn = 0; turn < 15; turn += 1) {
      await run(failing('state run: 503'));
      pass(60);
    }
    expect(told()).toEqual(['warn reconcile is put off: state run: 503']);
    await run(() => Promise.resolve());
    await run(() => Promise.resolve());
    expect(told().slice(1)).toEqual(['info reconcile works again after 900 s; last put off 15 times: state run: 503']);
    expect(lines[0]?.about).toEqual({ step: 'reconcile' });
  });

  it('tells when the fault becomes another one; ids and times make none of it', async () => {
    const { run, failing, told } = chore();
    await run(failing('503, activity 0b7c9a52-6f1e-4a83-9d24-51e0c7b3a6f8 at 2026-11-28T03:00:00Z'));
    await run(failing('503, activity e8f3b6a1-7c04-4d92-a1b5-3c6e9f0d2784 at 2026-11-28T03:01:00Z'));
    await run(failing('429'));
    expect(told()).toHaveLength(2);
    expect(told()[1]).toMatch(/^warn reconcile is put off: 429 \(after 2 times: 503/);
  });

  it('lets a bug pass', async () => {
    const { run, lines } = chore();
    await expect(run(() => Promise.reject(new TypeError('x is undefined')))).rejects.toThrow('x is undefined');
    expect(lines).toEqual([]);
  });
});
