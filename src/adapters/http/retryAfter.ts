/** Milliseconds that a service asks to wait, null when it does not say. Spellings: Azure's two in milliseconds, HTTP's seconds or date. */
export function retryAfterMs(header: (name: string) => string | undefined, now: number): number | null {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const value = Number(header(name) ?? Number.NaN);
    if (Number.isFinite(value) && value >= 0) return value;
  }
  const raw = header('retry-after');
  if (raw === undefined) return null;
  const seconds = Number(raw);
  if (raw.trim() !== '' && Number.isFinite(seconds)) return seconds < 0 ? null : seconds * 1000;
  const at = Date.parse(raw);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
