import { TransientError } from '../../ports/outcome.ts';
import { asFault, describe, isTransient, type Fault } from '../http/faults.ts';

/** HTTP status of a Cosmos answer, null for what is none. */
export function cosmosStatus(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
}

/** 403 with sub-status 3: the account is failing over and this region takes no writes yet. */
const writesElsewhere = (error: unknown): boolean => error instanceof Error && 'substatus' in error && error.substatus === 3;

/** Turns what a store's call threw into a `TransientError` where a retry may mend it; leaves refusals and bugs as they are. */
export async function cosmosCall<T>(now: () => number, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const fault = asFault(error, now());
    if (fault === null || error instanceof TransientError || !mayPass(error, fault)) throw error;
    throw new TransientError(`${what}: ${describe(fault)}`, fault.retryAfterMs, { cause: error });
  }
}

const mayPass = (error: unknown, fault: Fault): boolean => isTransient(fault) || fault.status === 449 || fault.status === 410 || (fault.status === 403 && writesElsewhere(error));
