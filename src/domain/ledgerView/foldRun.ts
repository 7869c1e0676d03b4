import type { ChainedEntry, LedgerEvent, ProvedStamp, Reaction, Write } from '../ledgerEvent.ts';
import type { BlockedReason, Finding, Plan } from '../plan.ts';
import type { RunOutcome, RunPhase, RunRequest } from '../run.ts';
import { pendingUndo, roomTargets, sameSetting, trafficTargets, type PendingUndo } from '../undo.ts';
import { describeEvent } from './describeEvent.ts';
import { inOrder } from './inOrder.ts';
import { runStanding } from './runStanding.ts';

/** What is known of one run from its ledger alone: what GET /api/runs/{id} shows, and what a taker goes on from. */
export interface RunView {
  readonly runId: string;
  readonly request: RunRequest | null;
  readonly phase: RunPhase;
  readonly outcome: RunOutcome | null;
  readonly closedBecause: string | null;
  readonly openedAt: number | null;
  readonly closedAt: number | null;
  readonly epoch: number;
  /** Control-plane region that took the fence for it last; null = none has yet. */
  readonly executedBy: string | null;
  /** The newest plan, with its findings and its text. */
  readonly plan: { readonly plan: Plan; readonly findings: readonly Finding[]; readonly rendering: string } | null;
  readonly blocked: readonly BlockedReason[];
  readonly approval: { readonly state: 'none' | 'asked' | 'given' | 'missed'; readonly until: number | null; readonly by: string | null };
  readonly abort: { readonly by: string; readonly reason: string } | null;
  readonly surges: readonly SurgeView[];
  readonly proof: readonly ProvedStamp[] | null;
  readonly shares: { readonly seen: Readonly<Record<string, number>>; readonly wanted: Readonly<Record<string, number>>; readonly at: number } | null;
  readonly writes: readonly WriteView[];
  /** What the run has changed and not yet put back, newest first (I4). */
  readonly undo: readonly PendingUndo[];
  readonly timeline: readonly TimelineItem[];
}

/** Room in one survivor, as wanted and as seen last. */
export interface SurgeView {
  readonly stamp: string;
  readonly kind: 'nodes' | 'replicas';
  /** Pool or workload. */
  readonly subject: string;
  readonly wanted: number;
  readonly ready: number;
  readonly at: number;
}

export interface WriteView {
  readonly write: Write;
  /** `intended`: begun and no outcome known: it may have run. */
  readonly state: 'intended' | 'succeeded' | 'refused';
  readonly why: string | null;
  readonly reaction: Reaction | null;
  readonly at: number;
}

export interface TimelineItem {
  readonly seq: number;
  readonly at: number;
  readonly type: LedgerEvent['type'];
  readonly text: string;
}

type Draft = { -readonly [Key in keyof Omit<RunView, 'executedBy' | 'surges' | 'writes' | 'undo' | 'timeline'>]: RunView[Key] };

/** Pure and total: any prefix of a run's entries folds to the view at that point. Those not chained yet (seq -1) are the newest. */
export function foldRun(entries: readonly ChainedEntry[]): RunView {
  const sorted = inOrder(entries);
  const view: Draft = emptyDraft(sorted[0]?.runId ?? '');
  const surges = new Map<string, SurgeView>();
  const writes: WriteView[] = [];
  for (const { at, epoch, event } of sorted) {
    view.epoch = Math.max(view.epoch, epoch);
    foldState(view, event, at);
    foldSurge(surges, event, at);
    foldWrite(writes, event, at);
  }
  const { closed, executedBy } = runStanding(sorted);
  return {
    ...view,
    executedBy,
    ...(closed === null ? {} : { phase: 'closed', outcome: closed.outcome, closedBecause: closed.why, closedAt: closed.at }),
    surges: [...surges.values()],
    writes,
    undo: pendingUndo(sorted, [...trafficTargets, ...roomTargets]),
    timeline: sorted.map(({ seq, at, event }) => ({ seq, at, type: event.type, text: describeEvent(event) })),
  };
}

const emptyDraft = (runId: string): Draft => ({
  runId, request: null, phase: 'opened', outcome: null, closedBecause: null, openedAt: null, closedAt: null, epoch: 0,
  plan: null, blocked: [], approval: { state: 'none', until: null, by: null }, abort: null, proof: null, shares: null,
});

function foldState(view: Draft, event: LedgerEvent, at: number): void {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other events change no field of the state
  switch (event.type) {
    case 'RunOpened':
      view.request = event.request;
      view.openedAt = at;
      return;
    case 'PhaseEntered':
      view.phase = event.phase;
      return;
    case 'PlanMade':
      view.plan = { plan: event.plan, findings: event.findings, rendering: event.rendering };
      view.blocked = [];
      return;
    case 'PlanBlocked':
      view.blocked = event.reasons;
      return;
    case 'ApprovalAsked':
      view.approval = { state: 'asked', until: event.until, by: null };
      return;
    case 'ApprovalGiven':
      view.approval = { state: 'given', until: view.approval.until, by: event.by };
      return;
    case 'ApprovalMissed':
      view.approval = { state: 'missed', until: view.approval.until, by: null };
      return;
    case 'AbortAsked':
      view.abort = { by: event.by, reason: event.reason };
      return;
    case 'CapacityProved':
      view.proof = event.stamps;
      return;
    case 'SharesSeen':
      view.shares = { seen: event.shares, wanted: event.wanted, at };
      return;
  }
}

function foldSurge(surges: Map<string, SurgeView>, event: LedgerEvent, at: number): void {
  if (event.type === 'NodesSeen') {
    surges.set(`${event.stamp}/nodes/${event.pool}`, { stamp: event.stamp, kind: 'nodes', subject: event.pool, wanted: event.wanted, ready: event.ready, at });
  }
  if (event.type === 'ReplicasSeen') {
    surges.set(`${event.stamp}/replicas/${event.workload}`, { stamp: event.stamp, kind: 'replicas', subject: event.workload, wanted: event.wanted, ready: event.ready, at });
  }
}

function foldWrite(writes: WriteView[], event: LedgerEvent, at: number): void {
  if (event.type === 'WriteIntended') writes.push({ write: event.write, state: 'intended', why: null, reaction: null, at });
  if (event.type !== 'WriteSucceeded' && event.type !== 'WriteRefused') return;
  const index = writes.findLastIndex((one) => one.state === 'intended' && sameSetting(one.write, event.write));
  const done: WriteView = event.type === 'WriteSucceeded'
    ? { write: event.write, state: 'succeeded', why: null, reaction: null, at }
    : { write: event.write, state: 'refused', why: event.why, reaction: event.reaction, at };
  if (index < 0) writes.push(done);
  else writes[index] = done;
}
