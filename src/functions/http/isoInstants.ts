/** Fields that hold epoch milliseconds inside and ISO 8601 text at the edge. */
const instantFields: ReadonlySet<string> = new Set([
  'at', 'since', 'until', 'expiresAt', 'requestedAt', 'openedAt', 'closedAt', 'observedAt', 'failingSince', 'setAt', 'deadlineAt',
]);

/** A copy in which every instant, at any depth, is ISO 8601 text. */
export function isoInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(isoInstants);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, instantFields.has(key) && typeof member === 'number' ? new Date(member).toISOString() : isoInstants(member)]));
}
