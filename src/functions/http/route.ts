import type { HttpMethod, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { TransientError } from '../../ports/outcome.ts';
import { pathText } from '../../config/pathText.ts';
import type { HttpDeps, RunStarter } from './deps.ts';
import { includesRole, type Role } from './auth/roles.ts';
import type { Caller, TokenChecked } from './auth/tokenVerifier.ts';
import { commonHeaders, problem, problemResponse, type FieldError, type Problem, type ProblemCode } from './problem.ts';
import { readBody } from './readBody.ts';

/** `open` needs no token; `actionGroup` needs Azure Monitor's. */
export type Access = 'open' | Role | 'actionGroup';

export interface Answer {
  readonly kind: 'answer';
  readonly status: 200 | 202;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const answer = (status: Answer['status'], body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({ kind: 'answer', status, body, headers });

/** One call, checked: the token's caller, and path, query and body as their schemas say. */
export interface Call<Params, Query, Body> {
  readonly deps: HttpDeps;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: { get(name: string): string | null };
  readonly starter: () => RunStarter;
}

export interface RouteSpec<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  /** Name of the function; letters and digits. */
  readonly name: string;
  readonly method: Extract<HttpMethod, 'GET' | 'POST' | 'PUT'>;
  /** Below /api, with {parameters}. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly description: string;
  readonly params: Params;
  readonly query: Query;
  /** `documented` is what OpenAPI shows where the handler itself parses. */
  readonly body: { readonly schema: Body; readonly maxBytes: number; readonly documented?: z.ZodType } | null;
  readonly requestHeaders: z.ZodObject;
  /** Whether it needs the Durable client. */
  readonly durable: 'client' | 'none';
  readonly answers: Readonly<Partial<Record<Answer['status'], { readonly description: string; readonly schema: z.ZodType }>>>;
  /** Problems of its own, beyond those that the frame gives. */
  readonly problems: readonly ProblemCode[];
  readonly handle: (call: Call<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Answer | Problem>;
}

/** A route whose types are its own business. */
export interface Route extends Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handle'> {
  respond(deps: HttpDeps, request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit>;
}

export const nothingGiven = z.object({});

/** Puts the frame around a route: who may call, body limit, schemas, and one way to answer and to fail. */
export function defineRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(spec: RouteSpec<Params, Query, Body>): Route {
  const { handle, ...rest } = spec;
  return {
    ...rest,
    async respond(deps, request, context) {
      try {
        const admitted = await admit(deps, spec.access, request);
        if (admitted.kind === 'problem') return problemResponse(admitted);
        const input = await readInput(spec, request);
        if (input.kind === 'problem') return problemResponse(input);
        const result = await handle({ deps, caller: admitted.caller, ...input, headers: request.headers, starter: () => deps.starterOf(context) });
        return result.kind === 'problem' ? problemResponse(result) : { status: result.status, headers: { ...commonHeaders, ...result.headers }, jsonBody: result.body };
      } catch (error) {
        return problemResponse(failed(deps, spec.name, error));
      }
    },
  };
}

const nobody: Caller = { subject: '', name: '', roles: [] };

async function admit(deps: HttpDeps, access: Access, request: HttpRequest): Promise<{ readonly kind: 'admitted'; readonly caller: Caller } | Problem> {
  if (access === 'open') return { kind: 'admitted', caller: nobody };
  const authorization = request.headers.get('authorization');
  const checked: TokenChecked = access === 'actionGroup' ? await deps.tokens.verifyActionGroup(authorization) : await deps.tokens.verifyCaller(authorization);
  switch (checked.kind) {
    case 'valid':
      return access === 'actionGroup' || includesRole(checked.caller.roles, access)
        ? { kind: 'admitted', caller: checked.caller }
        : problem('forbidden', `the role ${access} is needed; the token has ${checked.caller.roles.length === 0 ? 'none' : checked.caller.roles.join(', ')}`);
    case 'invalid':
      return problem('unauthenticated', checked.why, { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } });
    case 'forbidden':
      return problem('forbidden', checked.why);
    case 'unavailable':
      return problem('authorityUnavailable', checked.why);
  }
}

async function readInput<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  spec: RouteSpec<Params, Query, Body>,
  request: HttpRequest,
): Promise<{ readonly kind: 'input'; readonly params: z.output<Params>; readonly query: z.output<Query>; readonly body: z.output<Body> } | Problem> {
  const params = parse(spec.params, request.params, 'path');
  if (params.kind === 'problem') return params;
  const query = parse(spec.query, Object.fromEntries(request.query), 'query');
  if (query.kind === 'problem') return query;
  if (spec.body === null) return { kind: 'input', params: params.value, query: query.value, body: undefined as z.output<Body> }; // a route without body has no use for it
  const read = await readBody(request, spec.body.maxBytes);
  if (read.kind === 'problem') return read;
  const body = parse(spec.body.schema, read.json ?? {}, '');
  return body.kind === 'problem' ? body : { kind: 'input', params: params.value, query: query.value, body: body.value };
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): { readonly kind: 'parsed'; readonly value: z.output<Schema> } | Problem {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'parsed', value: parsed.data };
  const errors = fieldErrors(parsed.error, where);
  return problem('invalidRequest', errors.map(({ field, message }) => `${field}: ${message}`).join('; ').slice(0, 1000), { errors });
}

/** `where`: path, query or header; empty for the body, whose fields go by their own names. */
export function fieldErrors(error: z.ZodError, where: string): readonly FieldError[] {
  const at = (path: readonly PropertyKey[]): string => pathText(where === '' ? path : [where, ...path]) || 'body';
  return error.issues.slice(0, 20).flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 20).map((key) => ({ field: at([...issue.path, key]), message: 'unknown field' })) : [{ field: at(issue.path), message: messageOf(issue) }],
  );
}

const messageOf = (issue: z.core.$ZodIssue): string => (issue.code === 'invalid_type' && issue.message.endsWith('received undefined') ? `missing: expected ${issue.expected}` : issue.message);

function failed(deps: HttpDeps, name: string, error: unknown): Problem {
  if (error instanceof TransientError) {
    deps.log(`${name}: ${error.message}`);
    return problem('storeUnavailable', 'try again in a moment', { headers: { 'Retry-After': String(Math.ceil((error.retryAfterMs ?? 5000) / 1000)) } });
  }
  deps.log(`${name} failed`, error);
  return problem('internalError', 'it is in the log of the app');
}
