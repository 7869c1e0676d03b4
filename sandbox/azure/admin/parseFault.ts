import { faultKinds, faultProblem, isFaultKind, type FaultProblem } from '../../world/faultRules.ts';
import type { Fault } from '../../world/types.ts';
import { isRecord } from '../answers.ts';

export type FaultParse = { readonly kind: 'fault'; readonly fault: Fault } | ({ readonly kind: 'invalid' } & FaultProblem);

/** A fault as it comes from the page or from curl. */
export function parseFault(body: unknown, stamps: readonly string[]): FaultParse {
  const invalid = (field: string, message: string): FaultParse => ({ kind: 'invalid', field, message });
  if (!isRecord(body)) return invalid('', 'a fault is a JSON object such as {"kind":"regionDead","stamp":"eastus2"}');
  const { kind, stamp, ...parameters } = body;
  if (typeof kind !== 'string' || !isFaultKind(kind)) return invalid('kind', `kind must be one of ${Object.keys(faultKinds).join(', ')}`);
  if (stamp !== undefined && (typeof stamp !== 'string' || !stamps.includes(stamp))) return invalid('stamp', `stamp must be one of ${stamps.join(', ')}`);
  const fault: Fault = { ...parameters, kind, ...(stamp === undefined ? {} : { stamp }) };
  const problem = faultProblem(fault);
  return problem === null ? { kind: 'fault', fault } : invalid(problem.field, problem.field === 'stamp' && stamp === undefined ? `${problem.message}: one of ${stamps.join(', ')}` : problem.message);
}
