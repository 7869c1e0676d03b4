import { decodeSegment } from '../answers.ts';
import type { ArmRoute, HttpMethod } from './armTypes.ts';

export interface MatchedRoute {
  readonly route: ArmRoute;
  readonly params: Readonly<Record<string, string>>;
}

export type RouteMatch =
  | { readonly kind: 'matched'; readonly match: MatchedRoute }
  /** The path is known, the method is not. */
  | { readonly kind: 'methodNotAllowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

interface CompiledRoute {
  readonly route: ArmRoute;
  readonly segments: readonly { readonly text: string; readonly parameter: string | null }[];
}

/** Clients ask for the same few resources again and again. */
const matchesKept = 500;

/** Resource Manager's paths do not care for case. */
export function createRouter(routes: readonly ArmRoute[]): (method: string, pathname: string) => RouteMatch {
  const byLength = new Map<number, CompiledRoute[]>();
  for (const route of routes) {
    const segments = split(route.path).map((part) => ({ text: part.toLowerCase(), parameter: /^\{(\w+)\}$/.exec(part)?.[1] ?? null }));
    byLength.set(segments.length, [...(byLength.get(segments.length) ?? []), { route, segments }]);
  }
  const match = (method: string, pathname: string): RouteMatch => {
    const parts = split(pathname).map(decodeSegment);
    const candidates = (byLength.get(parts.length) ?? []).flatMap((compiled) => {
      const params = paramsOf(compiled, parts);
      return params === null ? [] : [{ route: compiled.route, params }];
    });
    const asked = method === 'HEAD' ? 'GET' : method;
    const found = candidates.find((candidate) => candidate.route.method === asked);
    if (found !== undefined) return { kind: 'matched', match: found };
    const allowed = [...new Set(candidates.map((candidate): HttpMethod => candidate.route.method))];
    return allowed.length > 0 ? { kind: 'methodNotAllowed', allowed } : { kind: 'none' };
  };
  const matches = new Map<string, RouteMatch>();
  return (method, pathname) => {
    const asked = `${method} ${pathname}`;
    const known = matches.get(asked) ?? match(method, pathname);
    if (matches.size >= matchesKept) matches.clear();
    matches.set(asked, known);
    return known;
  };
}

const split = (pathname: string): readonly string[] => pathname.split('/').filter((part) => part !== '');

function paramsOf(compiled: CompiledRoute, parts: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of compiled.segments.entries()) {
    const part = parts[index] ?? '';
    if (segment.parameter !== null) params[segment.parameter] = part;
    else if (segment.text !== part.toLowerCase()) return null;
  }
  return params;
}
