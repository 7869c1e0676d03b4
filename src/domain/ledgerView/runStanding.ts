import type { ChainedEntry, LedgerEvent } from '../ledgerEvent.ts';
import type { RunRequest } from '../run.ts';

type Closed = Extract<LedgerEvent, { type: 'RunClosed' }>;

/** Where a run stands on record: what a taker goes on from, and what a former holder is measured against. */
export interface RunStanding {
  /** What the run has come to be about: regions that joined, a suspicion that was confirmed. Null before it was opened. */
  readonly request: RunRequest | null;
  /** Highest epoch under which the fence was taken for it; 0 = never. */
  readonly epoch: number;
  /** Region of that epoch; null = never taken. */
  readonly executedBy: string | null;
  readonly lastRevision: number;
  readonly approval: ApprovalOnRecord;
  /** Its end; one that a former holder wrote after it was taken over is none. */
  readonly closed: (Closed & { readonly at: number }) | null;
  /** Of the newest entry, epoch milliseconds; 0 without one. */
  readonly lastRecordAt: number;
}

export type ApprovalOnRecord = { readonly state: 'none' } | { readonly state: 'asked'; readonly until: number } | { readonly state: 'given' };

/** Pure and total: any prefix of a run's entries, in any order, gives the standing at that point. */
export function runStanding(entries: readonly ChainedEntry[]): RunStanding {
  const taken = entries.filter(({ event }) => event.type === 'FenceTaken').reduce<ChainedEntry | null>((last, entry) => (last === null || entry.epoch > last.epoch ? entry : last), null);
  const epoch = taken?.epoch ?? 0;
  return {
    request: requestOf(entries),
    epoch,
    executedBy: taken?.controlRegion ?? null,
    lastRevision: entries.reduce((last, { event }) => (event.type === 'PlanMade' ? Math.max(last, event.plan.revision) : last), 0),
    approval: approvalOf(entries),
    closed: entries.flatMap(({ at, epoch: closedUnder, event }) => (event.type === 'RunClosed' && closedUnder >= epoch ? [{ ...event, at }] : [])).at(-1) ?? null,
    lastRecordAt: Math.max(0, ...entries.map(({ at }) => at)),
  };
}

function requestOf(entries: readonly ChainedEntry[]): RunRequest | null {
  const opened = entries.find(({ event }) => event.type === 'RunOpened')?.event;
  if (opened?.type !== 'RunOpened') return null;
  const plans = entries.flatMap(({ event }) => (event.type === 'PlanMade' ? [event.plan] : [])).toSorted((a, b) => a.revision - b.revision);
  const last = plans.at(-1);
  if (last === undefined) return opened.request;
  const movedTraffic = plans.some(({ gates, shifts }) => gates.length + shifts.length > 0);
  return { ...opened.request, stamps: last.stamps, mode: last.mode, scope: movedTraffic ? 'full' : opened.request.scope };
}

function approvalOf(entries: readonly ChainedEntry[]): ApprovalOnRecord {
  if (entries.some(({ event }) => event.type === 'ApprovalGiven')) return { state: 'given' };
  const asked = entries.flatMap(({ event }) => (event.type === 'ApprovalAsked' ? [event.until] : []));
  return asked.length === 0 ? { state: 'none' } : { state: 'asked', until: Math.min(...asked) };
}
