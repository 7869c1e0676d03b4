import { expect } from 'vitest';
import type { Face, FaceRequest, FaceResponse } from '../../../sandbox/azure/face.ts';
import { bodyBytes } from '../blob/faceHttpClient.ts';

/** 1,000 a face at every stop; the full run sets more. */
export const fuzzCount = Number(process.env['SPILLWAY_FUZZ_REQUESTS'] ?? '1000');

/** A slow machine under load takes some milliseconds for each. */
export const fuzzTimeoutMs = 30_000 + fuzzCount * 10;

export const fuzzSeed = 20_261_122;

export interface Random {
  /** 0 <= n < below, whole. */
  below(below: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
}

/** mulberry32: the same requests at every run. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (from) => {
      const found = from[below(from.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    chance: (probability) => next() < probability,
  };
}

const scalars: readonly unknown[] = [null, true, false, 0, -1, 1.5, 2 ** 40, '', 'web', 'x'.repeat(300), '\u0000\ud800', '2026-11-22T00:00:00Z', [], {}];

/** A JSON value near `seed`: keys dropped, values swapped, nesting added. */
export function mutate(r: Random, value: unknown, depth = 0): unknown {
  if (r.chance(0.04)) return r.pick(scalars);
  if (Array.isArray(value)) {
    const items: unknown[] = value.filter(() => !r.chance(0.1)).map((item: unknown) => mutate(r, item, depth + 1));
    return r.chance(0.1) ? [...items, r.pick(scalars)] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(() => !r.chance(0.03)).map(([key, item]) => [r.chance(0.03) ? `${key}x` : key, mutate(r, item, depth + 1)] as const);
  const extra = r.chance(0.08) ? [[r.pick(['__proto__', 'constructor', 'toString', '$patch', 'a/b', 'f:x']), r.pick(scalars)] as const] : [];
  return Object.fromEntries([...entries, ...extra]);
}

export function bodyOf(r: Random, seeds: readonly unknown[]): Uint8Array | null {
  if (r.chance(0.1)) return null;
  if (r.chance(0.4)) return Buffer.from(JSON.stringify(r.pick(seeds)));
  if (r.chance(0.05)) return Buffer.from(Array.from({ length: r.below(60) }, () => r.below(256)));
  const text = JSON.stringify(mutate(r, r.pick(seeds))) ?? '';
  return Buffer.from(r.chance(0.04) ? text.slice(0, r.below(text.length + 1)) : text);
}

/** A path of these parts, some of them broken. */
export function pathOf(r: Random, parts: readonly string[]): string {
  const odd = ['', '..', '%2e%2e', '%', '%ff', '%00', 'a%2Fb', 'ü', ' ', 'x'.repeat(500), '__proto__', 'constructor'];
  return `/${parts.map((part) => (r.chance(0.02) ? r.pick(odd) : part)).join('/')}`;
}

export function queryOf(r: Random, names: readonly string[], values: readonly string[]): string {
  const pairs = Array.from({ length: r.below(4) }, () => `${encodeURIComponent(r.pick(names))}=${encodeURIComponent(r.chance(0.1) ? '\u0000%&= ' : r.pick(values))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

export interface FuzzOutcome {
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<number, number>>;
}

/** No crash, no 500, no hang; a stream ends when its client goes. `check` sees every answer that has a body. */
export async function fuzzFace(face: Face, make: (r: Random) => Omit<FaceRequest, 'signal'>, check: (response: FaceResponse, text: string, request: Omit<FaceRequest, 'signal'>) => void): Promise<FuzzOutcome> {
  const r = random(fuzzSeed);
  const statuses: Record<number, number> = {};
  for (let index = 0; index < fuzzCount; index++) {
    const request = make(r);
    const what = `request ${index}: ${request.method} ${request.url.href}`;
    const startedAt = performance.now();
    let response: FaceResponse;
    let text: string;
    try {
      response = await face({ ...request, signal: AbortSignal.abort() });
      text = (await bodyBytes(response)).toString('utf8');
    } catch (error) {
      throw new Error(what, { cause: error });
    }
    expect(performance.now() - startedAt, what).toBeLessThan(1000);
    expect(response.status === 501 || (response.status >= 200 && response.status < 500), `${what} answered ${response.status} ${text.slice(0, 300)}`).toBe(true);
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    check(response, text, request);
  }
  return { statuses };
}
