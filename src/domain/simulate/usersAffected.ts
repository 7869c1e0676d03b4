import { demandSource, type FleetContext, type FleetLoads } from '../planning/whatIf.ts';
import { sharesOfUsers, type GroupModel, type RoutingState, type UsersModel, type UsersShares } from '../traffic/index.ts';

/** Whose requests must go elsewhere. Unknown is null; survival does not hang on it. */
export interface UsersAffected {
  /** Of the requests that enter at the lost stamps now, times the demand factor. */
  requestsPerSecond: number | null;
  /** 0..1 of all requests. */
  share: number | null;
  source: string;
  /** From where they enter to the stamp that serves them, their mean. */
  latencyMs: (LatencyChange & { covers: number }) | null;
  /** Those who move, by where they enter, the largest few. */
  groups: { name: string; requestsPerSecond: number; latencyMs: LatencyChange | null }[];
}

export interface LatencyChange {
  now: number;
  after: number;
}

const largest = 5;

/** @param after how users are routed once the stamps are lost. */
export function usersAffected(context: FleetContext, lost: ReadonlySet<number>, before: FleetLoads, after: RoutingState): UsersAffected {
  const entering = [...lost].map((index) => enteringAt(context, before, index));
  const requestsPerSecond = entering.includes(null) ? null : entering.reduce<number>((sum, load) => sum + (load ?? 0), 0) * context.demandFactor;
  const all = context.demandKnown === 'known' ? allRequests(context) * context.demandFactor : 0;
  const moving = usersAreTold(context) ? movingUsers(context, lost, before.state, after) : [];
  return {
    requestsPerSecond: requestsPerSecond === null ? null : rounded(requestsPerSecond),
    share: requestsPerSecond === null || !(all > 0) ? null : rounded(Math.min(1, requestsPerSecond / all)),
    source: sourceOf(context, lost),
    latencyMs: meanLatency(moving),
    groups: moving.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond).slice(0, largest).map(({ name, requestsPerSecond: rate, latency }) => ({ name, requestsPerSecond: rounded(rate), latencyMs: latency === null ? null : inWhole(latency) })),
  };
}

/** What is measured, of a stamp that serves; what would be routed to it, of one that does not. Null where neither is known. */
function enteringAt(context: FleetContext, { routed }: FleetLoads, index: number): number | null {
  const load = context.stampFacts[index]?.load;
  if (load?.kind === 'known' && serves(context, index)) return load.value.requestsPerSecond;
  return usersAreTold(context) ? routed.expected.reduce((sum, group) => sum + (group[index] ?? 0), 0) : null;
}

/** Where each of them enters, and what is nearest from there. */
const usersAreTold = ({ demandKnown, trafficKnown, demandSource: source }: FleetContext): boolean => demandKnown === 'known' && trafficKnown === 'known' && source !== 'allToNearest';

const serves = ({ model, out }: FleetContext, index: number): boolean =>
  !out.has(index) && model.groups.some(({ origins }) => origins.some(({ facts, stampIndex }) => stampIndex === index && facts.enabled === 'Enabled'));

const allRequests = ({ model }: FleetContext): number => model.groups.reduce((sum, { users }) => sum + users.reduce((all, { requestsPerSecond }) => all + requestsPerSecond, 0), model.unroutable);

function sourceOf(context: FleetContext, lost: ReadonlySet<number>): string {
  const measured = [...lost].every((index) => context.stampFacts[index]?.load.kind === 'known' && serves(context, index));
  const told = usersAreTold(context);
  const requests = measured ? 'the load measured at the lost stamps' : told ? 'as they would be routed to the lost stamps' : 'not known';
  return `requests: ${requests}; users and their latencies: ${told ? demandSource(context) : 'not known'}`;
}

interface MovingUsers {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Null where one of the two is not known, or nobody serves them any more. */
  readonly latency: LatencyChange | null;
}

function movingUsers(context: FleetContext, lost: ReadonlySet<number>, before: RoutingState, after: RoutingState): MovingUsers[] {
  const byName = new Map<string, MovingUsers[]>();
  context.model.groups.forEach((group, at) => {
    const now = sharesOfUsers(group, before[at] ?? [], group.users, context.stampNames.length);
    const then = sharesOfUsers(group, after[at] ?? [], group.users, context.stampNames.length);
    group.users.forEach((users, position) => {
      const leaving = onlyAt(lost, now[position]);
      const part = leaving.parts.reduce((sum, one) => sum + one, 0);
      if (part === 0) return;
      const [from, to] = [meanOver(group, users, leaving), meanOver(group, users, then[position])];
      byName.set(users.name, [...(byName.get(users.name) ?? []), { name: users.name, requestsPerSecond: users.requestsPerSecond * part * context.demandFactor, latency: from === null || to === null ? null : { now: from, after: to } }]);
    });
  });
  return [...byName].map(([name, parts]) => ({ name, requestsPerSecond: parts.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0), latency: meanLatency(parts) }));
}

function onlyAt(lost: ReadonlySet<number>, shares: UsersShares | undefined): UsersShares {
  const kept = (shares?.stamps ?? []).map((stamp, at) => ({ stamp, part: shares?.parts[at] ?? 0 })).filter(({ stamp }) => lost.has(stamp));
  return { stamps: kept.map(({ stamp }) => stamp), parts: kept.map(({ part }) => part) };
}

/** Milliseconds, weighted by the parts; null where one is not known, or there are none. */
function meanOver({ origins }: GroupModel, { latencyMs }: UsersModel, shares: UsersShares | undefined): number | null {
  let sum = 0;
  let parts = 0;
  shares?.stamps.forEach((stamp, at) => {
    const part = shares.parts[at] ?? 0;
    sum += part * (latencyMs[origins.findIndex(({ stampIndex }) => stampIndex === stamp)] ?? Number.NaN);
    parts += part;
  });
  return parts > 0 && !Number.isNaN(sum) ? sum / parts : null;
}

/** Of those whose latencies are known, and the part of all that they are. */
function meanLatency(users: readonly MovingUsers[]): (LatencyChange & { covers: number }) | null {
  let known = 0;
  let now = 0;
  let after = 0;
  for (const { requestsPerSecond, latency } of users) {
    if (latency === null) continue;
    known += requestsPerSecond;
    now += requestsPerSecond * latency.now;
    after += requestsPerSecond * latency.after;
  }
  const all = users.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  return known > 0 ? { ...inWhole({ now: now / known, after: after / known }), covers: rounded(known / all) } : null;
}

const inWhole = ({ now, after }: LatencyChange): LatencyChange => ({ now: Math.round(now), after: Math.round(after) });
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

