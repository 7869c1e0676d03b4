import { json, isRecord, parseJson } from '../answers.ts';
import { audiencesOf } from '../entra/audiences.ts';
import type { Authorizer } from '../entra/authorizer.ts';
import type { Tokens } from '../entra/tokens.ts';
import type { Face, FaceResponse } from '../face.ts';
import type { Endpoints } from '../routing.ts';
import { playServiceDown } from '../transport/serviceDown.ts';
import type { World } from '../../world/types.ts';

export interface LogsFaceOptions {
  readonly world: World;
  readonly tokens: Tokens;
  readonly authorizer: Authorizer;
  readonly addresses: () => readonly Endpoints[];
}

const tableRead = 'Microsoft.OperationalInsights/workspaces/query/AzureDiagnostics/read';

/**
 * The one query that is understood, clause by clause. The columns are those of the Front Door access log in AzureDiagnostics; whatever else is
 * asked is refused by name, since a sandbox that guessed what KQL means would prove nothing.
 */
const clauses: readonly RegExp[] = [
  /^AzureDiagnostics$/,
  /^\| where ResourceId =~ "([^"]+)" and Category == "FrontDoorAccessLog"$/,
  /^\| where isnotempty\(originName_s\) and originName_s !~ "N\/A"$/,
  /^\| summarize requests = count\(\), firstByteSeconds = percentile\(todouble\(timeToFirstByte_s\), 10\) by pop = pop_s, country = clientCountry_s, origin = originName_s$/,
];

/** Log Analytics' query API, in the context of a workspace: POST /v1/{workspace's resource id}/query. */
export function createLogsFace({ world, tokens, authorizer, addresses }: LogsFaceOptions): Face {
  return (request) => {
    const down = playServiceDown(world.faults.active('monitorDown'));
    if (down !== null) return failed(down.status, 'ServiceUnavailable', 'The service is unavailable.');
    const workspace = /^\/v1\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/]+\/query$/i.exec(request.url.pathname);
    if (request.method !== 'POST' || workspace === null) return failed(404, 'PathNotFoundError', `The sandbox answers POST /v1/{resource id of a workspace}/query, not ${request.method} ${request.url.pathname}`);
    const verdict = tokens.check(request.headers['authorization'], audiencesOf('logs', addresses()));
    if (verdict.kind !== 'valid') return failed(401, 'AuthorizationRequiredError', `Valid authentication was not provided (${verdict.kind}).`);
    if (workspace[1] !== world.spec.subscriptionId || !authorizer.allows(verdict.principal, tableRead, ['logAnalyticsWorkspace'])) return failed(403, 'InsufficientAccessError', 'The provided credentials have insufficient access to perform the requested operation');
    const body = parseJson(request.body);
    const query = body.kind === 'parsed' && isRecord(body.value) ? body.value['query'] : undefined;
    return typeof query === 'string' ? answer(world, query) : failed(400, 'BadArgumentError', 'The request had some invalid properties: query');
  };
}

function answer(world: World, query: string): FaceResponse {
  const lines = query.split('\n').map((line) => line.trim());
  const strange = lines.find((line, index) => clauses[index]?.test(line) !== true) ?? (lines.length < clauses.length ? 'the end' : undefined);
  if (strange !== undefined) return failed(400, 'BadArgumentError', `The sandbox understands one query, Front Door's access log by edge, country and origin, and not: ${strange}`);
  const [, profileId] = clauses[1]?.exec(lines[1] ?? '') ?? [];
  const blind = world.faults.active('signalsBlind') !== null;
  const rows = blind || profileId?.toLowerCase() !== world.spec.frontDoor.resourceId.toLowerCase() ? [] : accessLogRows(world);
  const columns = [['pop', 'string'], ['country', 'string'], ['origin', 'string'], ['requests', 'long'], ['firstByteSeconds', 'real']].map(([name, type]) => ({ name, type }));
  return json(200, { tables: [{ name: 'PrimaryResult', columns, rows }] });
}

/** What the origins take to answer at their quickest, milliseconds. */
const quickestAnswerMs = 20;
const hourSeconds = 3600;

/** The last hour as if it had been all like now: each point of presence with the origins that it sends requests to. */
function accessLogRows(world: World): readonly (readonly (string | number)[])[] {
  world.settle();
  const groups = world.frontDoor.asked.originGroups;
  return world.snapshot().pointsOfPresence.flatMap((point) => {
    const spec = world.spec.pointsOfPresence.find(({ name }) => name === point.name);
    const total = groups.reduce((sum, { name }) => sum + (spec?.requestsPerSecond[name] ?? 0), 0);
    return groups.flatMap((group) =>
      group.origins.flatMap(({ stamp, hostName }) => {
        const requests = Math.round(point.requestsPerSecond * (point.sharesByStamp[stamp] ?? 0) * ((spec?.requestsPerSecond[group.name] ?? 0) / Math.max(1e-9, total)) * hourSeconds);
        return requests === 0 ? [] : [[point.name, point.country, hostName, requests, ((spec?.latencyMsByStamp[stamp] ?? 0) + quickestAnswerMs) / 1000]];
      }),
    );
  });
}

const failed = (status: number, code: string, message: string): FaceResponse => json(status, { error: { message, code, correlationId: '00000000-0000-0000-0000-000000000000' } });
