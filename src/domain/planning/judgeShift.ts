import type { TrafficFacts } from '../facts.ts';
import type { StampName } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import type { Reading } from '../reading.ts';

/** Whether the traffic has moved as planned, and what shows it. */
export type ShiftVerdict = { readonly kind: 'verified'; readonly by: 'shares' | 'settings' } | { readonly kind: 'notYet'; readonly why: string };

/** Observed share within this of the plan counts as moved: 2 points of the fleet's requests. */
export const shareTolerance = 0.02;

/** Users' requests decide: of the stamps that were moved. How the others split what left is the users' and Front Door's doing. */
export function judgeShares(plan: Plan, shares: Readonly<Record<StampName, number>>): ShiftVerdict {
  const wanted = wantedShares(plan);
  const off = plan.stamps.filter((stamp) => Math.abs((shares[stamp] ?? 0) - (wanted[stamp] ?? 0)) > shareTolerance);
  if (off.length === 0) return { kind: 'verified', by: 'shares' };
  return { kind: 'notYet', why: off.map((stamp) => `${stamp} serves ${percent(shares[stamp])}, planned ${percent(wanted[stamp])}`).join('; ') };
}

/**
 * The same once the time for it is over. How many users a stamp keeps or gets back is predicted from estimates, and may be some points off for
 * good: where it is not to be empty, most of the way there is a change that has landed.
 */
export function judgeSharesAtLast(plan: Plan, shares: Readonly<Record<StampName, number>>): ShiftVerdict {
  const wanted = wantedShares(plan);
  const total = plan.expected.stamps.reduce((sum, { requestsPerSecondNow }) => sum + requestsPerSecondNow, 0);
  const before = new Map(plan.expected.stamps.map(({ stamp, requestsPerSecondNow }) => [stamp, total > 0 ? requestsPerSecondNow / total : 0]));
  const hasCome = (stamp: StampName): boolean => {
    const from = before.get(stamp) ?? 0;
    const way = (wanted[stamp] ?? 0) - from;
    return (wanted[stamp] ?? 0) > shareTolerance && ((shares[stamp] ?? 0) - from) / way > mostOfTheWay;
  };
  return judgeShares(plan, Object.fromEntries(plan.expected.stamps.map(({ stamp }) => [stamp, hasCome(stamp) ? (wanted[stamp] ?? 0) : (shares[stamp] ?? 0)])));
}

const mostOfTheWay = 0.5;

/** Settings read back count only where no share can be observed (`why`): metrics lag by minutes. */
export function judgeSettings({ shifts }: Plan, traffic: Reading<TrafficFacts>, why: string): ShiftVerdict {
  if (traffic.kind === 'unknown') return { kind: 'notYet', why: `${why}; ${traffic.why}` };
  const landed = shifts.every(({ originGroup, origin, after }) => {
    const found = traffic.value.originGroups.find(({ name }) => name === originGroup)?.origins.find((one) => one.origin === origin);
    return found !== undefined && found.weight === after.weight && found.enabled === after.enabled;
  });
  return landed ? { kind: 'verified', by: 'settings' } : { kind: 'notYet', why };
}

export const wantedShares = (plan: Plan): Readonly<Record<StampName, number>> => Object.fromEntries(plan.expected.stamps.map(({ stamp, shareAfter }) => [stamp, shareAfter]));

const percent = (share: number | undefined): string => `${((share ?? 0) * 100).toFixed(1)} %`;
