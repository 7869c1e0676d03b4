import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { SeenWrite } from './observeWrites.ts';
import { subjectOf } from './subjectOf.ts';

/** The plan by which a change was made, as the record says: the newest of the run that last intended it. Null where nobody did. */
export function planBehind(write: SeenWrite, entries: readonly ChainedEntry[]): Plan | null {
  const before = entries.filter(({ at }) => at <= write.at);
  const intent = before.findLast(({ event }) => event.type === 'WriteIntended' && event.write.target === write.target && subjectOf(event.write) === write.subject);
  const made = before.findLast(({ runId, event }) => event.type === 'PlanMade' && runId === intent?.runId);
  return made?.event.type === 'PlanMade' ? made.event.plan : null;
}
