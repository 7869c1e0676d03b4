import { randomUUID } from 'node:crypto';
import { toEntityInstanceId } from '../durable/entityCalls.ts';
import { parseEntityInstanceId } from '../durable/entityScheduler.ts';
import { eventTypes, toTimestamp } from '../durable/historyEvents.ts';
import type { HubEngine } from '../durable/hubEngine.ts';
import { compactJson, toJsonText, type JsonText } from '../durable/jsonText.ts';
import type { HostRequest, HostResponse } from '../functions/httpTriggers.ts';
import { empty, jsonBody, jsonText, toJsonComplaint } from './apiResponse.ts';
import { toEntityListing } from './statusDocument.ts';

/** GET and POST entities/{name}/{key}, GET entities[/{name}]. */
export class EntitiesApi {
  readonly #engine: HubEngine;
  readonly #entityNames: () => readonly string[];

  constructor(engine: HubEngine, entityNames: () => readonly string[]) {
    this.#engine = engine;
    this.#entityNames = entityNames;
  }

  handle(request: HostRequest, url: URL, [name, key, ...more]: readonly string[]): HostResponse {
    if (more.length > 0) return empty(404);
    if (name === undefined || key === undefined) return request.method === 'GET' ? this.#list(url, name) : empty(404);
    const instanceId = toEntityInstanceId({ name, key });
    if (request.method === 'GET') {
      const stateText = this.#engine.state.entities.get(instanceId)?.stateText;
      return stateText === undefined || stateText === null ? empty(404) : jsonText(200, stateText);
    }
    return request.method === 'POST' ? this.#signal(request, url, name, instanceId) : empty(404);
  }

  #list(url: URL, name: string | undefined): HostResponse {
    const fetchState = url.searchParams.get('fetchState')?.toLowerCase() === 'true';
    const top = Number(url.searchParams.get('top') ?? 100);
    const found = [...this.#engine.state.entities.values()]
      .filter((record) => name === undefined || parseEntityInstanceId(record.instanceId)?.name === name.toLowerCase())
      .filter((record) => !fetchState || record.exists)
      .toSorted((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
    return jsonBody(200, found.slice(0, top > 0 ? top : 100).map((record) => toEntityListing(record, fetchState)));
  }

  #signal(request: HostRequest, url: URL, name: string, instanceId: string): HostResponse {
    if (!this.#engine.hasEntity(name)) {
      const known = this.#entityNames().map((each) => `'${each.toLowerCase()}'`).join(', ');
      return jsonBody(400, { Message: `The function '${name}' doesn't exist, is disabled, or is not an entity function. Additional info: The following are the known entity functions: ${known}.` });
    }
    const text = new TextDecoder().decode(request.body);
    let input: JsonText | undefined;
    try {
      input = text === '' ? undefined : compactJson(text);
    } catch {
      return jsonBody(400, { Message: `Could not parse JSON content: ${toJsonComplaint(text)}` });
    }
    const message = { op: url.searchParams.get('op') ?? '', signal: true, input, id: randomUUID() };
    this.#engine.sendEvent(instanceId, { EventType: eventTypes.eventRaised, Name: 'op', Input: toJsonText(message), ParentTraceContext: null, EventId: -1, Timestamp: toTimestamp(this.#engine.nowMs()) });
    return empty(202);
  }
}
