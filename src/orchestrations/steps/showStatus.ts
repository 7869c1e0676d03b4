import type { OrchestrationContext } from 'durable-functions';

/** Fields of a custom status; texts of any length. */
export type RunStatus = Readonly<Record<string, string | number | readonly string[]>>;

/** Characters of one text, and texts of one list, that are shown: all fields together stay far below the limit. */
const longestText = 1000;
const longestList = 60;

/**
 * What Durable shows of a run while it is under way. The extension fails an orchestration whose custom status is over 16 KB of
 * UTF-16, and a reason can name fifty stamps: it is cut here, and whole in the ledger.
 */
export function showStatus(ctx: OrchestrationContext, status: RunStatus): void {
  ctx.df.setCustomStatus(Object.fromEntries(Object.entries(status).map(([name, value]) => [name, shortened(value)])));
}

function shortened(value: RunStatus[string]): RunStatus[string] {
  if (typeof value === 'string') return value.length <= longestText ? value : `${value.slice(0, longestText - 1)}…`;
  if (typeof value === 'number') return value;
  return value.slice(0, longestList).map((text) => text.slice(0, 64));
}
