import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import { foldRun } from '../../src/domain/ledgerView/foldRun.ts';
import { runStanding } from '../../src/domain/ledgerView/runStanding.ts';
import type { RunPhase } from '../../src/domain/run.ts';

/** The open run that a control-plane region executes now, as the record says. */
export interface Acting {
  readonly runId: string;
  readonly region: string;
  readonly phase: RunPhase;
}

export function whoActs(entries: readonly ChainedEntry[]): Acting | null {
  const opened = entries.flatMap(({ runId, event }) => (event.type === 'RunOpened' ? [runId] : []));
  for (const runId of opened.toReversed()) {
    const run = entries.filter((entry) => entry.runId === runId);
    const { executedBy, closed } = runStanding(run);
    if (executedBy !== null && closed === null) return { runId, region: executedBy, phase: foldRun(run).phase };
  }
  return null;
}
