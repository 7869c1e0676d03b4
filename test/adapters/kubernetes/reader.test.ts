import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { kubernetesTransport } from '../../../src/adapters/kubernetes/httpLibrary.ts';
import { kubernetesReader } from '../../../src/adapters/kubernetes/reader.ts';
import { fixedToken } from '../../azure/blob/faceHttpClient.ts';
import { openSandbox } from '../support/sandboxPorts.ts';

const { context } = openSandbox();

/** An API server that answers these texts, one after another. */
function answering(...texts: readonly string[]) {
  const urls: string[] = [];
  const httpClient: HttpClient = {
    sendRequest: (request) => {
      urls.push(request.url);
      return Promise.resolve({ request, status: 200, headers: createHttpHeaders(), bodyAsText: texts[urls.length - 1] ?? '' });
    },
  };
  return { urls, reader: kubernetesReader(kubernetesTransport({ ...context, httpClient, credential: fixedToken('t') }, null), 'https://cluster.test') };
}

const pageOf = (version: string, names: readonly string[], token = ''): string =>
  JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', metadata: { resourceVersion: version, ...(token === '' ? {} : { continue: token }) }, items: names.map((name) => ({ metadata: { name } })) });

test('items that have not changed are those of the last look, though the list has moved on; any change shows', async () => {
  const { reader } = answering(pageOf('1', ['a', 'b']), pageOf('2', ['a', 'b']), pageOf('3', ['a', 'c']));
  const first = await reader.list('/api/v1/nodes');
  const second = await reader.list('/api/v1/nodes');
  expect(second).toEqual(first);
  expect(second[0]).toBe(first[0]);
  expect(await reader.list('/api/v1/nodes')).toEqual([{ metadata: { name: 'a' } }, { metadata: { name: 'c' } }]);
});

test('a page that is as before is followed by the next page of its own list', async () => {
  const { reader, urls } = answering(pageOf('1', ['a'], 'one'), pageOf('1', ['b']), pageOf('2', ['a'], 'two'), pageOf('2', ['c']), pageOf('3', ['a']));
  const names = async () => (await reader.list<{ metadata: { name: string } }>('/api/v1/nodes')).map(({ metadata }) => metadata.name);
  expect(await names()).toEqual(['a', 'b']);
  expect(await names()).toEqual(['a', 'c']);
  expect(urls[3]).toMatch(/continue=two$/);
  expect(await names()).toEqual(['a']);
});

test('lists under other selectors are kept apart', async () => {
  const { reader } = answering(pageOf('1', ['a']), pageOf('1', ['b']), pageOf('2', ['a']));
  await reader.list('/api/v1/nodes');
  expect(await reader.list('/api/v1/nodes', { labelSelector: 'x=y' })).toEqual([{ metadata: { name: 'b' } }]);
  expect(await reader.list('/api/v1/nodes')).toEqual([{ metadata: { name: 'a' } }]);
});
