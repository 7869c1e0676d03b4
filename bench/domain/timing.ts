/** Milliseconds of a monotonic clock, and milliseconds of processor time that this process has used. */
export interface Clocks {
  readonly now: () => number;
  readonly cpu: () => number;
}

export interface Timing {
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Processor time of one round, garbage collection and compilation included: what other processes of the machine do not lengthen. */
  readonly cpuMs: number;
}

const warmUpsAtMost = 40;

export function timed({ now, cpu }: Clocks, rounds: number, run: () => void): Timing {
  for (let warmUp = 0; warmUp < Math.min(warmUpsAtMost, rounds); warmUp += 1) run();
  const cpuBefore = cpu();
  const times = Array.from({ length: rounds }, () => {
    const start = now();
    run();
    return now() - start;
  }).toSorted((a, b) => a - b);
  return { medianMs: times[Math.floor(rounds / 2)] ?? Number.NaN, p99Ms: times[Math.ceil(rounds * 0.99) - 1] ?? Number.NaN, cpuMs: (cpu() - cpuBefore) / rounds };
}

const referenceLength = 20_000;

/** The same work everywhere and in every version: sorting numbers that look random. What it takes says what the machine is worth just now. */
export function reference(): void {
  const numbers = new Float64Array(referenceLength);
  let state = 1;
  for (let index = 0; index < referenceLength; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    numbers[index] = state;
  }
  numbers.sort();
}
