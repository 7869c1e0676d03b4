import { compare, normalise, normaliseText, type Mismatch } from './normalise.ts';
import type { RecordedEpisode, RecordedHttp, Recording } from './recordings.ts';
import type { SeenCase, SeenEpisode } from './replayCase.ts';

/** Every place where the local host did not do what was recorded. */
export function compareCase(recording: Recording, seen: SeenCase): Mismatch[] {
  return [
    ...seen.warnings.map((warning) => ({ at: 'warnings', recorded: undefined, seen: warning })),
    ...seen.leftOut.map((left) => ({ at: 'leftOut', recorded: left, seen: undefined })),
    ...compareOrchestrators(recording, seen),
    ...compareActivities(recording, seen),
    ...compareEntities(recording, seen),
    ...compareClientBinding(recording, seen),
    ...comparePolled(recording, seen),
    ...compareHttp(recording, seen),
    ...compareSdk(recording, seen),
    ...compare('finalStatus', normalise(recording.finalStatus), normalise(seen.finalStatus)),
  ];
}

function groupByInstance<T extends { readonly kind: string; readonly instanceId?: string | undefined }>(episodes: readonly T[], kind: string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const episode of episodes.filter((each) => each.kind === kind)) {
    const key = normaliseText(episode.instanceId ?? '');
    groups.set(key, [...(groups.get(key) ?? []), episode]);
  }
  return groups;
}

function compareGroups(
  label: string,
  recorded: ReadonlyMap<string, readonly RecordedEpisode[]>,
  seen: ReadonlyMap<string, readonly SeenEpisode[]>,
  recordedView: (episode: RecordedEpisode) => unknown,
  seenView: (episode: SeenEpisode) => unknown,
  order: 'kept' | 'any',
): Mismatch[] {
  const arrange = (views: unknown[]): unknown[] => (order === 'kept' ? views : views.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
  return [...new Set([...recorded.keys(), ...seen.keys()])].flatMap((key) => {
    const recordedViews = arrange((recorded.get(key) ?? []).map((each) => normalise(recordedView(each))));
    const seenViews = arrange((seen.get(key) ?? []).map((each) => normalise(seenView(each))));
    return compare(`${label} ${key} `, recordedViews, seenViews);
  });
}

function recordedState(episode: RecordedEpisode): unknown {
  return readMember(episode.error, 'outOfProcData') ?? episode.out ?? null;
}

function readMember(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function compareOrchestrators(recording: Recording, seen: SeenCase): Mismatch[] {
  return compareGroups(
    'orchestrator',
    groupByInstance(recording.episodes, 'orchestrator'),
    groupByInstance(seen.episodes, 'orchestrator'),
    (episode) => ({ name: episode.name, in: episode.in, out: recordedState(episode) }),
    (episode) => ({ name: episode.name, in: episode.in, out: episode.outOfProcData ?? episode.out ?? null }),
    'kept',
  );
}

function compareActivities(recording: Recording, seen: SeenCase): Mismatch[] {
  return compareGroups(
    'activity',
    groupByInstance(recording.episodes, 'activity'),
    groupByInstance(seen.episodes, 'activity'),
    (episode) => ({ name: episode.name, in: episode.in, out: episode.out, error: readMember(episode.error, 'message') }),
    (episode) => ({ name: episode.name, in: episode.in, out: episode.out, error: episode.errorMessage }),
    'any',
  );
}

function compareEntities(recording: Recording, seen: SeenCase): Mismatch[] {
  return compareGroups(
    'entity',
    groupByInstance(recording.episodes, 'entity'),
    groupByInstance(seen.episodes, 'entity'),
    (episode) => ({ name: episode.name, in: episode.in, out: episode.out }),
    (episode) => ({ name: episode.name, in: episode.in, out: episode.out }),
    'kept',
  );
}

function compareClientBinding(recording: Recording, seen: SeenCase): Mismatch[] {
  const recorded = recording.episodes.find((each) => each.kind === 'clientBinding');
  if (recorded === undefined) return [];
  const own = seen.episodes.find((each) => each.kind === 'clientBinding');
  return compare('clientBinding', normalise({ name: recorded.name, in: recorded.in }), normalise({ name: own?.name, in: own?.in }));
}

/** A note of some recordings says how the status changed while it was polled. */
function comparePolled(recording: Recording, seen: SeenCase): Mismatch[] {
  const label = '[runtimeStatus, customStatus] as polled: ';
  const note = recording.notes.find((each) => each.startsWith(label));
  return note === undefined ? [] : compare('polled', note.slice(label.length), seen.polled.join(' -> '));
}

const comparedHeaders = ['location', 'retry-after', 'x-ms-continuation-token'] as const;

function pickHeaders(headers: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(comparedHeaders.map((name) => [name, headers?.[name]]));
}

/** Start answers are recorded without their links, but for two cases. */
function withoutLinks(recordedBody: unknown, seenBody: unknown): unknown {
  return readMember(recordedBody, '(links)') === undefined ? seenBody : { id: readMember(seenBody, 'id'), '(links)': readMember(recordedBody, '(links)') };
}

function compareHttp(recording: Recording, seen: SeenCase): Mismatch[] {
  const onlyOwn = keepOwn(recording);
  return seen.http.flatMap(({ recorded, status, headers, body }, index) =>
    compare(
      `http[${index}] ${recorded.method} ${recorded.path} `,
      normalise({ status: recorded.status, headers: pickHeaders(recorded.responseHeaders), body: onlyOwn(recorded.responseBody) }),
      normalise({ status, headers: pickHeaders(headers), body: withoutLinks(recorded.responseBody, body) }),
    ),
  );
}

function compareSdk(recording: Recording, seen: SeenCase): Mismatch[] {
  const onlyOwn = keepOwn(recording);
  const view = (each: { readonly method?: string; readonly url?: string; readonly status?: number; readonly requestBody?: string | null; readonly responseBody?: unknown }): unknown => ({
    method: each.method,
    url: each.url,
    requestBody: each.requestBody ?? null,
    status: each.status,
    responseBody: onlyOwn(each.responseBody ?? null),
  });
  const recordedRequests = recording.http.filter((each: RecordedHttp) => each.via?.startsWith('sdk-client') === true);
  return [
    ...compare('sdkRequests', normalise(recordedRequests.map(view)), normalise(seen.sdkRequests.map((note) => view({ ...note, responseBody: note.responseBody })))),
    ...seen.sdkResults.flatMap(({ recorded, calls }, index) => compare(`sdkResults[${index}]`, normalise(withOwnLists(recorded.calls, onlyOwn)), normalise(withOwnLists(calls, onlyOwn)))),
  ];
}

function withOwnLists(calls: unknown, onlyOwn: (value: unknown) => unknown): unknown {
  return Array.isArray(calls) ? calls.map((each: unknown) => (typeof each === 'object' && each !== null && 'result' in each ? { ...each, result: onlyOwn(each.result) } : each)) : calls;
}

/** A listing of the whole hub shows what other cases left there: only this case's instances and entities are compared. */
function keepOwn(recording: Recording): (value: unknown) => unknown {
  const started = new Set(recording.http.map((each) => readMember(each.responseBody, 'id')));
  const isForeign = (each: unknown): boolean => {
    const instanceId = readMember(each, 'instanceId');
    if (instanceId !== undefined) return !started.has(instanceId);
    const entity = readMember(each, 'entityId');
    return entity !== undefined && !String(readMember(entity, 'key')).startsWith(`${recording.case}--`);
  };
  return (value) => (Array.isArray(value) ? value.filter((each) => !isForeign(each)) : value);
}
