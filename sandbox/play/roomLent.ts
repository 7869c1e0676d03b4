import type { World } from '../world/index.ts';

/** Pools and HPAs whose bounds are not what they were at the start: what they are now, and what they were. */
export function roomLent(world: World): readonly string[] {
  const specs = new Map(world.spec.stamps.map((stamp) => [stamp.name, stamp]));
  return world.snapshot().stamps.flatMap(({ name, pools, workloads }) => {
    const spec = specs.get(name);
    return [
      ...pools.flatMap(({ name: pool, minCount, maxCount }) => differing(`${name}: pool ${pool}`, [minCount, maxCount], spec?.pools.find((one) => one.name === pool), ({ minCount: min, maxCount: max }) => [min, max])),
      ...workloads.flatMap(({ name: workload, minReplicas, maxReplicas }) => differing(`${name}: HPA of ${workload}`, [minReplicas, maxReplicas], spec?.workloads.find((one) => one.name === workload), ({ minReplicas: min, maxReplicas: max }) => [min, max])),
    ];
  });
}

type Bounds = readonly [min: number, max: number];

function differing<T>(what: string, now: Bounds, spec: T | undefined, boundsOf: (spec: T) => Bounds): readonly string[] {
  if (spec === undefined) return [];
  const before = boundsOf(spec);
  return before[0] === now[0] && before[1] === now[1] ? [] : [`${what} is ${now.join('..')}, and was ${before.join('..')}`];
}
