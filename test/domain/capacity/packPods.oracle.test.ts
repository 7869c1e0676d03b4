import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparedWith, fewestNewNodes, onePool, oracleRuns, oracleSeed, packed, twoPools, type Case } from './packingOracle.ts';

const isUnderProvided = (one: Case, answer = packed(one)): boolean => answer.unplaced === 0 && answer.newNodes < fewestNewNodes(one);

describe.each([
  ['one pool', onePool],
  ['two pools, the first of them nearly full', twoPools],
])('packPods against an exhaustive search: %s', (title, cases) => {
  it('never asks for fewer nodes than are needed', () => {
    fc.assert(fc.property(cases, (one) => !isUnderProvided(one)), { numRuns: 1500, seed: 6 });
  });

  it('asks for at most a tenth more than the optimum on average, as docs/capacity.md says', () => {
    const compared = comparedWith(cases, oracleRuns, oracleSeed);
    const asked = compared.reduce((sum, one) => sum + one.asked, 0);
    const optimum = compared.reduce((sum, one) => sum + one.optimum, 0);
    expect(optimum).toBeGreaterThan(1000);
    expect(asked / optimum).toBeLessThanOrEqual(1.1);
    expect(asked / optimum).toBeGreaterThanOrEqual(1);
    const docs = readFileSync(new URL('../../../docs/capacity.md', import.meta.url), 'utf8');
    expect(docs.includes(`| ${title} | ${compared.length} | ${optimum} | ${asked} | ${((asked / optimum - 1) * 100).toFixed(1)} % |`), `${title} | ${compared.length} | ${optimum} | ${asked}`).toBe(true);
  });

  it('would be caught if it took pods for smaller than they are', () => {
    const smaller = (one: Case): Case => ({ ...one, kinds: one.kinds.map((kind) => ({ ...kind, cpu: kind.cpu / 2, memory: kind.memory / 2 })) });
    expect(fc.sample(cases, { numRuns: 300, seed: 6 }).some((one) => isUnderProvided(one, packed(smaller(one))))).toBe(true);
  });
});

describe('with a pool alone everything finds a place', () => {
  it('nothing is left over where nodes may come', () => {
    fc.assert(fc.property(onePool, (one) => packed(one).unplaced === 0), { numRuns: 1500, seed: 8 });
  });

  it('and where none is enough for the first pool\'s pods, that is said', () => {
    const short = fc.sample(twoPools, { numRuns: 1000, seed: 9 }).filter((one) => fewestNewNodes(one) === Infinity);
    expect(short.length).toBeGreaterThan(100);
    expect(short.every((one) => packed(one).unplaced > 0)).toBe(true);
  });
});
