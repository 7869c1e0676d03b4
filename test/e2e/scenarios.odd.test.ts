import { describe, expect, it } from 'vitest';
import { playInMemory, testScenarios } from './playInMemory.ts';

testScenarios(1);

describe('a seed', () => {
  it('gives the same run twice, to the last request', async () => {
    expect(await playInMemory('region-dead', 11)).toEqual(await playInMemory('region-dead', 11));
  }, 120_000);
});
