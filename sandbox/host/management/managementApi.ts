import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock/index.ts';
import { eventTypes, toTimestamp, type HistoryEvent } from '../durable/historyEvents.ts';
import type { HubEngine } from '../durable/hubEngine.ts';
import { isFinal } from '../durable/instanceRecords.ts';
import type { InstanceRecord } from '../durable/hubState.ts';
import { compactJson, type JsonText } from '../durable/jsonText.ts';
import type { HostRequest, HostResponse } from '../functions/httpTriggers.ts';
import { decodePart } from '../functions/routeTemplate.ts';
import { empty, exception, jsonBody, jsonText, toJsonComplaint } from './apiResponse.ts';
import { EntitiesApi } from './entitiesApi.ts';
import { listInstances, purgeInstances } from './instanceQueries.ts';
import { rpcPath, toManagementLinks, webhookPath, type ManagementLinksOptions } from './managementLinks.ts';
import { rewindInstance } from './rewindInstance.ts';
import { DuplicateHistoryKeyError, toEntityStatusText, toStatusText, type StatusOptions } from './statusDocument.ts';

export interface ManagementApiOptions {
  readonly engine: HubEngine;
  readonly clock: Clock;
  readonly links: ManagementLinksOptions;
  readonly entityNames: () => readonly string[];
}

/**
 * The extension's management HTTP API: /runtime/webhooks/durabletask for people, /durabletask (rpcBaseUrl) for the SDK's
 * DurableClient. Keys are not enforced.
 */
export class ManagementApi {
  readonly #options: ManagementApiOptions;
  readonly #entities: EntitiesApi;

  constructor(options: ManagementApiOptions) {
    this.#options = options;
    this.#entities = new EntitiesApi(options.engine, options.entityNames);
  }

  /** Undefined when the request is for somebody else. */
  async handle(request: HostRequest): Promise<HostResponse | undefined> {
    const url = new URL(request.url);
    const base = [webhookPath, rpcPath].find((each) => url.pathname === each || url.pathname.startsWith(`${each}/`));
    if (base === undefined) return undefined;
    const rest = url.pathname.slice(base.length + 1);
    // an encoded slash is no part of an id
    if (/%2f/i.test(rest)) return empty(404);
    const [collection, ...parts] = rest.split('/').filter((part) => part !== '').map(decodePart);
    switch (collection?.toLowerCase() ?? '') {
      case 'orchestrators':
        return this.#start(request, url, parts);
      case 'instances':
        return this.#instances(request, url, parts, base);
      case 'entities':
        return this.#entities.handle(request, url, parts);
      default:
        return empty(404);
    }
  }

  async #start(request: HostRequest, url: URL, [name, givenId, ...more]: readonly string[]): Promise<HostResponse> {
    if (request.method !== 'POST' || name === undefined || more.length > 0) return empty(404);
    const text = new TextDecoder().decode(request.body);
    let inputText: JsonText | null = null;
    if (text.trim() !== '') {
      try {
        inputText = compactJson(text);
      } catch {
        return exception(400, 'Invalid JSON content', toJsonComplaint(text), 'Newtonsoft.Json.JsonReaderException');
      }
    }
    const { engine, clock } = this.#options;
    const instanceId = givenId ?? randomUUID().replaceAll('-', '');
    const version = url.searchParams.get('version') ?? engine.settings.defaultVersion;
    const existing = engine.state.instances.get(instanceId);
    if (existing !== undefined && !isFinal(existing)) {
      if (engine.settings.overridableExistingInstanceStates === 'NonRunningStates') return jsonBody(409, { Message: `An Orchestration instance with the status ${existing.runtimeStatus} already exists.` });
      engine.sendEvent(instanceId, { EventType: eventTypes.executionTerminated, Input: toOverrideReason(existing), ...this.#tail() });
      await this.#waitUntil(instanceId, Number.POSITIVE_INFINITY, 100);
    }
    engine.startInstance({ name, instanceId, inputText, version });
    const timeoutSeconds = Number(url.searchParams.get('timeout') ?? 0);
    if (timeoutSeconds > 0) {
      const pollingSeconds = Number(url.searchParams.get('pollingInterval') ?? 1);
      const ended = await this.#waitUntil(instanceId, clock.now() + timeoutSeconds * 1000, pollingSeconds * 1000);
      if (ended?.runtimeStatus === 'Completed') return jsonText(200, ended.outputText ?? 'null');
      if (ended !== undefined) return jsonText(200, toStatusText(ended, engine.state, { showInput: true, showHistory: false, showHistoryOutput: false }));
    }
    return this.#accepted(url, instanceId);
  }

  #accepted(url: URL, instanceId: string): HostResponse {
    const links = toManagementLinks(this.#options.links, instanceId, 'startAnswer', url.origin);
    return jsonBody(202, links, [
      ['location', links['statusQueryGetUri'] ?? ''],
      ['retry-after', '10'],
    ]);
  }

  /** Polls on the host's clock. Undefined when the time is over first. */
  async #waitUntil(instanceId: string, untilMs: number, everyMs: number): Promise<InstanceRecord | undefined> {
    const { engine, clock } = this.#options;
    for (;;) {
      const record = engine.state.instances.get(instanceId);
      if (record !== undefined && isFinal(record)) return record;
      if (clock.now() >= untilMs) return undefined;
      await new Promise<void>((resolve) => {
        clock.setTimer(Math.min(untilMs, clock.now() + everyMs), resolve);
      });
    }
  }

  async #instances(request: HostRequest, url: URL, [instanceId, operation, eventName, ...more]: readonly string[], base: string): Promise<HostResponse> {
    const { engine } = this.#options;
    if (more.length > 0) return empty(404);
    if (instanceId === undefined) {
      if (request.method === 'GET') return listInstances(engine, url, request.headers['x-ms-continuation-token'], base === rpcPath ? 'always' : 'whenMore');
      return request.method === 'DELETE' ? purgeInstances(engine, url) : empty(404);
    }
    if (operation === undefined) {
      if (request.method === 'GET') return this.#status(url, instanceId, base);
      return request.method === 'DELETE' ? this.#purge(instanceId) : empty(404);
    }
    if (request.method !== 'POST') return empty(404);
    const reason = url.searchParams.get('reason');
    switch (operation.toLowerCase()) {
      case 'raiseevent':
        return eventName === undefined ? empty(404) : this.#raiseEvent(request, instanceId, eventName);
      case 'terminate':
        return this.#signal(instanceId, { EventType: eventTypes.executionTerminated, Input: reason, ...this.#tail() });
      case 'suspend':
        return this.#suspendOrResume(instanceId, 'suspend', reason);
      case 'resume':
        return this.#suspendOrResume(instanceId, 'resume', reason);
      case 'rewind':
        return this.#rewind(instanceId, reason);
      case 'restart':
        return this.#restart(url, instanceId);
      default:
        return empty(404);
    }
  }

  #tail(): { readonly EventId: -1; readonly Timestamp: string } {
    return { EventId: -1, Timestamp: toTimestamp(this.#options.clock.now()) };
  }

  #status(url: URL, instanceId: string, base: string): HostResponse {
    const { engine } = this.#options;
    const options = toStatusOptions(url);
    const entity = engine.state.entities.get(instanceId);
    const record = engine.state.instances.get(instanceId);
    if (record === undefined && entity === undefined) return empty(404);
    let text: JsonText;
    try {
      text = record === undefined && entity !== undefined ? toEntityStatusText(entity, options) : record === undefined ? 'null' : toStatusText(record, engine.state, options);
    } catch (error) {
      if (error instanceof DuplicateHistoryKeyError) return exception(400, 'One or more of the arguments submitted is incorrect', error.message, 'System.ArgumentException');
      throw error;
    }
    if (record !== undefined && isFinal(record)) {
      const isError = record.runtimeStatus === 'Failed' && url.searchParams.get('returnInternalServerErrorOnFailure')?.toLowerCase() === 'true';
      return jsonText(isError ? 500 : 200, text);
    }
    // the request's own address, with the key on the outside
    const query = [url.search.slice(1), base === rpcPath ? '' : `code=${this.#options.links.systemKey}`].filter((part) => part !== '').join('&');
    return jsonText(202, text, [
      ['location', `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`],
      ['retry-after', '5'],
    ]);
  }

  #purge(instanceId: string): HostResponse {
    const { engine } = this.#options;
    const record = engine.state.instances.get(instanceId);
    if (record === undefined) return empty(404);
    if (!isFinal(record)) return jsonBody(412, `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instanceId} has status ${record.runtimeStatus}`);
    engine.purge([instanceId]);
    return jsonBody(200, { instancesDeleted: 1 });
  }

  #raiseEvent(request: HostRequest, instanceId: string, eventName: string): HostResponse {
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return jsonBody(400, { Message: 'Only application/json request content is supported' });
    const missing = this.#findMissing(instanceId);
    if (missing !== undefined) return missing;
    const text = new TextDecoder().decode(request.body);
    let inputText: JsonText;
    try {
      inputText = compactJson(text);
    } catch {
      return exception(400, 'Invalid JSON content', toJsonComplaint(text), 'Newtonsoft.Json.JsonReaderException');
    }
    this.#options.engine.sendEvent(instanceId, { EventType: eventTypes.eventRaised, Name: eventName, Input: inputText, ParentTraceContext: null, ...this.#tail() });
    return empty(202);
  }

  /** 404 for an instance that is not there, 410 for one that is over. */
  #findMissing(instanceId: string): HostResponse | undefined {
    const record = this.#options.engine.state.instances.get(instanceId);
    if (record === undefined) return empty(404);
    return isFinal(record) ? empty(410) : undefined;
  }

  #signal(instanceId: string, event: HistoryEvent): HostResponse {
    const missing = this.#findMissing(instanceId);
    if (missing !== undefined) return missing;
    this.#options.engine.sendEvent(instanceId, event);
    return empty(202);
  }

  #suspendOrResume(instanceId: string, operation: 'suspend' | 'resume', reason: string | null): HostResponse {
    const missing = this.#findMissing(instanceId);
    if (missing !== undefined) return missing;
    const status = this.#options.engine.state.instances.get(instanceId)?.runtimeStatus;
    if ((status === 'Suspended') === (operation === 'suspend')) {
      const said = `Cannot ${operation} the orchestration instance ${instanceId} because instance is in the ${status} state.`;
      return exception(500, 'Something went wrong while processing your request', said, 'System.InvalidOperationException');
    }
    return this.#signal(instanceId, { EventType: operation === 'suspend' ? eventTypes.executionSuspended : eventTypes.executionResumed, Reason: reason, ...this.#tail() });
  }

  #rewind(instanceId: string, reason: string | null): HostResponse {
    const { engine } = this.#options;
    const record = engine.state.instances.get(instanceId);
    if (record === undefined) return jsonBody(404, `No orchestration with instance ID "$${instanceId}" found.`);
    if (record.runtimeStatus !== 'Failed') return jsonBody(412, `This orchestration has status ${record.runtimeStatus}, but only orchestrations in the "Failed" state can be rewound.`);
    rewindInstance(engine, record, reason);
    return empty(202);
  }

  #restart(url: URL, instanceId: string): HostResponse {
    const { engine } = this.#options;
    const record = engine.state.instances.get(instanceId);
    if (record === undefined) return exception(400, 'InstanceId does not match a valid orchestration instance.', `No instance with ID '${instanceId}' was found. (Parameter 'instanceId')`, 'System.ArgumentException');
    const keepsId = url.searchParams.get('restartWithNewInstanceId')?.toLowerCase() === 'false';
    if (keepsId && !isFinal(record)) {
      return exception(409, 'A non-terminal instance with this instance ID already exists.', `An Orchestration instance with the status ${record.runtimeStatus} already exists.`, 'DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException');
    }
    const newId = keepsId ? instanceId : randomUUID().replaceAll('-', '');
    engine.startInstance({ name: record.name, instanceId: newId, inputText: record.shownInputText, version: record.version });
    return this.#accepted(url, newId);
  }
}

function toOverrideReason({ instanceId, runtimeStatus }: InstanceRecord): string {
  return (
    `A new instance creation request has been issued for instance ${instanceId} which currently has status ${runtimeStatus}. ` +
    "Since the dedupe statuses of the creation request, [] (all statuses reusable), do not contain the orchestration's status, " +
    'the orchestration has been terminated and a new instance with the same instance ID will be created.'
  );
}

function toStatusOptions(url: URL): StatusOptions {
  const flag = (name: string): string | undefined => url.searchParams.get(name)?.toLowerCase();
  return { showInput: flag('showInput') !== 'false', showHistory: flag('showHistory') === 'true', showHistoryOutput: flag('showHistoryOutput') === 'true' };
}
