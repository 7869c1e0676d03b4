import { isRecord, json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import type { PoolChange, PoolState, StampPhysics } from '../../world/types.ts';
import { agentPoolBody } from './agentPoolBodies.ts';
import type { ArmRequest } from './armTypes.ts';
import { aksError, armError, notInSandbox } from './errors.ts';
import { checkBody } from './rules.ts';
import { poolBody, poolProperties } from './agentPoolAnswers.ts';

/** A PUT of a whole pool: there is no PATCH, and what is left out of the body goes back to its default. */
export function putAgentPool(request: ArmRequest, stamp: StampPhysics): FaceResponse {
  const name = request.params['pool'] ?? '';
  const pool = stamp.pools.get(name);
  if (pool === null) return notInSandbox(`creating a node pool ('${name}'): its physics has the pools of the fleet file`);
  const read = readBody(request);
  if (read.kind === 'refused') return read.response;
  const refused = refuseForbidden(request, stamp, pool, read.properties) ?? refuseLinked(request, read.properties);
  if (refused !== null) return refused;
  const change = changeOf(pool, read.properties);
  if (change.kind === 'refused') return change.response;
  const ifMatch = request.http.headers['if-match'];
  if (request.http.headers['if-none-match'] === '*') return aksError(412, 'PreconditionFailed', `The agent pool '${name}' exists already and If-None-Match is '*'.`);
  const outcome = stamp.pools.put(pool.name, change.change, ifMatch === undefined || ifMatch === '*' ? null : ifMatch.replaceAll('"', ''));
  if (outcome.kind === 'conflict') return aksError(outcome.status, outcome.code, outcome.message);
  const after = stamp.pools.get(pool.name) ?? pool;
  const { region } = stamp.spec;
  const location = `${request.endpoints.arm}/subscriptions/${request.world.spec.subscriptionId}/providers/Microsoft.ContainerService/locations/${region}`;
  return json(200, poolBody(stamp, { ...after, provisioningState: after.provisioningState === 'Succeeded' ? 'Updating' : after.provisioningState }, request.apiVersion), {
    'azure-asyncoperation': `${location}/operations/${outcome.operation.id}?api-version=2016-03-30`,
  });
}

type Read<T> = ({ readonly kind: 'read' } & T) | { readonly kind: 'refused'; readonly response: FaceResponse };

function readBody(request: ArmRequest): Read<{ readonly properties: Readonly<Record<string, unknown>> }> {
  if (request.body.kind === 'invalid') return { kind: 'refused', response: aksError(400, 'InvalidRequestContent', `The request content was invalid and could not be deserialized: '${request.body.why}'.`) };
  const body = request.body.kind === 'parsed' ? request.body.value : null;
  const issues = checkBody(agentPoolBody, body ?? {});
  const [first] = issues;
  if (first !== undefined) {
    const unmarshal = first.problem === 'unknown' || first.problem === 'type';
    return { kind: 'refused', response: unmarshal ? aksError(400, 'UnmarshalError', `UnmarshalEntity encountered error: ${first.message}.`, first.path) : aksError(400, 'InvalidParameter', `The value of parameter agentPoolProfile.${first.path} is invalid: ${first.message}.`, first.path) };
  }
  const properties = isRecord(body) ? body['properties'] : null;
  return { kind: 'read', properties: isRecord(properties) ? properties : {} };
}

/** What cannot change after a pool was made, and what the sandbox's physics does not have. */
const immutable = ['vmSize', 'osType', 'osDiskSizeGB', 'osDiskType', 'maxPods', 'availabilityZones', 'type', 'vnetSubnetID', 'podSubnetID', 'scaleSetPriority', 'kubeletDiskType', 'enableNodePublicIP', 'capacityReservationGroupID'] as const;
const outsidePhysics = ['mode', 'nodeTaints', 'orchestratorVersion', 'nodeImageVersion', 'scaleDownMode', 'upgradeSettings', 'powerState', 'osSKU'] as const;

function refuseForbidden(request: ArmRequest, stamp: StampPhysics, pool: PoolState, given: Readonly<Record<string, unknown>>): FaceResponse | null {
  const current: Readonly<Record<string, unknown>> = poolProperties(stamp, pool, request.apiVersion);
  const differs = (name: string): boolean => given[name] !== undefined && given[name] !== null && given[name] !== '' && normal(given[name]) !== normal(current[name] ?? emptyOf(given[name]));
  const fixed = immutable.find(differs);
  if (fixed !== undefined) return aksError(400, 'PropertyChangeNotAllowed', `Changing property 'properties.${fixed}' is not allowed.`, `properties.${fixed}`);
  const unknown = outsidePhysics.find(differs);
  return unknown === undefined ? null : notInSandbox(`changing '${unknown}' of a node pool; counts, bounds, autoscaling and labels are physics`);
}

const normal = (value: unknown): string => JSON.stringify(value).toLowerCase();
const emptyOf = (value: unknown): unknown => (Array.isArray(value) ? [] : typeof value === 'boolean' ? false : null);

/** Naming a subnet or a capacity reservation group in a PUT is a linked access: the caller must be allowed to join the one and to deploy into the other. */
const linked = [
  { property: 'vnetSubnetID', action: 'Microsoft.Network/virtualNetworks/subnets/join/action', scopeKinds: ['nodeSubnet', 'subscription'] },
  { property: 'capacityReservationGroupID', action: 'Microsoft.Compute/capacityReservationGroups/deploy/action', scopeKinds: ['capacityReservationGroup', 'subscription'] },
] as const;

function refuseLinked(request: ArmRequest, given: Readonly<Record<string, unknown>>): FaceResponse | null {
  const { principal } = request;
  const refused = linked.find(({ property, action, scopeKinds }) => typeof given[property] === 'string' && given[property] !== '' && !request.authorizer.allows(principal, action, scopeKinds));
  if (refused === undefined) return null;
  return armError(
    403,
    'LinkedAuthorizationFailed',
    `The client '${principal.clientId}' with object id '${principal.objectId}' has permission to perform action 'Microsoft.ContainerService/managedClusters/agentPools/write' on scope '${request.http.url.pathname}'; however, it does not have permission to perform action(s) '${refused.action}' on the linked scope(s) '${String(given[refused.property])}' (respectively) or the linked scope(s) are invalid.`,
  );
}

function changeOf(pool: PoolState, given: Readonly<Record<string, unknown>>): { readonly kind: 'change'; readonly change: PoolChange } | { readonly kind: 'refused'; readonly response: FaceResponse } {
  const refuse = (message: string, target: string): { readonly kind: 'refused'; readonly response: FaceResponse } => ({ kind: 'refused', response: aksError(400, 'InvalidParameter', message, target) });
  const number = (name: string): number | undefined => (typeof given[name] === 'number' ? given[name] : undefined);
  const autoscaled = given['enableAutoScaling'] === true;
  const minCount = number('minCount');
  const maxCount = number('maxCount');
  const count = number('count');
  const least = pool.mode === 'System' ? 1 : 0;
  const labels = isRecord(given['nodeLabels']) ? Object.fromEntries(Object.entries(given['nodeLabels']).map(([name, value]) => [name, String(value)])) : undefined;
  if (!autoscaled) {
    if (minCount !== undefined || maxCount !== undefined) return refuse('The value of parameter agentPoolProfile.minCount or maxCount is invalid: min and max count may only be set when auto scaling is enabled.', 'properties.minCount');
    if (count !== undefined && count < least) return refuse(`The value of parameter agentPoolProfile.count is invalid: a ${pool.mode} pool has at least ${least} nodes.`, 'properties.count');
    return { kind: 'change', change: { autoscaled: 'fixed', ...(count === undefined ? {} : { count }), ...(labels === undefined ? {} : { labels }) } };
  }
  if (minCount === undefined || maxCount === undefined) return refuse('The value of parameter agentPoolProfile.minCount and maxCount is invalid: both are required when auto scaling is enabled.', 'properties.minCount');
  if (minCount < least) return refuse(`The value of parameter agentPoolProfile.minCount is invalid: a ${pool.mode} pool has at least ${least} nodes.`, 'properties.minCount');
  if (maxCount < minCount || maxCount < 1) return refuse(`The value of parameter agentPoolProfile.maxCount is invalid: ${maxCount} is less than minCount ${minCount} or less than 1.`, 'properties.maxCount');
  return { kind: 'change', change: { autoscaled: 'autoscaled', minCount, maxCount, ...(count === undefined ? {} : { count }), ...(labels === undefined ? {} : { labels }) } };
}
