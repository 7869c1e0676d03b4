import type { HubEngine } from '../durable/hubEngine.ts';
import { isFinal } from '../durable/instanceRecords.ts';
import type { InstanceRecord } from '../durable/hubState.ts';
import type { HostResponse } from '../functions/httpTriggers.ts';
import { empty, jsonBody, jsonText } from './apiResponse.ts';
import { toStatusText } from './statusDocument.ts';

const statusNames = new Map(['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated', 'Canceled', 'ContinuedAsNew'].map((name) => [name.toLowerCase(), name]));

interface Filter {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly statuses: ReadonlySet<string>;
  readonly prefix: string;
}

/** What cannot be understood is ignored, as recorded. */
function readFilter(url: URL): Filter {
  const instant = (name: string): number | undefined => {
    const ms = Date.parse(url.searchParams.get(name) ?? '');
    return Number.isNaN(ms) ? undefined : ms;
  };
  const statuses = (url.searchParams.get('runtimeStatus') ?? '').split(',').map((name) => statusNames.get(name.trim().toLowerCase())).filter((name) => name !== undefined);
  return { fromMs: instant('createdTimeFrom'), toMs: instant('createdTimeTo'), statuses: new Set(statuses), prefix: url.searchParams.get('instanceIdPrefix') ?? '' };
}

function matches(record: InstanceRecord, filter: Filter): boolean {
  return (
    record.instanceId.startsWith(filter.prefix) &&
    (filter.fromMs === undefined || record.createdAtMs >= filter.fromMs) &&
    (filter.toMs === undefined || record.createdAtMs <= filter.toMs) &&
    (filter.statuses.size === 0 || filter.statuses.has(record.runtimeStatus))
  );
}

/** Lists instances by id. `tokenHeader`: over rpcBaseUrl the continuation header is there even when empty. */
export function listInstances(engine: HubEngine, url: URL, continuation: string | undefined, tokenHeader: 'always' | 'whenMore'): HostResponse {
  const filter = readFilter(url);
  const showInput = url.searchParams.get('showInput')?.toLowerCase() !== 'false';
  const top = Number(url.searchParams.get('top') ?? 100);
  const from = continuation === undefined || continuation === '' ? '' : Buffer.from(continuation, 'base64').toString('utf8');
  const found = [...engine.state.instances.values()]
    .filter((record) => record.instanceId >= from && matches(record, filter))
    .toSorted((a, b) => (a.instanceId < b.instanceId ? -1 : a.instanceId > b.instanceId ? 1 : 0));
  const page = found.slice(0, top > 0 ? top : 100);
  const next = found[page.length];
  const token = next === undefined ? '' : Buffer.from(next.instanceId, 'utf8').toString('base64');
  const text = `[${page.map((record) => toStatusText(record, engine.state, { showInput, showHistory: false, showHistoryOutput: false })).join(',')}]`;
  return jsonText(200, text, token !== '' || tokenHeader === 'always' ? [['x-ms-continuation-token', token]] : []);
}

/** Recorded: a status that is not final does not filter, and spares nothing that runs. */
export function purgeInstances(engine: HubEngine, url: URL): HostResponse {
  const filter = readFilter(url);
  if (filter.fromMs === undefined) return jsonBody(400, "Please provide value for 'createdTimeFrom' parameter.");
  const asksForRunning = ['Pending', 'Running', 'Suspended'].some((name) => filter.statuses.has(name));
  const wanted = asksForRunning ? { ...filter, statuses: new Set<string>() } : filter;
  const found = [...engine.state.instances.values()].filter((record) => matches(record, wanted) && (asksForRunning || isFinal(record)));
  if (found.length === 0) return empty(404);
  engine.purge(found.map((record) => record.instanceId));
  return jsonBody(200, { instancesDeleted: found.length });
}
