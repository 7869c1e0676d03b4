import { describe, expect, it } from 'vitest';
import { RouteTemplate } from '../../sandbox/host/functions/routeTemplate.ts';

describe('route templates', () => {
  it.each([
    ['api/runs/{id}', 'api/runs/a%20b', { id: 'a b' }],
    ['api/runs/{id}', 'API/Runs/x', { id: 'x' }],
    ['api/runs/{id}', 'api/runs', undefined],
    ['api/runs/{id}', 'api/runs/x/events', undefined],
    ['api/runs/{id?}', 'api/runs', {}],
    ['api/{*rest}', 'api/a/b', { rest: 'a/b' }],
    ['api/{n:int}', 'api/12', { n: '12' }],
    ['api/{n:int}', 'api/twelve', undefined],
  ])('%s on %s', (template, path, expected) => {
    expect(new RouteTemplate(template).match(path)).toEqual(expected);
  });

  it('puts literals before constrained parameters, then parameters, then the rest', () => {
    const templates = ['api/{*rest}', 'api/{id}', 'api/{id:int}', 'api/runs'].map((text) => ({ text, key: new RouteTemplate(text).precedence }));
    expect(templates.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((each) => each.text)).toEqual(['api/runs', 'api/{id:int}', 'api/{id}', 'api/{*rest}']);
  });

  it('refuses what it does not know', () => {
    expect(() => new RouteTemplate('api/{id:regex(^x)}')).toThrow(/constraint/);
    expect(() => new RouteTemplate('api/v{version}')).toThrow(/form/);
  });
});
