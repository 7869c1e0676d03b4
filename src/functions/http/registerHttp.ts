import { app, type FunctionInput } from '@azure/functions';
import type { WithinInvocation } from '../withinInvocation.ts';
import type { HttpDeps } from './deps.ts';
import { routes } from './routes/index.ts';

/**
 * Registers every route with the Functions host, under its default prefix "api". The host's own keys are not used
 * (authLevel anonymous): each route checks its caller's token. `durableClient` is `df.input.durableClient()`, bound only where needed.
 */
export function registerHttp(deps: HttpDeps, durableClient: FunctionInput, within: WithinInvocation): void {
  for (const route of routes) {
    app.http(route.name, {
      methods: [route.method],
      route: route.path,
      authLevel: 'anonymous',
      ...(route.durable === 'client' ? { extraInputs: [durableClient] } : {}),
      handler: (request, context) => within(context, () => route.respond(deps, request, context)),
    });
  }
}
