import { decodeSegment } from '../answers.ts';

export type Timespan = { readonly kind: 'parsed'; readonly fromMs: number; readonly toMs: number } | { readonly kind: 'invalid'; readonly message: string };

const hourMs = 60 * 60 * 1000;

/**
 * `start/end`, `start/duration`, `duration/end` or a bare duration before now; none at all means the last hour. Minutes
 * are whole. Some clients encode the value twice (`az` does), and Azure takes it.
 */
export function parseTimespan(given: string | null, nowMs: number): Timespan {
  const text = given?.includes('%') === true ? decodeSegment(given) : given;
  if (text === null || text === '') return { kind: 'parsed', fromMs: wholeMinute(nowMs - hourMs), toMs: wholeMinute(nowMs) };
  const invalid: Timespan = { kind: 'invalid', message: `Invalid timespan: ${text}. It must be an ISO 8601 interval such as 2026-11-01T00:00:00Z/2026-11-01T01:00:00Z or PT1H.` };
  const parts = text.split('/');
  const [left = '', right = ''] = parts;
  const range = parts.length === 1 ? lastFor(left, nowMs) : parts.length === 2 ? between(left, right) : null;
  if (range === null) return invalid;
  if (range.fromMs >= range.toMs) return { kind: 'invalid', message: `Invalid timespan: the start ${left} is not before the end ${right}.` };
  return { kind: 'parsed', fromMs: wholeMinute(range.fromMs), toMs: wholeMinute(range.toMs + 59_999) };
}

function lastFor(duration: string, nowMs: number): { readonly fromMs: number; readonly toMs: number } | null {
  const ms = parseDurationMs(duration);
  return ms === null ? null : { fromMs: nowMs - ms, toMs: nowMs };
}

function between(left: string, right: string): { readonly fromMs: number; readonly toMs: number } | null {
  const from = parseInstant(left);
  const to = parseInstant(right);
  if (from !== null && to !== null) return { fromMs: from, toMs: to };
  if (from !== null) {
    const ms = parseDurationMs(right);
    return ms === null ? null : { fromMs: from, toMs: from + ms };
  }
  const ms = parseDurationMs(left);
  return to === null || ms === null ? null : { fromMs: to - ms, toMs: to };
}

function parseInstant(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/i.test(text)) return null;
  const ms = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(text) || !/[T ]/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** ISO 8601 durations of days and time; null for anything else. */
export function parseDurationMs(text: string): number | null {
  const match = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d+)?)S)?)?$/i.exec(text);
  if (match === null || text.length < 3) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  const ms = (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return ms > 0 ? ms : null;
}

const wholeMinute = (ms: number): number => Math.floor(ms / 60_000) * 60_000;

const isoTimes = new Map<number, string>();
const isoTimesKept = 5000;

/** An instant as Monitor writes it. Every series of every answer has the same minutes. */
export function isoTime(ms: number): string {
  const known = isoTimes.get(ms);
  if (known !== undefined) return known;
  const text = new Date(ms).toISOString().replace('.000Z', 'Z');
  if (isoTimes.size >= isoTimesKept) isoTimes.clear();
  isoTimes.set(ms, text);
  return text;
}
