import { describeEvent } from '../../domain/ledgerView/describeEvent.ts';
import type { LedgerEntry, LedgerEvent } from '../../domain/ledgerEvent.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Log, LogLine } from '../../ports/log.ts';

/** The same ledger; each entry that is new is a line of the log, too, with its run, stamp and step. */
export function loggedLedger(ledger: Ledger, log: Log): Ledger {
  return {
    ...ledger,
    async record(entry) {
      const recorded = await ledger.record(entry);
      if (recorded.kind === 'stored' || recorded.kind === 'outbox') log.write(lineOf(entry));
      return recorded;
    },
  };
}

function lineOf({ id, runId, controlRegion, epoch, stamps, event }: LedgerEntry): LogLine {
  return { level: levelOf(event), message: describeEvent(event), about: { ...(isRun(runId) ? { runId } : {}), stamp: stampOf(event) ?? stamps.join(','), step: id, event: event.type, epoch, controlRegion } };
}

/** What is decided outside a run lies under `watch-...` in the ledger. */
const isRun = (partition: string): boolean => !partition.startsWith('watch-');

function stampOf(event: LedgerEvent): string | null {
  if ('write' in event) return event.write.stamp;
  return 'stamp' in event ? event.stamp : null;
}

const worthALook: readonly LedgerEvent['type'][] = ['PlanBlocked', 'WriteRefused', 'CapacityNotProved', 'ShiftUnverified', 'ShiftOverdue', 'RoomOverdue', 'RunHandedOver', 'ApprovalMissed', 'AbortAsked', 'DrainExpired'];

function levelOf(event: LedgerEvent): LogLine['level'] {
  if (event.type === 'RunClosed') return event.outcome === 'completed' ? 'info' : 'warn';
  if (event.type === 'FenceTaken') return event.takenOverFrom === null ? 'info' : 'warn';
  return worthALook.includes(event.type) ? 'warn' : 'info';
}
