import { Cron } from 'croner';
import { parseTimeSpanMs } from '../timeSpan.ts';

/** When a timer function runs next. */
export interface Schedule {
  /** The first instant after `afterMs`, epoch milliseconds, UTC; undefined when there is none. */
  next(afterMs: number): number | undefined;
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const fields: readonly Field[] = [
  { name: 'second', min: 0, max: 59, names: [] },
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: monthNames },
  { name: 'day of week', min: 0, max: 6, names: dayNames },
];

/**
 * Reads the schedule of a timer trigger: NCRONTAB with six fields (or five, seconds then 0), or a time span such as 00:00:30.
 * Only the forms that the Functions host takes: *, lists, ranges, steps, English names; Sunday is 0, and a day must fit both its
 * fields. Throws RangeError with the offending field.
 */
export function parseSchedule(text: string): Schedule {
  const trimmed = text.trim();
  if (/^[\d.]*\d+:\d/.test(trimmed)) return everyTimeSpan(parseTimeSpanMs(trimmed));
  const parts = trimmed.split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) throw new RangeError(`"${text}" is not an NCRONTAB expression: it has ${parts.length} fields, not 6`);
  const six = parts.length === 5 ? ['0', ...parts] : parts;
  fields.forEach((field, index) => {
    checkField(six[index] ?? '', field, text);
  });
  return remembering(new Cron(six.join(' '), { mode: '6-part', domAndDow: true, utcOffset: 0, paused: true }));
}

/** From one instant to the next run all answers are the same; a run asks for its own next one and for the one after that. */
function remembering(cron: Cron): Schedule {
  let spans: readonly { readonly fromMs: number; readonly nextMs: number }[] = [];
  return {
    next: (afterMs) => {
      const known = spans.find(({ fromMs, nextMs }) => fromMs <= afterMs && afterMs < nextMs);
      if (known !== undefined) return known.nextMs;
      const nextMs = cron.nextRun(new Date(afterMs))?.getTime();
      if (nextMs !== undefined) spans = [...spans.slice(-2), { fromMs: afterMs, nextMs }];
      return nextMs;
    },
  };
}

function everyTimeSpan(spanMs: number): Schedule {
  if (spanMs <= 0) throw new RangeError('a time span must be above 0');
  return { next: (afterMs) => afterMs + spanMs };
}

function checkField(text: string, field: Field, whole: string): void {
  const refuse = (part: string): never => {
    throw new RangeError(`"${part}" is not valid as ${field.name} in "${whole}": ${field.min}-${field.max}${field.names.length > 0 ? `, ${field.names.join(', ')}` : ''}, *, lists, ranges and steps`);
  };
  const toNumber = (part: string, value: string): number => {
    const named = field.names.indexOf(value.toLowerCase());
    const number = named >= 0 ? named + field.min : /^\d{1,2}$/.test(value) ? Number(value) : refuse(part);
    return number < field.min || number > field.max ? refuse(part) : number;
  };
  for (const part of text.split(',')) {
    const match = /^(\*|[\dA-Za-z]+(?:-[\dA-Za-z]+)?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return refuse(part);
    const [, range = '', step] = match;
    if (step !== undefined && Number(step) < 1) return refuse(part);
    if (range === '*') continue;
    const [from = '', to] = range.split('-');
    const first = toNumber(part, from);
    if (to !== undefined && toNumber(part, to) < first) return refuse(part);
  }
}
