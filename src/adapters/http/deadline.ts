import { AsyncLocalStorage } from 'node:async_hooks';
import { writeTimeLimitMs } from '../../ports/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ports } from '../../ports/ports.ts';

const deadlines = new AsyncLocalStorage<number>();

/** Epoch milliseconds after which the call under way sends nothing more; infinity where nobody set one. */
export const deadlineAt = (): number => deadlines.getStore() ?? Number.POSITIVE_INFINITY;

/** Every request that `work` makes, however deep in an SDK, ends by then. A deadline within another one only shortens it. */
export const withDeadline = <T>(clock: Clock, limitMs: number, work: () => Promise<T>): Promise<T> => deadlines.run(Math.min(clock.now() + limitMs, deadlineAt()), work);

type WritingPorts = Pick<Ports, 'traffic' | 'compute' | 'workloads' | 'gate'>;

/** The ports that change the outside world, each change under its time limit. */
export function withWriteDeadlines({ traffic, compute, workloads, gate }: WritingPorts, clock: Clock): WritingPorts {
  const limited = <T>(write: () => Promise<T>): Promise<T> => withDeadline(clock, writeTimeLimitMs, write);
  return {
    traffic: {
      ...traffic,
      applyOrigin: (stamp, origin, set) => limited(() => traffic.applyOrigin(stamp, origin, set)),
      applyOrigins: (changes) => limited(() => traffic.applyOrigins(changes)),
    },
    compute: { ...compute, applyPoolBounds: (stamp, pool, set, expect) => limited(() => compute.applyPoolBounds(stamp, pool, set, expect)) },
    workloads: { ...workloads, applyHpaBounds: (stamp, hpa, set) => limited(() => workloads.applyHpaBounds(stamp, hpa, set)) },
    gate: { ...gate, applyGate: (stamp, state, expiresAt, runId) => limited(() => gate.applyGate(stamp, state, expiresAt, runId)) },
  };
}
