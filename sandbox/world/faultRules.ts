import type { FaultKind } from './types.ts';

/** Whether a kind of fault has a stamp: always, where one is given (everywhere else), or never. */
export const faultKinds = {
  regionDead: 'stamp',
  grey: 'stamp',
  clusterApiGone: 'stamp',
  signalsBlind: 'anyStamp',
  armThrottled: 'global',
  armDown: 'global',
  frontDoorFrozen: 'global',
  quotaShort: 'stamp',
  skuRefused: 'stamp',
  partialCapacity: 'stamp',
  poolBusy: 'stamp',
  subnetFull: 'stamp',
  cosmosDown: 'global',
  cosmosThrottled: 'global',
  entraDown: 'global',
  monitorDown: 'global',
  blobDown: 'global',
  slowNodes: 'anyStamp',
  slowPods: 'anyStamp',
  imageMissing: 'anyStamp',
  demandSurge: 'global',
} as const satisfies Readonly<Record<FaultKind, 'stamp' | 'anyStamp' | 'global'>>;

interface Rule {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const fraction: Rule = { must: 'be a number from 0 to 1', holds: (value) => isNumber(value) && value >= 0 && value <= 1 };
const notNegative: Rule = { must: 'be a number from 0', holds: (value) => isNumber(value) && value >= 0 };
const positive: Rule = { must: 'be a number above 0', holds: (value) => isNumber(value) && value > 0 };
const count: Rule = { must: 'be a whole number from 0', holds: (value) => isNumber(value) && Number.isInteger(value) && value >= 0 };
const text: Rule = { must: 'be a name', holds: (value) => typeof value === 'string' && value !== '' };
const names: Rule = { must: 'be a list of names', holds: (value) => Array.isArray(value) && value.length > 0 && value.every((each) => text.holds(each)) };
const oneOf = (...choices: readonly (string | number)[]): Rule => ({ must: `be one of ${choices.join(', ')}`, holds: (value) => choices.some((choice) => choice === value) });
const down = { how: oneOf('refused', 'reset', 'timeout', 500, 502, 503) };

/** What each kind takes beside its stamp; docs/sandbox-physics.md says what it does. */
const parameters: Readonly<Record<FaultKind, Readonly<Record<string, Rule>>>> = {
  regionDead: {},
  grey: { severity: fraction, latencyMs: notNegative, hostsUnhealthy: fraction },
  clusterApiGone: { how: oneOf('timeout', 'refused') },
  signalsBlind: {},
  armThrottled: { severity: fraction, retryAfterSeconds: notNegative, only: oneOf('writes') },
  armDown: { ...down, provider: text },
  frontDoorFrozen: { how: oneOf('refused') },
  quotaShort: { coresLeft: count, of: oneOf('family', 'region', 'lowPriority') },
  skuRefused: { zones: names },
  partialCapacity: { nodes: count },
  poolBusy: { pool: text },
  subnetFull: { addressesLeft: count },
  cosmosDown: down,
  cosmosThrottled: { severity: fraction, retryAfterMs: notNegative },
  entraDown: down,
  monitorDown: down,
  blobDown: down,
  slowNodes: { factor: positive },
  slowPods: { factor: positive },
  imageMissing: {},
  demandSurge: { factor: positive, pointsOfPresence: names },
};

export const isFaultKind = (value: string): value is FaultKind => Object.hasOwn(faultKinds, value);

export interface FaultProblem {
  readonly field: string;
  readonly message: string;
}

/** As somebody wrote it down: the kind is known, the rest is not. */
export interface WrittenFault {
  readonly kind: FaultKind;
  readonly stamp?: string | undefined;
  readonly [parameter: string]: unknown;
}

/** What is wrong with a fault of a known kind: the first thing, null where nothing is. A parameter that would do nothing is wrong. */
export function faultProblem({ kind, stamp, ...given }: WrittenFault): FaultProblem | null {
  if (faultKinds[kind] === 'stamp' && stamp === undefined) return { field: 'stamp', message: `${kind} needs a stamp` };
  if (faultKinds[kind] === 'global' && stamp !== undefined) return { field: 'stamp', message: `${kind} has no stamp: it is everywhere` };
  const known = parameters[kind];
  for (const [field, value] of Object.entries(given)) {
    const rule = Object.hasOwn(known, field) ? known[field] : undefined;
    if (rule === undefined) return { field, message: `${kind} takes no ${field}${Object.keys(known).length === 0 ? '' : `; it takes ${Object.keys(known).join(', ')}`}` };
    if (!rule.holds(value)) return { field, message: `${field} must ${rule.must}` };
  }
  return null;
}
