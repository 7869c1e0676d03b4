import type { Fleet } from '../domain/fleet.ts';
import { isResourceId, resourceIdForm } from './resourceIds.ts';

/** A mistake in the file: where it is, such as `stamps[0].origins[1].originGroup`, and what is allowed there. */
export interface FleetProblem {
  readonly path: string;
  readonly message: string;
}

/** What one field's schema cannot see: names that must match, differ or be ordered across the file. */
export function findFleetProblems(fleet: Fleet): readonly FleetProblem[] {
  return [
    ...frontDoorProblems(fleet),
    ...duplicateProblems(fleet),
    ...workloadProblems(fleet),
    ...originGroupProblems(fleet),
    ...signalProblems(fleet),
    ...policyProblems(fleet),
    ...drillProblems(fleet),
  ];
}

function frontDoorProblems({ frontDoor, stamps }: Fleet): FleetProblem[] {
  const kind = frontDoor.kind === 'classic' ? 'frontDoorClassic' : 'frontDoorStandardPremium';
  const problems: FleetProblem[] = [];
  if (!isResourceId(kind, frontDoor.resourceId)) {
    problems.push({ path: 'frontDoor.resourceId', message: `not a resource id of kind ${frontDoor.kind}; it looks like ${resourceIdForm(kind)}` });
  }
  if (frontDoor.kind === 'classic' && frontDoor.accessLogWorkspaceId !== undefined) {
    problems.push({ path: 'frontDoor.accessLogWorkspaceId', message: 'the access log of a classic Front Door has other columns and is not read; leave it out' });
  }
  // Published limits: 50 origins in an origin group, 100 backends in a classic pool.
  const limit = frontDoor.kind === 'classic' ? 100 : 50;
  for (const [group, count] of countBy(stamps.flatMap((stamp) => stamp.origins.map((origin) => origin.originGroup)))) {
    if (count > limit) problems.push({ path: 'stamps', message: `origin group "${group}" has ${count} origins; Front Door holds ${limit}` });
  }
  return problems;
}

function duplicateProblems(fleet: Fleet): FleetProblem[] {
  const problems = [
    ...duplicates('stamps', 'name', fleet.stamps.map((stamp) => stamp.name)),
    ...duplicates('stamps', 'cluster.resourceId', fleet.stamps.map((stamp) => stamp.cluster.resourceId)),
    ...duplicates('stamps', 'gate.blobUrl', fleet.stamps.map((stamp) => stamp.gate?.blobUrl ?? null)),
    ...duplicates('workloads', 'name', fleet.workloads.map((workload) => workload.name)),
    ...duplicates('workloads', 'hpa', fleet.workloads.map((workload) => `${workload.namespace}/${workload.hpa}`)),
    ...duplicates('preShiftChecks', 'name', fleet.preShiftChecks.map((check) => check.name)),
    ...duplicates('postShiftHooks', 'name', fleet.postShiftHooks.map((hook) => hook.name)),
    ...duplicates('drills', 'name', fleet.drills.map((drill) => drill.name)),
  ];
  const owners = new Map<string, string>();
  for (const [index, stamp] of fleet.stamps.entries()) {
    problems.push(...duplicates(`stamps[${index}].cluster.pools`, 'name', stamp.cluster.pools.map((pool) => pool.name)));
    problems.push(...duplicates(`stamps[${index}].origins`, 'originGroup', stamp.origins.map((origin) => origin.originGroup)));
    for (const [at, origin] of stamp.origins.entries()) {
      const key = `${origin.originGroup}/${origin.origin}`.toLowerCase();
      const owner = owners.get(key);
      if (owner !== undefined) problems.push({ path: `stamps[${index}].origins[${at}].origin`, message: `"${origin.origin}" of group "${origin.originGroup}" belongs to stamp "${owner}" already` });
      else owners.set(key, stamp.name);
    }
  }
  return problems;
}

function duplicates(path: string, field: string, values: readonly (string | null)[]): FleetProblem[] {
  const seen = new Map<string, number>();
  return values.flatMap((value, index) => {
    if (value === null) return [];
    const first = seen.get(value.toLowerCase());
    if (first === undefined) {
      seen.set(value.toLowerCase(), index);
      return [];
    }
    return [{ path: `${path}[${index}].${field}`, message: `"${value}" is there already, in ${path}[${first}]` }];
  });
}

function workloadProblems({ stamps, workloads }: Fleet): FleetProblem[] {
  const stampNames = new Set(stamps.map((stamp) => stamp.name));
  const allPools = new Set(stamps.flatMap((stamp) => stamp.cluster.pools.map((pool) => pool.name)));
  const groups = new Set(stamps.flatMap((stamp) => stamp.origins.map((origin) => origin.originGroup)));
  return workloads.flatMap((workload, index) => {
    const at = `workloads[${index}]`;
    const problems: FleetProblem[] = [];
    if (!groups.has(workload.originGroup)) {
      problems.push({ path: `${at}.originGroup`, message: `no stamp has an origin in group "${workload.originGroup}"; the groups are ${listed(groups)}` });
    }
    for (const [position, pool] of workload.pools.entries()) {
      if (!allPools.has(pool)) problems.push({ path: `${at}.pools[${position}]`, message: `no stamp has a pool "${pool}"; the pools are ${listed(allPools)}` });
    }
    for (const [position, stamp] of (workload.stamps ?? []).entries()) {
      if (!stampNames.has(stamp)) problems.push({ path: `${at}.stamps[${position}]`, message: `there is no stamp "${stamp}"; the stamps are ${listed(stampNames)}` });
    }
    if (problems.length === 0) {
      for (const stamp of stamps.filter((one) => workload.stamps?.includes(one.name) ?? true)) {
        if (!stamp.cluster.pools.some((pool) => workload.pools.includes(pool.name))) {
          problems.push({ path: `${at}.pools`, message: `stamp "${stamp.name}" runs this workload and has none of these pools; it has ${listed(stamp.cluster.pools.map((pool) => pool.name))}` });
        }
      }
    }
    return problems;
  });
}

function originGroupProblems({ stamps, workloads }: Fleet): FleetProblem[] {
  const served = new Set(workloads.map((workload) => workload.originGroup));
  return stamps.flatMap((stamp, index) =>
    stamp.origins.flatMap((origin, at) =>
      served.has(origin.originGroup)
        ? []
        : [{ path: `stamps[${index}].origins[${at}].originGroup`, message: `no workload serves group "${origin.originGroup}", so room for it could not be proved; workloads serve ${listed(served)}` }],
    ),
  );
}

/** Published: one point a minute, up to three minutes late. Just before the next one comes, the newest is this old. */
const oldestMetricSeconds = 240;

function signalProblems({ signals }: Fleet): FleetProblem[] {
  const problems: FleetProblem[] = [];
  if (signals.quorum > signals.minimumKnown) {
    problems.push({ path: 'signals.quorum', message: `${signals.quorum} is above minimumKnown (${signals.minimumKnown}); a quorum is at most that` });
  }
  const interval = signals.watchIntervalSeconds;
  if (interval < 60 ? 60 % interval !== 0 : interval % 60 !== 0) {
    problems.push({ path: 'signals.watchIntervalSeconds', message: `${interval} s are no even interval for a timer of the Functions host; 10, 12, 15, 20, 30, 60, 120, 180, 240 and 300 are` });
  }
  if (signals.staleAfterSeconds < oldestMetricSeconds) {
    problems.push({ path: 'signals.staleAfterSeconds', message: `${signals.staleAfterSeconds} is below ${oldestMetricSeconds}: Front Door's metrics come by the minute and up to 3 minutes late, so that they would be unknown now and then though nothing is wrong` });
  }
  if (signals.staleAfterSeconds < 2 * signals.watchIntervalSeconds) {
    problems.push({ path: 'signals.staleAfterSeconds', message: `${signals.staleAfterSeconds} is below two watch intervals (${2 * signals.watchIntervalSeconds}); every signal would be stale` });
  }
  for (const field of ['errorRate', 'latencyMs', 'probeLatencyMs'] as const) {
    const { degraded, unhealthy } = signals[field];
    if (degraded > unhealthy) problems.push({ path: `signals.${field}.degraded`, message: `${degraded} is above unhealthy (${unhealthy}); higher is worse here` });
  }
  for (const field of ['originHealthPercent', 'healthyHostsPercent', 'nodesReadyPercent'] as const) {
    const { degraded, unhealthy } = signals[field];
    if (degraded < unhealthy) problems.push({ path: `signals.${field}.degraded`, message: `${degraded} is below unhealthy (${unhealthy}); lower is worse here` });
  }
  return problems;
}

/** Lent room, or a drain, that ends while its own run may still wait for nodes and pods would be taken back under it. */
function policyProblems({ policy }: Fleet): FleetProblem[] {
  const { nodeReadyTimeoutMinutes, podReadyTimeoutMinutes } = policy;
  const roomMinutes = nodeReadyTimeoutMinutes + podReadyTimeoutMinutes;
  return (['surgeExpiryMinutes', 'drainExpiryMinutes'] as const).flatMap((field) =>
    policy[field] > roomMinutes
      ? []
      : [{ path: `policy.${field}`, message: `${policy[field]} is over before nodes (${nodeReadyTimeoutMinutes}) and pods (${podReadyTimeoutMinutes}) must be ready: more than ${roomMinutes} is needed` }],
  );
}

function drillProblems({ drills, stamps }: Fleet): FleetProblem[] {
  const names = stamps.map((stamp) => stamp.name);
  return drills.flatMap((drill, index) => {
    const problems: FleetProblem[] = names.includes(drill.stamp)
      ? []
      : [{ path: `drills[${index}].stamp`, message: `there is no stamp "${drill.stamp}"; the stamps are ${listed(names)}` }];
    for (const [at, window] of drill.blockedWindows.entries()) {
      if (window.from > window.to) problems.push({ path: `drills[${index}].blockedWindows[${at}].to`, message: `${window.to} is before ${window.from}` });
    }
    return problems;
  });
}

const listed = (names: Iterable<string>): string => [...names].map((one) => `"${one}"`).join(', ');

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
