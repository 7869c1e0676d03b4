import type { Resources } from '../../domain/facts.ts';

const factors: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** A cluster's thousands of pods spell the same few quantities. */
const parsed = new Map<string, number>();
const remembered = 2_000;

/** A Kubernetes quantity ("250m", "1.5Gi", "2e3") as a plain number in base units. Throws on what is not one. */
export function parseQuantity(text: string): number {
  const before = parsed.get(text);
  if (before !== undefined) return before;
  const value = parseAnew(text);
  if (parsed.size >= remembered) parsed.clear();
  parsed.set(text, value);
  return value;
}

function parseAnew(text: string): number {
  const match = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text.trim());
  const [, digits, exponent, suffix] = match ?? [];
  const factor = factors[suffix ?? ''];
  if (digits === undefined || factor === undefined) throw new Error(`not a Kubernetes quantity: ${text}`);
  return Number(`${digits}${exponent ?? ''}`) * factor;
}

const mebi = 2 ** 20;

/** A resource list. `rounded` says which side errs on the safe one: what is asked for up, what there is down. */
export function toResources(list: Readonly<Record<string, string>> | undefined, rounded: 'up' | 'down'): Resources {
  const round = rounded === 'up' ? Math.ceil : Math.floor;
  // Binary fractions: 0.1 cpu must not become 101 millicores.
  const amount = (name: string, unit: number): number => {
    const given = list?.[name];
    return given === undefined ? 0 : round(Math.round((parseQuantity(given) / unit) * 1e6) / 1e6);
  };
  return { cpuMillicores: amount('cpu', 0.001), memoryMiB: amount('memory', mebi), ephemeralStorageMiB: amount('ephemeral-storage', mebi) };
}

export const noResources: Resources = { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0 };

export const addResources = (left: Resources, right: Resources): Resources => ({
  cpuMillicores: left.cpuMillicores + right.cpuMillicores,
  memoryMiB: left.memoryMiB + right.memoryMiB,
  ephemeralStorageMiB: left.ephemeralStorageMiB + right.ephemeralStorageMiB,
});

export const maxResources = (left: Resources, right: Resources): Resources => ({
  cpuMillicores: Math.max(left.cpuMillicores, right.cpuMillicores),
  memoryMiB: Math.max(left.memoryMiB, right.memoryMiB),
  ephemeralStorageMiB: Math.max(left.ephemeralStorageMiB, right.ephemeralStorageMiB),
});
