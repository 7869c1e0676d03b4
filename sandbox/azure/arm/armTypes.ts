import type { ScopeKind } from '../../../src/adapters/permissions.ts';
import type { World } from '../../world/types.ts';
import type { ParsedJson } from '../answers.ts';
import type { Authorizer } from '../entra/authorizer.ts';
import type { Principal } from '../entra/principals.ts';
import type { Tokens } from '../entra/tokens.ts';
import type { FaceRequest, FaceResponse } from '../face.ts';
import type { Endpoints } from '../routing.ts';
import type { ApiVersionSet } from './apiVersions.ts';

export type HttpMethod = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE' | 'HEAD';

/** A request that has passed authentication, api-version and authorization. */
export interface ArmRequest {
  readonly http: FaceRequest;
  readonly world: World;
  readonly tokens: Tokens;
  readonly authorizer: Authorizer;
  readonly principal: Principal;
  /** Under which addresses the client that asks knows this Azure. */
  readonly endpoints: Endpoints;
  /** Path parameters by their name in the route, decoded, in the client's own case. */
  readonly params: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly body: ParsedJson;
  readonly now: number;
  readonly newGuid: () => string;
}

export interface ArmRoute {
  readonly method: HttpMethod;
  /** As in Azure's documentation, with {parameters}; matched without regard to case. */
  readonly path: string;
  readonly versions: ApiVersionSet;
  /** The operation that the caller must hold, and the kinds of scope that may carry it. */
  readonly permission: string;
  readonly scopeKinds: readonly ScopeKind[];
  readonly handle: (request: ArmRequest) => FaceResponse;
}
