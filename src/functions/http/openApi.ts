import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { problems, type ProblemCode } from './problem.ts';
import type { Route } from './route.ts';

/** Problems that the frame around every route gives. */
function frameProblems(route: Route): readonly ProblemCode[] {
  const input: ProblemCode[] = ['invalidRequest'];
  const body: ProblemCode[] = route.body === null ? [] : ['notJson', 'unsupportedMediaType', 'bodyTooLarge'];
  const access: ProblemCode[] = route.access === 'open' ? [] : ['unauthenticated', 'forbidden', 'authorityUnavailable'];
  return [...access, ...input, ...body, 'storeUnavailable', 'internalError'];
}

const problemSchema = z.looseObject({
  type: z.string().describe('urn:spillway:problem:<code>'),
  title: z.string().describe('The same for a code.'),
  status: z.int(),
  code: z.enum(Object.keys(problems)).describe('Stable; branch on this.'),
  detail: z.string().describe('Of this case.'),
  field: z.string().optional().describe('The first offending field.'),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional().describe('Every offending field.'),
}).meta({ id: 'Problem', description: 'A problem document (RFC 9457).' });

const description = `Control plane of a multi-region AKS fleet behind Azure Front Door.

Every route but /api/health needs an Entra access token (\`Authorization: Bearer\`) of the app's tenant and audience, with an app role: **Reader** sees, **Operator** may
also drain, restore, abort and hold automation back, **Approver** may also approve and let automation go further. Each includes the ones before it. The alert webhook
takes the token of Azure Monitor's action groups (role ActionGroupsSecureWebhook) and no other.

Instants are ISO 8601, in UTC. Errors are problem documents with a stable \`code\`.`;

/** OpenAPI 3.1 of the routes, from the very schemas that they check with. */
export function buildOpenApi(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'entra', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Entra access token with app role Reader, Operator or Approver.' });
  registry.registerComponent('securitySchemes', 'actionGroup', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Entra token of Azure Monitor\'s action groups.' });
  for (const route of routes) register(registry, route);
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Spillway', version: '1', description },
    servers: [{ url: '/' }],
  });
  return document;
}

function register(registry: OpenAPIRegistry, route: Route): void {
  const codes = [...new Set([...frameProblems(route), ...route.problems])];
  const statuses = [...new Set(codes.map((code) => problems[code].status))].toSorted((a, b) => a - b);
  const request = {
    ...(isEmpty(route.params) ? {} : { params: asObject(route.params) }),
    ...(isEmpty(route.query) ? {} : { query: asObject(route.query) }),
    ...(isEmpty(route.requestHeaders) ? {} : { headers: route.requestHeaders }),
    ...(route.body === null ? {} : { body: { required: true, content: { 'application/json': { schema: route.body.documented ?? route.body.schema } } } }),
  };
  registry.registerPath({
    method: route.method === 'GET' ? 'get' : route.method === 'PUT' ? 'put' : 'post',
    path: `/api/${route.path}`,
    operationId: route.name,
    summary: route.summary,
    description: `${route.description}${route.access === 'open' || route.access === 'actionGroup' ? '' : ` Needs role ${route.access}.`}`,
    security: route.access === 'open' ? [] : [route.access === 'actionGroup' ? { actionGroup: [] } : { entra: [] }],
    request,
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, { description, schema }]) => [status, { description, content: { 'application/json': { schema } } }])),
      ...Object.fromEntries(statuses.map((status) => [status, { description: codes.filter((code) => problems[code].status === status).map((code) => `${code}: ${problems[code].title}.`).join(' '), content: { 'application/problem+json': { schema: problemSchema } } }])),
    },
  });
}

const asObject = (schema: z.ZodType): z.ZodObject => {
  if (schema instanceof z.ZodObject) return schema;
  throw new Error('path and query are objects');
};

const isEmpty = (schema: z.ZodType): boolean => Object.keys(asObject(schema).shape).length === 0;
