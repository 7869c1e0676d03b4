import type { Fault } from '../../world/types.ts';
import { ConnectionFault } from '../face.ts';

/**
 * How a service that is down shows itself: a fault's `how` says `refused`, `timeout` or `reset` (the connection) or
 * leaves it to the service's own 503.
 */
export function playServiceDown(fault: Fault | null): { readonly status: 500 | 502 | 503 } | null {
  if (fault === null) return null;
  const how = fault['how'];
  if (how === 'refused' || how === 'timeout' || how === 'reset') throw new ConnectionFault(how);
  return { status: how === 500 || how === 502 ? how : 503 };
}
