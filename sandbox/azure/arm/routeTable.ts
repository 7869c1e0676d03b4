import type { ScopeKind } from '../../../src/adapters/permissions.ts';
import type { ApiVersionSet } from './apiVersions.ts';
import type { ArmRequest, ArmRoute, HttpMethod } from './armTypes.ts';
import type { FaceResponse } from '../face.ts';

export interface RouteFamily {
  /** What every path of the family starts with. */
  readonly base: string;
  readonly versions: ApiVersionSet;
  readonly scopeKinds: readonly ScopeKind[];
}

/** Writes the routes of one resource type, a line each. */
export const routesUnder =
  ({ base, versions, scopeKinds }: RouteFamily) =>
  (method: HttpMethod, path: string, permission: string, handle: (request: ArmRequest) => FaceResponse): ArmRoute => ({ method, path: `${base}${path}`, versions, permission, scopeKinds, handle });
