import { z } from 'zod';
import { foldRun, type RunView } from '../../../domain/ledgerView/foldRun.ts';
import { inOrder } from '../../../domain/ledgerView/inOrder.ts';
import { describeEvent } from '../../../domain/ledgerView/describeEvent.ts';
import { verifyChain } from '../../../domain/ledgerView/verifyChain.ts';
import type { ChainedEntry } from '../../../domain/ledgerEvent.ts';
import type { RunOutcome, RunRequest } from '../../../domain/run.ts';
import type { HttpDeps } from '../deps.ts';
import { isoInstants } from '../isoInstants.ts';
import { problem, type Problem } from '../problem.ts';
import { answer, defineRoute, nothingGiven } from '../route.ts';
import { runPath } from '../runAnswer.ts';

const instant = z.iso.datetime();
const kind = z.enum(['failover', 'drain', 'failback', 'drill']);
const outcome = z.enum(['completed', 'blocked', 'undone', 'aborted', 'frozen', 'superseded', 'declined', 'surgeHeld']);
const trigger = z.looseObject({ by: z.enum(['watch', 'operator', 'drillSchedule', 'autoFailback']) });

export const runParams = z.object({ id: z.string().min(1).max(255).describe('Id of the run.') });

const runSummary = z.object({
  runId: z.string(), kind, mode: z.enum(['graceful', 'ungraceful']), scope: z.enum(['full', 'surgeOnly']), stamps: z.array(z.string()), reason: z.string(),
  trigger, requestedAt: instant, outcome: outcome.nullable().describe('Null while it is active.'), closedAt: instant.nullable(), self: z.string(),
}).meta({ id: 'RunSummary' });

const listQuery = z.object({
  region: z.string().max(63).optional().describe('Only runs of this region.'),
  from: z.iso.datetime({ offset: true }).optional().describe('Requested at or after.'),
  to: z.iso.datetime({ offset: true }).optional().describe('Requested before.'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const listRuns = defineRoute({
  name: 'listRuns', method: 'GET', path: 'runs', access: 'Reader', durable: 'none',
  summary: 'Runs, newest first', description: 'From the ledger: what happened, by time and region.',
  params: nothingGiven, query: listQuery, requestHeaders: nothingGiven, body: null, problems: [],
  answers: { 200: { description: 'The runs.', schema: z.object({ runs: z.array(runSummary) }).meta({ id: 'Runs' }) } },
  async handle({ deps, query }) {
    const entries = await deps.ledger.listRuns({
      stamp: query.region?.toLowerCase() ?? null,
      fromMs: query.from === undefined ? null : Date.parse(query.from),
      toMs: query.to === undefined ? null : Date.parse(query.to),
      limit: query.limit,
    });
    const ends = await endsOf(deps, entries.map((entry) => entry.runId));
    return answer(200, isoInstants({
      runs: entries.flatMap((entry) => (entry.event.type === 'RunOpened' ? [summary(entry.event.request, ends.get(entry.runId) ?? notEnded)] : [])),
    }));
  },
});

interface End {
  readonly outcome: RunOutcome | null;
  readonly closedAt: number | null;
}

const notEnded: End = { outcome: null, closedAt: null };

/** From the projection where it is there, else from the run's own entries. */
async function endsOf(deps: HttpDeps, runIds: readonly string[]): Promise<ReadonlyMap<string, End>> {
  const { activeRun, recentRuns } = await deps.view.readRuns();
  const recent = new Map<string, End>(recentRuns.map((run) => [run.runId, run]));
  const ends = await Promise.all(runIds.map(async (runId): Promise<[string, End]> => {
    if (runId === activeRun?.runId) return [runId, notEnded];
    return [runId, recent.get(runId) ?? foldRun(await deps.ledger.readRun(runId))];
  }));
  return new Map(ends);
}

const summary = ({ runId, kind, mode, scope, stamps, reason, trigger, requestedAt }: RunRequest, { outcome, closedAt }: End): unknown => ({
  runId, kind, mode, scope, stamps, reason, trigger, requestedAt, outcome, closedAt, self: runPath(runId),
});

const runDetail = z.looseObject({
  runId: z.string(),
  phase: z.string(),
  outcome: outcome.nullable(),
  closedBecause: z.string().nullable(),
  openedAt: instant.nullable(),
  closedAt: instant.nullable(),
  epoch: z.int(),
  executedBy: z.string().nullable().describe('Control-plane region that executes it; null before one has the fence.'),
  request: z.looseObject({ kind, stamps: z.array(z.string()), reason: z.string(), trigger }).nullable(),
  approval: z.object({ state: z.enum(['none', 'asked', 'given', 'missed']), until: instant.nullable(), by: z.string().nullable() }),
  plan: z.looseObject({ rendering: z.string() }).nullable().describe('The newest plan, with its findings and its text.'),
  blocked: z.array(z.looseObject({ code: z.string(), message: z.string() })).describe('Why there is no plan.'),
  surges: z.array(z.object({ stamp: z.string(), kind: z.enum(['nodes', 'replicas']), subject: z.string(), wanted: z.number(), ready: z.number(), at: instant })),
  shares: z.object({ seen: z.record(z.string(), z.number()), wanted: z.record(z.string(), z.number()), at: instant }).nullable(),
  writes: z.array(z.looseObject({ state: z.enum(['intended', 'succeeded', 'refused']), at: instant })),
  undo: z.array(z.looseObject({ key: z.string(), stamp: z.string() })).describe('What the run has changed and not yet put back, newest first.'),
  timeline: z.array(z.object({ seq: z.int(), at: instant, type: z.string(), text: z.string() })),
  ledger: z.looseObject({ kind: z.enum(['intact', 'broken']) }).describe('Whether the run\'s hash chain holds.'),
}).meta({ id: 'Run' });

export const getRun = defineRoute({
  name: 'getRun', method: 'GET', path: 'runs/{id}', access: 'Reader', durable: 'none',
  summary: 'One run: where it stands and how it came there', description: 'Folded from the run\'s ledger entries alone.',
  params: runParams, query: nothingGiven, requestHeaders: nothingGiven, body: null, problems: ['unknownRun'],
  answers: { 200: { description: 'The run. While it is active, Retry-After says when to look again.', schema: runDetail } },
  async handle({ deps, params }) {
    const read = await readRun(deps, params.id);
    if (read.kind === 'problem') return read;
    return answer(200, isoInstants({ ...read.view, ledger: verifyChain(read.entries) }), read.view.outcome === null ? { 'Retry-After': '5' } : {});
  },
});

const eventsQuery = z.object({
  after: z.coerce.number().int().min(-1).default(-1).describe('Only entries with a higher number.'),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

const eventList = z.object({
  runId: z.string(),
  events: z.array(z.object({
    seq: z.int().describe('Number in the run\'s chain; -1 while the entry waits in the outbox.'), id: z.string(), at: instant, epoch: z.int(), controlRegion: z.string(), stamps: z.array(z.string()),
    type: z.string(), text: z.string(), event: z.looseObject({ type: z.string() }), hash: z.string(), previousHash: z.string(),
  })),
  next: z.string().nullable().describe('Path of the entries that follow; null when these are the last.'),
}).meta({ id: 'RunEvents' });

export const listRunEvents = defineRoute({
  name: 'listRunEvents', method: 'GET', path: 'runs/{id}/events', access: 'Reader', durable: 'none',
  summary: 'The ledger entries of a run', description: 'In order, each with its hash and the one before it.',
  params: runParams, query: eventsQuery, requestHeaders: nothingGiven, body: null, problems: ['unknownRun'],
  answers: { 200: { description: 'Entries.', schema: eventList } },
  async handle({ deps, params, query }) {
    const read = await readRun(deps, params.id);
    if (read.kind === 'problem') return read;
    const rest = inOrder(read.entries).filter((entry) => entry.seq < 0 || entry.seq > query.after);
    const page = rest.slice(0, query.limit);
    const last = page.at(-1)?.seq ?? -1;
    return answer(200, isoInstants({
      runId: params.id,
      events: page.map((entry) => ({
        seq: entry.seq, id: entry.id, at: entry.at, epoch: entry.epoch, controlRegion: entry.controlRegion, stamps: entry.stamps,
        type: entry.event.type, text: describeEvent(entry.event), event: entry.event, hash: entry.hash, previousHash: entry.previousHash,
      })),
      next: rest.length > page.length && last >= 0 ? `${runPath(params.id)}/events?after=${last}&limit=${query.limit}` : null,
    }));
  },
});

export type RunRead = { readonly kind: 'read'; readonly view: RunView; readonly entries: readonly ChainedEntry[] } | Problem;

/** A partition of the ledger that no run opened (such as the watch's) is no run. */
export async function readRun({ ledger }: Pick<HttpDeps, 'ledger'>, runId: string): Promise<RunRead> {
  const entries = await ledger.readRun(runId);
  const view = foldRun(entries);
  return view.request === null ? problem('unknownRun', `the ledger has no run "${runId.slice(0, 100)}"`, { errors: [{ field: 'path.id', message: 'no such run' }] }) : { kind: 'read', view, entries };
}
