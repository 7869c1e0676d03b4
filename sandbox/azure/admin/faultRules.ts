import type { Fault, FaultKind } from '../../world/types.ts';
import { isRecord } from '../answers.ts';

/** Every fault that can be injected: whether it has a stamp, and what else it takes. */
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
  demandSurge: 'global',
} as const satisfies Readonly<Record<FaultKind, 'stamp' | 'anyStamp' | 'global'>>;

export type FaultParse = { readonly kind: 'fault'; readonly fault: Fault } | { readonly kind: 'invalid'; readonly field: string; readonly message: string };

const isFaultKind = (value: string): value is FaultKind => Object.hasOwn(faultKinds, value);

/** A fault as it stands in a scenario file or comes from the page. Parameters beyond kind, stamp and severity go through as they are. */
export function parseFault(body: unknown, stamps: readonly string[]): FaultParse {
  const invalid = (field: string, message: string): FaultParse => ({ kind: 'invalid', field, message });
  if (!isRecord(body)) return invalid('', 'a fault is a JSON object such as {"kind":"regionDead","stamp":"eastus2"}');
  const { kind, stamp, severity, ...parameters } = body;
  if (typeof kind !== 'string' || !isFaultKind(kind)) return invalid('kind', `kind must be one of ${Object.keys(faultKinds).join(', ')}`);
  if (stamp !== undefined && (typeof stamp !== 'string' || !stamps.includes(stamp))) return invalid('stamp', `stamp must be one of ${stamps.join(', ')}`);
  if (faultKinds[kind] === 'stamp' && stamp === undefined) return invalid('stamp', `${kind} needs a stamp: one of ${stamps.join(', ')}`);
  if (severity !== undefined && (typeof severity !== 'number' || severity < 0 || severity > 1)) return invalid('severity', 'severity must be a number from 0 to 1');
  return { kind: 'fault', fault: { ...parameters, kind, ...(stamp === undefined ? {} : { stamp }), ...(severity === undefined ? {} : { severity }) } };
}
