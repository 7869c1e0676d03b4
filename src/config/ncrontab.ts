import { Cron } from 'croner';

/**
 * Six-field NCRONTAB as the Functions host takes it: second minute hour day month weekday.
 * Stricter than croner: no `L`, `#`, `?`, `W` or nicknames, which the host refuses.
 */
const fields = [
  { name: 'second', min: 0, max: 59, names: [] },
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of week', min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const;

type Field = (typeof fields)[number];

/** Any fixed instant serves to ask whether the expression ever fires. */
const anInstant = new Date('2026-01-01T00:00:00Z');

/** Null when the expression is good, else what is wrong with it. */
export function ncrontabProblem(expression: string): string | null {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    return `has ${parts.length} fields; six are needed: second minute hour day month weekday, such as "0 0 10 1 * *"`;
  }
  for (const [index, field] of fields.entries()) {
    const problem = fieldProblem(field, parts[index] ?? '');
    if (problem !== null) return problem;
  }
  return parseNcrontab(expression).nextRun(anInstant) === null ? 'never fires' : null;
}

/** The schedule of a good expression, in UTC. */
export const parseNcrontab = (expression: string): Cron =>
  new Cron(expression.trim(), { mode: '6-part', domAndDow: true, timezone: 'UTC', paused: true });

function fieldProblem(field: Field, text: string): string | null {
  for (const item of text.split(',')) {
    const [range = '', step, ...rest] = item.split('/');
    if (rest.length > 0) return `${field.name} "${text}" has more than one "/"`;
    if (step !== undefined && !/^[1-9]\d*$/.test(step)) return `${field.name} "${text}" has the step "${step}"; a whole number from 1 is needed`;
    if (range === '*') continue;
    const ends = range.split('-');
    if (ends.length > 2) return `${field.name} "${text}" has more than one "-"`;
    const values = ends.map((end) => fieldValue(field, end));
    const [from, to] = values;
    if (values.some((value) => value === null)) return `${field.name} "${text}" is not within ${field.min}-${field.max}`;
    if (typeof from === 'number' && typeof to === 'number' && from > to) return `${field.name} "${text}" runs backwards`;
  }
  return null;
}

function fieldValue(field: Field, text: string): number | null {
  const named = (field.names as readonly string[]).indexOf(text.toLowerCase());
  const value = named >= 0 ? named + field.min : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.min && value <= field.max ? value : null;
}
