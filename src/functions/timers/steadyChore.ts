import { TransientError } from '../../ports/outcome.ts';
import type { Log } from '../../ports/log.ts';

/** Runs the chore; what fails in passing is left to its next turn. */
export type SteadyChore = (work: () => Promise<void>) => Promise<void>;

interface Failing {
  readonly since: number;
  readonly kind: string;
  count: number;
}

/**
 * For what comes round every minute and needs no retry of its own: a fault that may pass is told when it begins, when it
 * becomes another one, and when it is over, with how often it came; not at every turn.
 */
export function steadyChore(name: string, log: Log, now: () => number): SteadyChore {
  let failing: Failing | null = null;
  return async (work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      const kind = kindOf(error.message);
      if (failing?.kind === kind) {
        failing.count += 1;
        return;
      }
      const before = failing === null ? '' : ` (after ${failing.count} times: ${failing.kind})`;
      log.write({ level: 'warn', message: `${name} is put off: ${error.message}${before}`, about: { step: name } });
      failing = { since: failing?.since ?? now(), kind, count: 1 };
      return;
    }
    if (failing === null) return;
    log.write({ level: 'info', message: `${name} works again after ${Math.round((now() - failing.since) / 1000)} s; last put off ${failing.count} times: ${failing.kind}`, about: { step: name } });
    failing = null;
  };
}

/** Ids and times in a message make no other fault of it. */
const kindOf = (message: string): string => message.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\b\d{4}-\d\d-\d\dT[\d:.]+Z?/gi, '…').slice(0, 200);
