import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { largestSurgeCost, standingCost } from '../../tools/infra-check/cost.ts';
import { pick, readSnapshot, set, spoilt } from './snapshots.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cost.md'), 'utf8');
const names = ['trial', 'production', 'attach'] as const;
const costs = names.map((name) => standingCost(readSnapshot(name)));

describe('docs/cost.md', () => {
  test.each((costs[0] ?? []).map((line, index) => [line.item, index] as const))('%s is what the snapshots say', (item, index) => {
    expect(text).toContain(`| ${item} | ${costs.map((lines) => lines[index]?.usdPerHour.toFixed(2)).join(' | ')} |`);
  });

  test('the sums are right', () => {
    const sums = costs.map((lines) => lines.reduce((total, line) => total + line.usdPerHour, 0).toFixed(2));
    expect(text).toContain(`| **an hour** | ${sums.map((sum) => `**${sum}**`).join(' | ')} |`);
  });

  test('the dearest surge is right', () => {
    expect(text).toContain(`trial ${largestSurgeCost(readSnapshot('trial')).toFixed(2)} USD an hour`);
    expect(text).toContain(`production ${largestSurgeCost(readSnapshot('production')).toFixed(2)} USD an hour`);
  });

  test('every node size of the parameter files has a price', () => {
    const none = spoilt('trial', (all) => set(pick(all, 'Microsoft.ContainerService/managedClusters'), 'properties.agentPoolProfiles.1.vmSize', 'Standard_Unknown'));
    expect(standingCost(none)[0]?.usdPerHour).toBeLessThan(costs[0]?.[0]?.usdPerHour ?? 0);
    expect(standingCost(readSnapshot('production'))[0]?.usdPerHour).toBeCloseTo(3 * (3 * 0.226 + 12 * 0.452), 5);
  });
});
