import { parse } from 'yaml';
import { isObject, listAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

const text = (context: KubeRequest): string => Buffer.from(context.request.body ?? new Uint8Array()).toString('utf8');

export const mediaType = (context: KubeRequest): string => (context.request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Bodies of create and replace: JSON or YAML. Protobuf, which some clients prefer, is refused as an unknown format is. */
export function readObject(context: KubeRequest): JsonObject {
  const type = mediaType(context);
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml') throw unsupportedMediaType('application/json, application/yaml, application/vnd.kubernetes.protobuf');
  const value = type === 'application/yaml' ? parseYaml(text(context)) : parseJson(text(context), 'couldn\'t get version/kind; json parse error: ');
  if (!isObject(value)) throw badRequest('couldn\'t get version/kind; json parse error: the body is not an object');
  return value;
}

/** DeleteOptions of a request that may have none. */
export const readOptions = (context: KubeRequest): JsonObject => (context.request.body === null || context.request.body.byteLength === 0 ? {} : readObject(context));

/** Whether nothing is to be stored: by the query, or by DeleteOptions, where kubectl says it. */
export const isDryRun = ({ query }: KubeRequest, options: JsonObject): boolean => query.get('dryRun') === 'All' || listAt(options, 'dryRun').includes('All');

export const readPatch = (context: KubeRequest): Json => parseJson(text(context), 'error decoding patch: ');

/** Apply configurations are YAML, of which JSON is a part. */
export function readConfiguration(context: KubeRequest): JsonObject {
  const value = parseYaml(text(context));
  if (!isObject(value)) throw badRequest('error decoding YAML: the body is not an object');
  return value;
}

function parseJson(body: string, prefix: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    throw badRequest(`${prefix}${error instanceof Error ? error.message : 'invalid JSON'}`);
  }
}

function parseYaml(body: string): Json {
  try {
    return (body.trimStart().startsWith('{') ? JSON.parse(body) : parse(body)) as Json;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : 'invalid YAML'}`);
  }
}
