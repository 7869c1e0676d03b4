/** What differs from run to run is given one name: instants since the recording, ids made at random, ports, keys, stacks. */
export function normalise(value: unknown): unknown {
  if (typeof value === 'string') return normaliseText(value);
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !transportHeaders.has(key)).map(([key, member]) => [normaliseText(key), key === 'StackTrace' ? '<stack>' : volatileNumbers.has(key) ? '<number>' : normalise(member)]));
}

/** Whatever server answers a callHttp sends these or not. */
const transportHeaders = new Set(['Date', 'Server', 'Transfer-Encoding', 'Connection', 'Keep-Alive']);

const volatileNumbers = new Set(['duration', 'startTime', 'requestTime']);

export function normaliseText(text: string): string {
  return text
    .replaceAll(/\bcode=\w+/g, 'code=<key>')
    .replaceAll(/20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT[\d:.]+(Z|\+00:00|%2B00%3A00)?/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<guid>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<guid>')
    .replaceAll(/http:\/\/(127\.0\.0\.1|localhost):\d+/g, '<origin>')
    .replaceAll(/(\\*"RemoteStackTrace\\*":)[\s\S]*?(?=,\\*"RemoteMessage)/g, '$1<stack>')
    .replaceAll(/(Exception: [\s\S]*?Stack: )[\s\S]*?(?=\\*",\\*"Data\\*":\{)/g, '$1<stack>')
    .replaceAll(/\\*"(Date|Server|Transfer-Encoding|Connection|Keep-Alive)\\*":\\*"[^"]*",?/g, '')
    .replaceAll(/(known orchestrator functions: )([^.]*)\./g, (_match, start: string, names: string) => `${start}${names.split(', ').toSorted().join(', ')}.`)
    .replaceAll(/(\\*)"StackTrace\1":(?:null|\1"[^"]*")/g, '$1"StackTrace$1":<stack>')
    .replaceAll(/, StackTrace: [^"]*$/g, ', StackTrace: <stack>');
}

const cutMark = '…[truncated by the recorder:';

/** One place where what was recorded and what was seen are not the same. */
export interface Mismatch {
  readonly at: string;
  readonly recorded: unknown;
  readonly seen: unknown;
}

/** Compares two normalised values, member by member. */
export function compare(at: string, recorded: unknown, seen: unknown): Mismatch[] {
  if (Object.is(recorded, seen)) return [];
  if (typeof recorded === 'string' && typeof seen === 'string') {
    const cut = recorded.indexOf(cutMark);
    return cut > 0 && seen.startsWith(recorded.slice(0, cut).trimEnd()) ? [] : [{ at, recorded, seen }];
  }
  if (Array.isArray(recorded) && Array.isArray(seen)) {
    const length = Math.max(recorded.length, seen.length);
    return Array.from({ length }, (_, index) => compare(`${at}[${index}]`, recorded[index], seen[index])).flat();
  }
  if (isObject(recorded) && isObject(seen)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(seen)]);
    return [...keys].flatMap((key) => compare(`${at}.${key}`, recorded[key], seen[key]));
  }
  return [{ at, recorded, seen }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
