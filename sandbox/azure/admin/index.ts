import { readFileSync } from 'node:fs';
import type { Pace } from '../../clock/index.ts';
import { faultKinds } from '../../world/faultRules.ts';
import type { World } from '../../world/types.ts';
import { empty, isRecord, json, parseJson, text } from '../answers.ts';
import { isPrincipalName, type PrincipalName } from '../entra/principals.ts';
import type { Face, FaceRequest, FaceResponse } from '../face.ts';
import type { Notice } from '../sink/index.ts';
import type { ClockControl } from './clockControl.ts';
import { parseFault } from './parseFault.ts';

export interface AdminOptions {
  readonly world: World;
  readonly notices: readonly Notice[];
  readonly clockControl: ClockControl | null;
  /** Lets time go on while an answer waits for it; answers the end of that. */
  readonly park: () => () => void;
  readonly shellSnippet: () => string;
  readonly issueToken: (as: PrincipalName, audience: string) => string;
}

const longestStepSeconds = 24 * 60 * 60;

/**
 * The sandbox's own face, for people: the world as JSON and as a page, faults injected and healed, the clock stepped.
 * Open to whoever reaches loopback. What changes something takes application/json alone, so that no other site's page can send it.
 */
export function createAdminFace(options: AdminOptions): Face {
  return async (request) => {
    options.world.settle();
    const [, resource = '', id, ...rest] = request.url.pathname.split('/');
    if (rest.length > 0 || (id !== undefined && resource !== 'faults')) return problem(404, `nothing at ${request.url.pathname}`);
    const changes = request.method === 'POST' || request.method === 'DELETE';
    if (changes && request.method === 'POST' && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return problem(415, 'send application/json');
    switch (`${request.method} /${resource}`) {
      case 'GET /':
        return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'" }, body: page() };
      case 'GET /world':
        return json(200, { ...options.world.snapshot(), seed: options.world.seed, pace: options.clockControl?.pace ?? null, activeFaults: options.world.faults.list(), stampNames: [...options.world.stamps.keys()], faultKinds });
      case 'GET /faults':
        return json(200, { faults: options.world.faults.list() });
      case 'POST /faults':
        return inject(options.world, request);
      case 'DELETE /faults':
        return heal(options.world, id);
      case 'GET /clock':
        return json(200, { now: new Date(options.world.clock.now()).toISOString(), pace: options.clockControl?.pace ?? null });
      case 'POST /clock':
        return await moveClock(options, request);
      case 'GET /notices':
        return json(200, { notices: options.notices });
      case 'GET /shell':
        return text(200, `${options.shellSnippet()}\n`);
      case 'GET /token':
        return token(options, request);
      default:
        return problem(404, `the admin face has GET / /world /faults /clock /notices /shell /token, POST /faults /clock, DELETE /faults/{id}; not ${request.method} ${request.url.pathname}`);
    }
  };
}

let cachedPage: string | undefined;

function page(): string {
  cachedPage ??= readFileSync(new URL('page.html', import.meta.url), 'utf8');
  return cachedPage;
}

const problem = (status: number, detail: string, field?: string): FaceResponse => json(status, { status, detail, ...(field === undefined ? {} : { field }) });

function inject(world: World, request: FaceRequest): FaceResponse {
  const body = parseJson(request.body);
  if (body.kind !== 'parsed') return problem(400, body.kind === 'empty' ? 'the body is missing' : `the body is not JSON: ${body.why}`);
  const parsed = parseFault(body.value, [...world.stamps.keys()]);
  if (parsed.kind === 'invalid') return problem(400, parsed.message, parsed.field);
  return json(201, { id: world.faults.inject(parsed.fault), fault: parsed.fault });
}

function heal(world: World, id: string | undefined): FaceResponse {
  const healed = world.faults.list().filter((entry) => id === undefined || id === '' || entry.id === id);
  if (id !== undefined && id !== '' && healed.length === 0) return problem(404, `no active fault '${id}'`);
  for (const entry of healed) world.faults.heal(entry.id);
  return empty(204);
}

/** `{"pace": "real" | "max" | 20}` or `{"step": seconds}`, or both: the pace is set first. */
async function moveClock({ clockControl, world, park }: AdminOptions, request: FaceRequest): Promise<FaceResponse> {
  if (clockControl === null) return problem(501, "this world's clock runs by itself: it can be neither stepped nor sped up");
  const parsed = parseJson(request.body);
  const body = parsed.kind === 'parsed' && isRecord(parsed.value) ? parsed.value : null;
  if (body === null) return problem(400, 'send {"pace":"real"|"max"|factor} or {"step":seconds}');
  const { pace, step } = body;
  if (pace !== undefined && !isPace(pace)) return problem(400, 'pace must be "real", "max" or a number above 0', 'pace');
  if (step !== undefined && (typeof step !== 'number' || !Number.isInteger(step) || step < 1 || step > longestStepSeconds)) return problem(400, `step must be whole seconds from 1 to ${longestStepSeconds}`, 'step');
  if (pace === undefined && step === undefined) return problem(400, 'send {"pace":"real"|"max"|factor} or {"step":seconds}');
  if (isPace(pace)) clockControl.setPace(pace);
  if (typeof step === 'number') {
    const unpark = park();
    await clockControl.step(step);
    unpark();
  }
  return json(200, { now: new Date(world.clock.now()).toISOString(), pace: clockControl.pace });
}

const isPace = (value: unknown): value is Pace => value === 'real' || value === 'max' || (typeof value === 'number' && Number.isFinite(value) && value > 0);

/** A token for curl: `/token?as=operator&audience=api`. */
function token({ issueToken }: AdminOptions, request: FaceRequest): FaceResponse {
  const as = request.url.searchParams.get('as') ?? 'operator';
  if (!isPrincipalName(as)) return problem(400, 'as must name a principal: controlPlane, gate, owner, reader, operator, approver, azureMonitor', 'as');
  return text(200, issueToken(as, request.url.searchParams.get('audience') ?? 'api'));
}
