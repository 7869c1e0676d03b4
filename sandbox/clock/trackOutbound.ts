import { EventEmitter } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { BusyTracker, EndWork } from './busyTracker.ts';
import { isLifeOver } from './processLife.ts';

/** Stops the tracking. */
export type StopTracking = () => void;

/**
 * Counts in `tracker` what this process has under way outside JavaScript: http and https client requests from their creation to
 * their close, global fetch until the body is read (or the response let go), and WebCrypto operations (token signatures).
 * What a killed host's code still sends is cut off. Process-wide; call it before the app loads. File system, DNS and zlib work is
 * not counted.
 */
export function trackOutbound(tracker: BusyTracker): StopTracking {
  const restore = [trackHttpModule(http, tracker), trackHttpModule(https, tracker), trackFetch(tracker), trackWebCrypto(tracker)];
  syncBuiltinESMExports();
  return () => {
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  };
}

type RequestFunction = typeof http.request;

function trackHttpModule(target: typeof http | typeof https, tracker: BusyTracker): () => void {
  const { request, get } = target;
  const wrap = (original: RequestFunction): RequestFunction => {
    const tracked = (...args: Parameters<RequestFunction>): http.ClientRequest => {
      let clientRequest: http.ClientRequest | undefined;
      const end = tracker.begin(() => (clientRequest === undefined ? 'an http request' : `${clientRequest.method} ${clientRequest.host}${clientRequest.path}`));
      try {
        clientRequest = original(...args);
      } catch (error) {
        end();
        throw error;
      }
      EventEmitter.prototype.once.call(clientRequest, 'close', end);
      if (isLifeOver()) clientRequest.destroy(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
      return clientRequest;
    };
    return tracked as RequestFunction;
  };
  target.request = wrap(request);
  target.get = wrap(get);
  return () => {
    target.request = request;
    target.get = get;
  };
}

function trackFetch(tracker: BusyTracker): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    if (isLifeOver()) throw new TypeError('fetch failed');
    const end = tracker.begin(() => `fetch ${input instanceof Request ? input.url : String(input)}`);
    try {
      const response = await original(input, init);
      if (response.body === null) {
        end();
        return response;
      }
      return endWhenBodyIsRead(response, end);
    } catch (error) {
      end();
      throw error;
    }
  };
  return () => {
    globalThis.fetch = original;
  };
}

const bodyReaders = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;

/** A body nobody reads must not hold time for ever: the garbage collector ends it. */
const letGo = new FinalizationRegistry<EndWork>((end) => {
  end();
});

function endWhenBodyIsRead(response: Response, end: EndWork): Response {
  letGo.register(response, end);
  return new Proxy(response, {
    get(target, property) {
      // read elsewhere from here on, where it cannot be seen
      if (property === 'body' || property === 'clone') end();
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const bound: unknown = value.bind(target);
      if (!bodyReaders.some((reader) => reader === property) || typeof bound !== 'function') return bound;
      return (...args: unknown[]): Promise<unknown> => Promise.resolve(bound(...args)).finally(end);
    },
  });
}

const cryptoOperations = ['decrypt', 'deriveBits', 'deriveKey', 'digest', 'encrypt', 'exportKey', 'generateKey', 'importKey', 'sign', 'unwrapKey', 'verify', 'wrapKey'] as const;

function trackWebCrypto(tracker: BusyTracker): () => void {
  const prototype: object = Object.getPrototypeOf(globalThis.crypto.subtle);
  const undo: (() => void)[] = [];
  for (const name of cryptoOperations) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    const original: unknown = descriptor?.value;
    if (descriptor === undefined || typeof original !== 'function') continue;
    Object.defineProperty(prototype, name, {
      ...descriptor,
      value(this: unknown, ...args: unknown[]): Promise<unknown> {
        const end = tracker.begin(() => `crypto.subtle.${name}`);
        return Promise.resolve(Reflect.apply(original, this, args)).finally(end);
      },
    });
    undo.push(() => {
      Object.defineProperty(prototype, name, descriptor);
    });
  }
  return () => {
    for (const restore of undo) restore();
  };
}
