import { describe, expect, it } from 'vitest';
import { playScenario } from '../../sandbox/play/playScenario.ts';
import type { Summary } from '../../sandbox/play/summary.ts';
import { listScenarios, loadScenario } from '../../sandbox/scenarios/index.ts';
import { inMemoryApp } from '../support/inMemoryApp.ts';

/** The whole product against the whole sandbox, in memory and in virtual time. */
export async function playInMemory(name: string, seed = 7): Promise<Summary> {
  return playScenario({ scenario: loadScenario(name), seed, pace: 'max', app: await inMemoryApp(), audience: { entry: ignore, frame: ignore, log: ignore } });
}

const ignore = (): void => undefined;

/** Every scenario of one half of the list: two files, so that two workers share them. */
export function testScenarios(half: 0 | 1): void {
  describe('every scenario ends as its file says, with every invariant held', () => {
    it.each(listScenarios().filter((_, index) => index % 2 === half))('$name: $title', async ({ name }) => {
      const summary = await playInMemory(name);
      expect(summary.problems).toEqual([]);
      expect(summary.violations).toEqual([]);
      expect(summary.ledgerVerified).toBe(true);
    }, 120_000);
  });
}
