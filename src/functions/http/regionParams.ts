import { z } from 'zod';
import type { Stamp } from '../../domain/fleet.ts';
import type { HttpDeps } from './deps.ts';
import { problem, type Problem } from './problem.ts';

export const regionParams = z.object({ region: z.string().max(63).describe('Name of the stamp in the fleet file.') });

/** Names compare without regard to case. */
export function findStamp({ fleet }: Pick<HttpDeps, 'fleet'>, region: string): Stamp | Problem {
  const stamp = fleet.stamps.find((one) => one.name === region.toLowerCase());
  return stamp ?? noSuchRegion({ fleet }, region, 'path.region');
}

/** @param field where in the request it stands. */
export function noSuchRegion({ fleet }: Pick<HttpDeps, 'fleet'>, region: string, field: string): Problem {
  return problem('unknownRegion', `the fleet has no region "${region.slice(0, 63)}"; it has ${fleet.stamps.map((one) => one.name).join(', ')}`, { errors: [{ field, message: 'no such region' }] });
}

export const isProblem = (value: Stamp | Problem): value is Problem => 'kind' in value && value.kind === 'problem';
