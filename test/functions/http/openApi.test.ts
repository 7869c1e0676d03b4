import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problems } from '../../../src/functions/http/problem.ts';
import { routes } from '../../../src/functions/http/routes/index.ts';
import { apiReference, openApiText } from '../../../tools/apiDocs.ts';

const docs = resolve(import.meta.dirname, '../../../docs');
interface Operation { readonly operationId: string; readonly security: readonly object[]; readonly responses: Record<string, { readonly description: string }>; readonly parameters?: readonly { readonly name: string; readonly in: string }[]; readonly requestBody?: object }
const document = JSON.parse(openApiText()) as { readonly openapi: string; readonly paths: Record<string, Record<string, Operation>>; readonly components: { readonly schemas: Record<string, object> } };

describe('docs/openapi.json and docs/api.md', () => {
  it('are current (npm run openapi)', () => {
    expect(readFileSync(resolve(docs, 'openapi.json'), 'utf8')).toBe(openApiText());
    expect(readFileSync(resolve(docs, 'api.md'), 'utf8')).toBe(apiReference());
  });

  it('describe every route with its access, parameters and problems', () => {
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const));
    expect(operations.map(([name]) => name).toSorted()).toEqual(routes.map((route) => `${route.method} /api/${route.path}`).toSorted());
    for (const route of routes) {
      const operation = document.paths[`/api/${route.path}`]?.[route.method.toLowerCase()];
      if (operation === undefined) throw new Error(`${route.name} is missing`);
      expect(operation.security).toEqual(route.access === 'open' ? [] : [{ [route.access === 'actionGroup' ? 'actionGroup' : 'entra']: [] }]);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
      expect(inPath).toEqual([...route.path.matchAll(/{(\w+)}/g)].map((match) => match[1]));
      for (const code of route.problems) expect(operation.responses[problems[code].status]?.description).toContain(code);
      expect(operation.requestBody === undefined).toBe(route.body === null);
    }
  });

  it('refer to schemas that are there', () => {
    const references = new Set([...openApiText().matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]));
    expect([...references].filter((name) => name === undefined || !(name in document.components.schemas))).toEqual([]);
    expect(references.size).toBeGreaterThan(15);
  });

  it('names of functions are what the Functions host takes, each once', () => {
    expect(new Set(routes.map((route) => route.name)).size).toBe(routes.length);
    for (const { name } of routes) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_-]{0,126}$/);
  });
});
