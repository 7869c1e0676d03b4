import { originNamed, stampNamed, applyWrite } from './applyWrite.ts';
import type { PlannedWrite } from '../domain/planWrites.ts';
import type { StampName } from '../domain/fleet.ts';
import type { LedgerEvent, Write } from '../domain/ledgerEvent.ts';
import { sameSetting, undoMark } from '../domain/undo.ts';
import { TransientError, writeTimeLimitMs, type WriteOutcome } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { Proceed, RunStep, Stopped, Written } from './contracts.ts';
import { mayWrite } from './guard.ts';
import { forgetFacts } from './readFacts.ts';
import { recordStep, stepId } from './runLog.ts';

/** An undo is marked in the ids of its entries with the run whose change it takes back. */
export type WritePurpose = { readonly kind: 'advance' } | { readonly kind: 'undo'; readonly ofRun: string };

const markOf = (purpose: WritePurpose): string => (purpose.kind === 'undo' ? `${purpose.ofRun}${undoMark}` : '');

/** `unanswered`: it may have happened, so its undo stays pending. */
type Outcome = WriteOutcome | { readonly kind: 'unanswered'; readonly why: string };

/**
 * The one way in which anything outside is changed:
 *
 *   may write? -> intent with its undo on record -> change -> outcome on record
 *
 * I3, I8 before each; I4: no record, no write; I9. Repeating it is harmless: ids are deterministic and every change sets a
 * value. Origin changes of one part go out together, because classic Front Door knows only whole-resource writes.
 */
export async function guardedWrites(ports: Ports, step: RunStep, planned: readonly PlannedWrite[], expiresAt: number, purpose: WritePurpose = { kind: 'advance' }): Promise<Written> {
  const refused: string[] = [];
  const unanswered: string[] = [];
  const silent = new Set<StampName>();
  for (const wanted of batches(planned)) {
    const unasked = wanted.filter(({ write }) => write.target !== 'origin' && silent.has(write.stamp));
    unanswered.push(...unasked.map(({ key, write }) => `${key}: not asked, ${write.stamp} gave no answer just now`));
    if (unasked.length > 0) continue;
    const intended = await intend(ports, step, wanted, expiresAt, purpose);
    if (intended.kind === 'stopped') return intended;
    refused.push(...intended.refusedBefore);
    const { batch } = intended;
    if (batch.length === 0) continue;
    const held = await stillHeld(ports, step);
    if (held.kind === 'stopped') return held;
    const outcomes = await change(ports, step, batch, purpose).finally(() => { forgetFacts(ports); });
    for (const [index, one] of batch.entries()) {
      const outcome = outcomes[index] ?? { kind: 'unanswered', why: 'no answer for this change' };
      await recordOutcome(ports, step, one, outcome, purpose);
      if (outcome.kind !== 'accepted') {
        if (outcome.kind === 'refused' && outcome.reaction === 'stopRun') return { kind: 'stopped', reason: 'fenceLost', detail: outcome.why };
        const mayAskAgain = outcome.kind === 'unanswered' && one.write.target !== 'origin';
        (mayAskAgain ? unanswered : refused).push(`${one.key}: ${outcome.why}`);
        // Each silence takes its whole time limit: the rest of this stamp is asked when the step is repeated.
        if (mayAskAgain) silent.add(one.write.stamp);
      }
    }
  }
  return { kind: 'applied', refused, unanswered };
}

interface Intended {
  readonly kind: 'intended';
  readonly batch: readonly PlannedWrite[];
  readonly refusedBefore: readonly string[];
}

async function intend(ports: Ports, step: RunStep, wanted: readonly PlannedWrite[], expiresAt: number, purpose: WritePurpose): Promise<Intended | Stopped> {
  const batch: PlannedWrite[] = [];
  const refusedBefore: string[] = [];
  for (const planned of wanted) {
    const { key, write, undo } = planned;
    const proceed: Proceed = await mayWrite(ports, step, write, purpose.kind);
    if (proceed.kind === 'stopped') return proceed;
    const recorded = await recordStep(ports, step, `${markOf(purpose)}${key}:intent`, { type: 'WriteIntended', write, undo, expiresAt });
    if (recorded.kind === 'different' && !sameChange(recorded.found.event, write, undo)) {
      return { kind: 'stopped', reason: 'recordImpossible', detail: `another intent is on record under ${recorded.found.id}` };
    }
    const why = recorded.kind === 'exists' && purpose.kind === 'advance' ? await refusalOnRecord(ports, step, key) : null;
    if (why === null) batch.push(planned);
    else refusedBefore.push(`${key}: ${why}`);
  }
  return { kind: 'intended', batch, refusedBefore };
}

/**
 * What was refused when this step ran before, null where nothing was. It is not asked for again under the same intent: taken this
 * time, the change would be in the world, and on record as one that has no undo (I4). The next plan asks anew.
 */
async function refusalOnRecord(ports: Ports, step: RunStep, key: string): Promise<string | null> {
  try {
    const event = (await ports.ledger.readEntry(step.request.runId, stepId(step, `${key}:outcome`)))?.event;
    return event?.type === 'WriteRefused' && event.reaction !== 'retryLater' ? event.why : null;
  } catch (error) {
    if (error instanceof TransientError) return null;
    throw error;
  }
}

/** A step that is repeated computes its expiry anew: the intent on record is the same change still. */
const sameChange = (event: LedgerEvent, write: Write, undo: Write): boolean => event.type === 'WriteIntended' && sameSetting(event.write, write) && sameSetting(event.undo, undo);

/** Recording can take long while a store hangs: the lease must outlive the write that comes now (I3). */
async function stillHeld(ports: Ports, step: RunStep): Promise<Proceed> {
  const confirmed = await ports.fence.confirm(step.hold);
  if (confirmed.kind === 'lost') return { kind: 'stopped', reason: 'fenceLost', detail: `run ${confirmed.holder} holds the fence with epoch ${confirmed.epoch}` };
  if (confirmed.hold.expiresAt - ports.clock.now() >= writeTimeLimitMs) return { kind: 'go' };
  throw new TransientError('the fence lapses before the write could end', null);
}

async function change(ports: Ports, step: RunStep, batch: readonly PlannedWrite[], purpose: WritePurpose): Promise<readonly Outcome[]> {
  const origins = batch.flatMap(({ write }) => (write.target === 'origin' ? [originChange(ports, write)] : []));
  if (origins.length === batch.length) return applyOriginsOrGoOn(ports, origins);
  return Promise.all(batch.map(({ write, undo }) => applyOrGoOn(ports, write, undo, step, purpose)));
}

/** One survivor's cluster, or the store of one gate, may be part of the outage: the others must not wait for it. An undo is asked for until it is made. */
async function applyOrGoOn(ports: Ports, write: Write, undo: Write, step: RunStep, purpose: WritePurpose): Promise<Outcome> {
  try {
    return await applyWrite(ports, write, undo, step.request.runId);
  } catch (error) {
    if (!(error instanceof TransientError) || purpose.kind === 'undo') throw error;
    return { kind: 'unanswered', why: `no answer: ${error.message}` };
  }
}

/** Front Door's control plane may fail every call of a run: the gates carry it then, so that no answer is not an end. */
async function applyOriginsOrGoOn(ports: Ports, origins: Parameters<Ports['traffic']['applyOrigins']>[0]): Promise<readonly Outcome[]> {
  try {
    return await ports.traffic.applyOrigins(origins);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    return origins.map(() => ({ kind: 'unanswered', why: `Front Door did not take the change: ${error.message}` }));
  }
}

function originChange(ports: Ports, write: Extract<Write, { target: 'origin' }>): Parameters<Ports['traffic']['applyOrigins']>[0][number] {
  const stamp = stampNamed(ports.fleet, write.stamp);
  return { stamp, origin: originNamed(stamp, write.originGroup, write.origin), set: write.set };
}

/** The first outcome stays, for one that gave no answer may have been made; that it was made in the end is on record beside it. */
async function recordOutcome(ports: Ports, step: RunStep, { key, write }: PlannedWrite, outcome: Outcome, purpose: WritePurpose): Promise<void> {
  const id = `${markOf(purpose)}${key}:outcome`;
  const made: LedgerEvent = { type: 'WriteSucceeded', write, alreadyThere: 'applied' };
  const recorded = await recordStep(
    ports,
    step,
    id,
    outcome.kind === 'accepted'
      ? made
      : { type: 'WriteRefused', write, why: outcome.why, reaction: outcome.kind === 'refused' ? outcome.reaction : 'retryLater' },
  );
  if (recorded.kind === 'different' && outcome.kind === 'accepted') await recordStep(ports, step, `${id}:made`, made);
}

/** Origin changes side by side, all else one by one. */
function batches(planned: readonly PlannedWrite[]): readonly (readonly PlannedWrite[])[] {
  const origins = planned.filter(({ write }) => write.target === 'origin');
  const others = planned.filter(({ write }) => write.target !== 'origin').map((one) => [one]);
  return origins.length > 0 ? [...others, origins] : others;
}
