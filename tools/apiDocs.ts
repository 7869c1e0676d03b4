import { problems } from '../src/functions/http/problem.ts';
import { buildOpenApi } from '../src/functions/http/openApi.ts';
import type { Route } from '../src/functions/http/route.ts';
import { routes } from '../src/functions/http/routes/index.ts';

export const openApiText = (): string => `${JSON.stringify(buildOpenApi(routes), null, 2)}\n`;

/** docs/api.md: how to call, every route in a line, every problem code. */
export function apiReference(): string {
  return `${introduction}
## Routes

| route | needs | what |
|---|---|---|
${routes.map((route) => `| \`${route.method} /api/${route.path}\` | ${needs(route)} | ${route.summary} |`).join('\n')}

## Problem codes

| code | status | title |
|---|---|---|
${Object.entries(problems).map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`).join('\n')}
`;
}

function needs({ access }: Route): string {
  if (access === 'open') return 'nothing';
  return access === 'actionGroup' ? 'the action group\'s token' : access;
}

const introduction = `# The API

\`docs/openapi.json\` is the full description (OpenAPI 3.1), made from the schemas that the app checks requests with, as are the tables below
(\`npm run openapi\`).

## Who may call

Every route but liveness needs an Entra access token: \`Authorization: Bearer <token>\`. It is checked for its signature (RS256, keys of the tenant), issuer
(versions 1 and 2), tenant, audience (\`SPILLWAY_API_AUDIENCE\`), time, and app role:

| role | may |
|---|---|
| Reader | see everything, simulate |
| Operator | also drain, restore and abort; set the kill switch on; set a stricter mode |
| Approver | also approve; set the kill switch off; set a freer mode |

Each includes the ones before it. Who did something is on record by the token's name, never by what a body says. Modes, from strict to free: \`observe\`,
\`approve\`, \`auto\`. An Operator cannot set a freer one, or approval would be a matter of taste.

## Drain, follow, restore

    curl -X POST "$SPILLWAY/api/regions/eastus2/drain" -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
      -H "Idempotency-Key: 2f6a1e8d" -d '{"reason":"network maintenance","expiresInMinutes":120}'

answers 202 with \`Location: /api/runs/<id>\` and \`Retry-After\`. Repeat it with the same key when the answer did not arrive: one run comes of it, and the same
Location. The same key with another request is refused (\`idempotencyKeyReused\`), and so is one whose drain could not be
opened before it would have run out. Keys are kept for a day, each caller's apart.

\`"mode":"ungraceful"\` moves traffic at once and makes room beside it. \`"dryRun":true\` answers the plan, as data and as text, or why there is none, and does nothing;
it is allowed while the kill switch is on.

\`GET /api/runs/<id>\` tells where the run stands: phase, plan, nodes and replicas wanted and ready, traffic shares, what would be undone, a timeline. It is
folded from the ledger alone. \`/events\` gives the ledger's entries with their hashes. \`POST .../abort\` stops it before its next write and undoes, in
reverse, what it changed; \`POST .../approve\` lets a run that asked go on. \`POST /api/regions/eastus2/restore\` is the way back.

## Alerts

\`POST /api/alerts/azure-monitor\` is for an action group's **secure webhook** with the common alert schema on. An alert is a signal: it is stored, makes hysteresis one round
shorter for the regions that it names, and asks for a look at the fleet at once. It never starts anything by itself. The same alert again, or an older state of
it, is answered 202 and changes nothing.

## When something is refused

    {"type":"urn:spillway:problem:unknownRegion","title":"There is no such region in the fleet","status":404,"code":"unknownRegion",
     "detail":"the fleet has no region \\"mars\\"; it has eastus2, centralus, westus3","field":"path.region","errors":[{"field":"path.region","message":"no such region"}]}

Branch on \`code\`: it stays. \`field\` and \`errors\` are there when the request itself was at fault. A 503 has a \`Retry-After\`.
`;
