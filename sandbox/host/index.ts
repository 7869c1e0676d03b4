/**
 * The local host: stands in for the Azure Functions host (version 4) and the Durable extension, for development and tests only.
 * The app and its SDKs (@azure/functions, durable-functions) run unmodified on it; production is the Azure Functions host.
 *
 * - `createLocalHost({appDir | register, clock, tracker, hostJson?, settings?, port?, store?, onLog?}) -> LocalHost`:
 *   `origin`, `invokeHttp(Request) -> Response` without a socket, `runTimer(name)`, `engine`, `stop()`, `kill()`.
 *   `durableTransport: 'objects'` makes simulations faster, same content without the parsing.
 * - On a virtual clock: `trackOutbound(tracker)` and `installGlobals(clock)` of ../clock BEFORE the app's first import, then a
 *   `Pacer({clock, tracker})` drives: `await pacer.drive({condition: () => ...})`.
 * - `InstanceStore`: `MemoryStore` keeps nothing, `RememberingStore` survives its host, `DiskStore(folder)` survives a kill: what was accepted is there, due timers fire at
 *   once, an activity that ran runs again after host.json's workItemQueueVisibilityTimeout (5 minutes unless set).
 * - authLevel and keys are not enforced, HTTP streaming is not offered; other triggers than http, timer, orchestration, activity
 *   and entity are registered and never fire.
 */
export { DiskStore, type DiskStoreOptions } from './durable/diskStore.ts';
export { readDurableSettings, type DurableSettings } from './durable/durableSettings.ts';
export { HubEngine, type HubEngineOptions } from './durable/hubEngine.ts';
export { isFinal } from './durable/instanceRecords.ts';
export type { ControlMessage, HubChange, InstanceRecord, RuntimeStatus } from './durable/hubState.ts';
export { MemoryStore, type InstanceStore } from './durable/instanceStore.ts';
export { RememberingStore } from './durable/rememberingStore.ts';
export type { DurableTransport } from './functions/durableAdapter.ts';
export { installCoreApi } from './functions/coreApi.ts';
export type { LogLine, ObservedInvocation } from './functions/functionRegistry.ts';
export { parseSchedule, type Schedule } from './functions/ncrontab.ts';
export { createLocalHost, type LocalHost, type LocalHostOptions } from './localHost.ts';
