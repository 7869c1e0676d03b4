import type { UserGroup } from '../../domain/facts.ts';
import type { Fleet, Stamp } from '../../domain/fleet.ts';
import { unknown, type Reading } from '../../domain/reading.ts';
import type { Clock } from '../../ports/clock.ts';
import { agedCache } from '../headroom/agedCache.ts';
import { readingOf } from '../http/faults.ts';
import type { LogRow, Logs } from '../monitor/metrics.ts';
import type { OriginDirectory } from '../monitor/originDirectory.ts';
import { estimateLatencyMs } from '../../domain/traffic/index.ts';
import { usersByCountry, type UsersPlace } from './places.ts';

/** Log Analytics takes minutes to show a row; an hour says where users enter and how far the origins are. */
const lookBackMs = 3_600_000;
/** Where users enter changes slowly, and a query costs more than a metric. */
const keptMs = 5 * 60_000;
/** A plan stands behind this read: a workspace that did not answer is not waited for again before this. */
const quietMs = 2 * 60_000;
/** Fewer requests between an edge and an origin measure nothing. */
const enoughRequests = 20;

/** One edge's requests to one origin in the last hour. */
export interface EdgeRow {
  readonly pop: string;
  readonly country: string;
  readonly stamp: string;
  readonly originGroups: readonly string[];
  readonly requests: number;
  /** From the request's arrival at the edge to the answer's first byte, the quickest tenth: the way to the origin and back, and little else. */
  readonly firstByteMs: number;
}

/**
 * Category FrontDoorAccessLog in the table AzureDiagnostics, as Front Door Standard and Premium write it (columns and their meaning:
 * "Monitor metrics and logs in Azure Front Door", access log). Answers from the cache name no origin and are left out.
 */
export const accessLogQuery = (profileId: string): string =>
  [
    'AzureDiagnostics',
    `| where ResourceId =~ "${profileId.replaceAll(/["\\]/g, '')}" and Category == "FrontDoorAccessLog"`,
    '| where isnotempty(originName_s) and originName_s !~ "N/A"',
    '| summarize requests = count(), firstByteSeconds = percentile(todouble(timeToFirstByte_s), 10) by pop = pop_s, country = clientCountry_s, origin = originName_s',
  ].join('\n');

/** Null where the fleet file names no workspace. */
export type ReadEdges = () => Promise<Reading<readonly EdgeRow[]>>;

export function accessLogEdges(clock: Clock, fleet: Fleet, logs: Logs, directory: OriginDirectory): ReadEdges | null {
  const { accessLogWorkspaceId: workspaceId, resourceId } = fleet.frontDoor;
  if (workspaceId === undefined) return null;
  const cache = agedCache<readonly EdgeRow[]>(clock, keptMs, quietMs);
  const now = (): number => clock.now();
  return async () => {
    const reading = await cache('edges', () =>
      readingOf('access log', now, async () => {
        const [rows, ownerOf] = await Promise.all([logs.query(workspaceId, accessLogQuery(resourceId), now() - lookBackMs, now()), directory()]);
        return rows.flatMap((row) => edgeRow(row, ownerOf));
      }),
    );
    return reading.kind === 'known' && reading.value.length === 0 ? unknown('access log: no row of the last hour names an origin of the fleet', now()) : reading;
  };
}

function edgeRow(row: LogRow, ownerOf: Awaited<ReturnType<OriginDirectory>>): EdgeRow[] {
  const { pop, country, origin, requests, firstByteSeconds } = row;
  const owner = typeof origin === 'string' ? ownerOf(origin) : null;
  if (owner === null || typeof pop !== 'string' || typeof requests !== 'number' || typeof firstByteSeconds !== 'number' || !Number.isFinite(firstByteSeconds)) return [];
  return [{ pop, country: typeof country === 'string' ? country : '', stamp: owner.stamp, originGroups: owner.originGroups, requests, firstByteMs: firstByteSeconds * 1000 }];
}

/**
 * Users by edge and country, dealt `requestsPerSecond` in the proportions of the log. Latencies are measured for the origins that the edge
 * has sent requests to; for the others they are estimated from the country, moved by what measured and estimated ones differ on
 * average, which is the time that the origins themselves take. Such a group is only as sure as its estimates.
 */
export function usersByEdge(fleet: Fleet, originGroup: string, requestsPerSecond: number, edges: readonly EdgeRow[]): readonly UserGroup[] {
  const here = edges.filter(({ originGroups }) => originGroups.includes(originGroup));
  const total = here.reduce((sum, { requests }) => sum + requests, 0);
  if (total === 0) return [];
  const stamps = fleet.stamps.filter(({ origins }) => origins.some((origin) => origin.originGroup === originGroup));
  const measuredAt = measuredLatencies(here);
  return [...grouped(here, ({ pop, country }) => `${pop}, ${country}`)].flatMap(([name, rows]) => {
    const rate = (requestsPerSecond * rows.reduce((sum, { requests }) => sum + requests, 0)) / total;
    const measured = measuredAt.get(rows[0]?.pop ?? '') ?? new Map<string, number>();
    const places = stamps.every((stamp) => measured.has(stamp.name)) ? [null] : (usersByCountry[rows[0]?.country ?? ''] ?? [null]);
    return places.map((place): UserGroup => ({
      name: place?.part ? `${name}, ${place.part}` : name,
      originGroup,
      requestsPerSecond: rate * (place?.weight ?? 1),
      latencies: place === null && measured.size === stamps.length ? 'measured' : 'estimated',
      latencyMsByStamp: latenciesFrom(place, stamps, measured),
    }));
  });
}

function measuredLatencies(rows: readonly EdgeRow[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const byPop = new Map<string, Map<string, number>>();
  for (const [pop, ofPop] of grouped(rows, ({ pop: one }) => one)) {
    const byStamp = new Map<string, number>();
    for (const [stamp, both] of grouped(ofPop, ({ stamp: one }) => one)) {
      const requests = both.reduce((sum, row) => sum + row.requests, 0);
      if (requests >= enoughRequests) byStamp.set(stamp, both.reduce((sum, row) => sum + row.firstByteMs * row.requests, 0) / requests);
    }
    byPop.set(pop, byStamp);
  }
  return byPop;
}

function latenciesFrom(place: UsersPlace | null, stamps: readonly Stamp[], measured: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  const estimated = new Map(stamps.flatMap(({ name, region }) => {
    const latency = place === null ? null : estimateLatencyMs(place, region);
    return latency === null ? [] : [[name, latency] as const];
  }));
  const differences = [...measured].flatMap(([stamp, latency]) => (estimated.has(stamp) ? [latency - (estimated.get(stamp) ?? 0)] : []));
  const offset = differences.length === 0 ? 0 : Math.max(0, differences.reduce((sum, one) => sum + one, 0) / differences.length);
  return Object.fromEntries([...[...estimated].map(([stamp, latency]) => [stamp, latency + offset] as const), ...measured]);
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const same = groups.get(keyOf(row));
    if (same === undefined) groups.set(keyOf(row), [row]);
    else same.push(row);
  }
  return groups;
}
