export { createClockControl, type ClockControl } from './admin/clockControl.ts';
export { createAzure, type Azure, type AzureOptions, type ListenOptions } from './createAzure.ts';
export type { RoleEnforcement } from './entra/authorizer.ts';
export type { IssueTokenOptions } from './entra/issueToken.ts';
export { aksServerAppId, azureMonitorWebhookAppId, principals, spillwayApiAppId, type PrincipalName } from './entra/principals.ts';
export { environmentFor, identityHeader, shellSnippet } from './environment.ts';
export { resolveFleet, symbolicEndpoints, type Endpoints } from './routing.ts';
export type { Notice } from './sink/index.ts';
export type { FetchLike } from './transport/fetchLike.ts';
