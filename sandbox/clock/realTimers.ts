/** Node's own timers, taken before anything can replace the globals: what must wait in real time uses these. */
export const realTimers = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  abortSignalTimeout: AbortSignal.timeout.bind(AbortSignal),
} as const;

/** Resolves after one turn of Node's event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    realTimers.setImmediate(resolve);
  });
}

/** Resolves after real milliseconds. */
export function sleepReal(ms: number): Promise<void> {
  return new Promise((resolve) => {
    realTimers.setTimeout(resolve, ms);
  });
}
