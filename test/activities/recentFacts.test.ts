import { expect, it } from 'vitest';
import { recentFacts } from '../../src/activities/recentFacts.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { sampleFleet } from '../domain/planning/threeRegions.ts';
import { fakePorts } from '../support/fakePorts.ts';

function counted() {
  let now = 1_000_000;
  let reads = 0;
  let answer: () => Promise<void> = () => Promise.resolve();
  const ports = fakePorts(sampleFleet(), () => now);
  const slow: Ports = { ...ports, traffic: { ...ports.traffic, readTraffic: async () => { reads += 1; await answer(); return ports.traffic.readTraffic(); } } };
  return { facts: recentFacts(slow), reads: () => reads, after: (seconds: number) => { now += seconds * 1000; }, hold: (until: () => Promise<void>) => { answer = until; } };
}

it('are read once for all who ask, and kept for a minute', async () => {
  const { facts, reads, after } = counted();
  await Promise.all([facts.read(), facts.read(), facts.read()]);
  after(40);
  await facts.read();
  expect(reads()).toBe(1);
  after(21);
  await facts.read();
  expect(reads()).toBe(2);
});

it('are renewed behind the answer before they are too old: nobody waits for a fleet to be read', async () => {
  const { facts, reads, after, hold } = counted();
  const first = await facts.read();
  let release = (): void => undefined;
  hold(() => new Promise((resolve) => { release = resolve; }));
  after(45);
  expect(await facts.read()).toBe(first);
  expect(await facts.read()).toBe(first);
  expect(reads()).toBe(2);
  const next = facts.refresh();
  release();
  expect((await next).at).toBe(first.at + 45_000);
  expect((await facts.read()).at).toBe(first.at + 45_000);
});

it('a read that fails behind the answer is told when it is needed', async () => {
  const { facts, after, hold } = counted();
  await facts.read();
  hold(() => Promise.reject(new Error('no fleet')));
  after(45);
  await facts.read();
  after(20);
  await expect(facts.read()).rejects.toThrow('no fleet');
});
