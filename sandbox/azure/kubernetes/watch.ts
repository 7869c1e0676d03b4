import type { KubeChange, KubeObject } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';
import { groupVersion } from './kinds.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { selectObjects } from './read.ts';
import { schemaObject } from './schemaObject.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import type { Matcher } from './selectors.ts';
import { badRequest, gone, statusObject } from './status.ts';
import { tableOf, wantsTable } from './table.ts';
import { objectJson } from './wire.ts';

/** Bookmarks come about once a minute from a real server. */
const bookmarkMs = 60_000;

/** GET ?watch=true: one JSON event a line until the client goes away or timeoutSeconds are over. */
export function watchObjects(context: KubeRequest): FaceResponse {
  const timeout = context.query.get('timeoutSeconds');
  if (timeout !== null && timeout !== '' && !/^\d+$/.test(timeout)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(timeout)}: invalid syntax`);
  const version = context.query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version)) throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  // Refusals come before the stream: selectors are read here and not within it.
  const selectors: Selectors = { labels: parseLabelSelector(context.query.get('labelSelector')), fields: parseFieldSelector(context.query.get('fieldSelector'), context.kind.kind) };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private', 'transfer-encoding': 'chunked' },
    body: events(context, selectors, version, Number(timeout ?? '')),
  };
}

interface Selectors {
  readonly labels: Matcher | null;
  readonly fields: Matcher | null;
}

interface Feed {
  readonly queue: string[];
  push(line: string): void;
  end(): void;
}

async function* events(context: KubeRequest, selectors: Selectors, version: string, timeoutSeconds: number): AsyncGenerator<string> {
  const { store, world, request } = context;
  let wake: () => void = () => undefined;
  let ended = false;
  const feed: Feed = {
    queue: [],
    push(line) {
      feed.queue.push(line);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
  };
  const format = createFormat(context);
  const relay = createRelay(context, selectors, feed, format);
  if (!begin(context, version, relay, feed)) {
    yield feed.queue.join('');
    return;
  }
  const stops = [store.onChange(relay)];
  if (timeoutSeconds > 0) stops.push(world.clock.setTimer(world.clock.now() + timeoutSeconds * 1000, () => feed.end()));
  if (context.query.get('allowWatchBookmarks') === 'true') stops.push(bookmarks(context, feed));
  request.signal?.addEventListener('abort', () => feed.end(), { once: true });
  if (request.signal?.aborted === true) feed.end();
  try {
    while (true) {
      if (feed.queue.length > 0) yield feed.queue.splice(0).join('');
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    for (const stop of stops) stop();
  }
}

/** Without a version a watch begins with what is there, as ADDED events; false: the version is too old and the watch is over. */
function begin(context: KubeRequest, version: string, relay: (change: KubeChange) => void, feed: Feed): boolean {
  if (version === '' || version === '0') {
    for (const object of selectObjects(context)) relay({ type: 'ADDED', object });
    return true;
  }
  const missed = context.store.changesSince(version);
  if (missed === null) {
    feed.push(`${JSON.stringify({ type: 'ERROR', object: statusObject(gone(version, context.store.resourceVersion)) })}\n`);
    return false;
  }
  for (const change of missed) relay(change);
  return true;
}

type Format = (type: KubeChange['type'], object: KubeObject) => string;

/** Passes on what the watch is about; an object that stops matching its selectors is deleted as far as the client sees. */
function createRelay(context: KubeRequest, { labels, fields }: Selectors, feed: Feed, format: Format): (change: KubeChange) => void {
  const { kind, namespace, name, store } = context;
  const selects = labels !== null || fields !== null;
  const matches = (object: KubeObject): boolean => (labels === null || labels(schemaObject(object))) && (fields === null || fields(schemaObject(object)));
  const shown = new Set(selects ? store.list(kind.kind, namespace).filter(matches).map(({ metadata }) => metadata.uid) : []);
  return ({ type, object }) => {
    if (object.kind !== kind.kind) return;
    if (namespace !== null && object.metadata.namespace !== namespace) return;
    if (name !== null && object.metadata.name !== name) return;
    if (!selects) return feed.push(format(type, object));
    const [was, is] = [shown.has(object.metadata.uid), type !== 'DELETED' && matches(object)];
    if (is) shown.add(object.metadata.uid);
    else shown.delete(object.metadata.uid);
    if (is) feed.push(format(type === 'ADDED' || !was ? 'ADDED' : 'MODIFIED', object));
    else if (was || (type === 'DELETED' && matches(object))) feed.push(format('DELETED', object));
  };
}

function createFormat(context: KubeRequest): Format {
  if (!wantsTable(context.request)) return (type, object) => `{"type":"${type}","object":${objectJson(object)}}\n`;
  return (type, object) => `${JSON.stringify({ type, object: tableOf(context, [object], { resourceVersion: object.metadata.resourceVersion }) })}\n`;
}

function bookmarks(context: KubeRequest, feed: Feed): () => void {
  const { world, store, kind } = context;
  let cancel: () => void = () => undefined;
  const next = (): void => {
    cancel = world.clock.setTimer(world.clock.now() + bookmarkMs, () => {
      feed.push(`${JSON.stringify({ type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: groupVersion(kind), metadata: { resourceVersion: store.resourceVersion, creationTimestamp: null } } })}\n`);
      next();
    });
  };
  next();
  return () => cancel();
}
