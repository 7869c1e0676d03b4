import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, ids, sampleAzure, startMs } from '../sampleAzure.ts';

/** Answers held against published examples and one recorded long-running operation of a Front Door origin. */

const folder = path.resolve(import.meta.dirname, '../../../../shared/data/arm-examples');
const isThere = existsSync(folder);
if (!isThere) console.log(`recorded exchanges: skipped 4 cases, ${folder} is not there`);

const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as T;

/** The shape of a value: the names of its properties, and the type of everything that is not null. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([name, inner]) => [name, shapeOf(inner)]));
  return typeof value;
}

interface Exchange {
  readonly response: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: { readonly properties: Readonly<Record<string, unknown>> } };
}

describe.skipIf(!isThere)('as recorded', () => {
  const origin = `${ids.profile}/originGroups/web/origins/web-eastus2?api-version=2023-05-01`;

  it('a PUT of an origin, its polls, and the origin afterwards', async () => {
    const { exchanges } = read<{ readonly exchanges: readonly Exchange[] }>('azure-cli.test_afd_origin_crud.create.json');
    const [put, running, done, after] = exchanges;
    const { azure, clock } = sampleAzure();
    const ours = await ask(azure, origin, { method: 'PUT', body: { properties: { weight: 900, priority: 1, enabledState: 'Enabled' } } });
    expect(ours.status).toBe(put?.response.status);
    expect(shapeOf(ours.body)).toEqual(shapeOf({ ...put?.response.body, properties: { ...put?.response.body.properties } }));
    const poll = ours.headers['azure-asyncoperation'] ?? '';
    const names = (url: string): readonly string[] => [...new URL(url).searchParams.keys()];
    expect(names(poll)).toEqual(names(put?.response.headers?.['azure-asyncoperation'] ?? ''));
    expect((await ask(azure, poll)).body).toEqual(running?.response.body);
    clock.runUntil(startMs + 31_000);
    expect((await ask(azure, poll)).body).toEqual(done?.response.body);
    const read2 = await ask(azure, origin);
    expect(shapeOf(read2.body)).toEqual(shapeOf(after?.response.body));
    expect(read2.body).toMatchObject({ properties: { provisioningState: 'Succeeded', deploymentStatus: 'NotStarted' } });
  });

  it('the list of origins', async () => {
    const example = read<{ readonly responses: { readonly 200: { readonly body: { readonly value: readonly { readonly properties: object }[] } } } }>('AFDOrigins_ListByOriginGroup.2025-06-01.json');
    const { body } = await ask(sampleAzure().azure, `${ids.profile}/originGroups/web/origins?api-version=2025-06-01`);
    const ours = body as { readonly value: readonly { readonly properties: object }[] };
    expect(Object.keys(ours)).toEqual(Object.keys(example.responses[200].body));
    expect(Object.keys(ours.value[0] ?? {}).toSorted()).toEqual(Object.keys(example.responses[200].body.value[0] ?? {}).toSorted());
    expect(Object.keys(ours.value[0]?.properties ?? {}).toSorted()).toEqual(Object.keys(example.responses[200].body.value[0]?.properties ?? {}).toSorted());
  });

  it('an origin group', async () => {
    const example = read<{ readonly responses: { readonly 200: { readonly body: { readonly properties: object } } } }>('AFDOriginGroups_Create.2024-02-01.json');
    const { body } = await ask(sampleAzure().azure, `${ids.profile}/originGroups/web?api-version=2024-02-01`);
    const ours = body as { readonly properties: object };
    // the example leaves session affinity out, a property of the schema
    expect(Object.keys(ours.properties).filter((name) => name !== 'sessionAffinityState').toSorted()).toEqual(Object.keys(example.responses[200].body.properties).toSorted());
  });

  it('a node pool has at least what the example has', async () => {
    const example = read<{ readonly responses: { readonly 200: { readonly body: { readonly properties: object } } } }>('AgentPoolsGet.2025-05-01.json');
    const { body } = await ask(sampleAzure().azure, `${ids.cluster}/agentPools/user1?api-version=2025-05-01`);
    const ours = body as { readonly properties: object };
    expect(Object.keys(ours.properties)).toEqual(expect.arrayContaining(Object.keys(example.responses[200].body.properties)));
  });
});

describe('existence checks', () => {
  it('answer 204 or 404 without a body', async () => {
    const { azure } = sampleAzure();
    const of = (name: string) => ask(azure, `/subscriptions/${ids.subscription}/resourceGroups/${name}?api-version=2021-04-01`, { method: 'HEAD' });
    expect(await of('rg-shop-global')).toMatchObject({ status: 204, body: null });
    expect(await of('nope')).toMatchObject({ status: 404, body: null });
  });
});
