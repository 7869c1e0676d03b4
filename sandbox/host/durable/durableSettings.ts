import { parseTimeSpanMs } from '../timeSpan.ts';
import { isRecord } from './jsonText.ts';

export type VersionMatchStrategy = 'None' | 'Strict' | 'CurrentOrOlder';
export type VersionFailureStrategy = 'Reject' | 'Fail';

/** host.json's extensions.durableTask as far as the engine heeds it; durations in milliseconds. */
export interface DurableSettings {
  readonly hubName: string;
  readonly workItemQueueVisibilityTimeoutMs: number;
  readonly controlQueueVisibilityTimeoutMs: number;
  readonly maxConcurrentActivityFunctions: number;
  readonly defaultHttpAsyncRequestSleepTimeMs: number;
  readonly overridableExistingInstanceStates: 'NonRunningStates' | 'AnyState';
  readonly defaultVersion: string | null;
  readonly versionMatchStrategy: VersionMatchStrategy;
  readonly versionFailureStrategy: VersionFailureStrategy;
}

/** `hostJson` is the parsed host.json. Defaults are the extension's own (extension-defaults of the recordings). */
export function readDurableSettings(hostJson: unknown): DurableSettings {
  const extensions = isRecord(hostJson) ? hostJson['extensions'] : undefined;
  const section = isRecord(extensions) && isRecord(extensions['durableTask']) ? extensions['durableTask'] : {};
  const storage = isRecord(section['storageProvider']) ? section['storageProvider'] : {};
  const http = isRecord(section['httpSettings']) ? section['httpSettings'] : {};
  const text = (from: Record<string, unknown>, key: string): string | undefined => (typeof from[key] === 'string' ? from[key] : undefined);
  const timeSpanMs = (from: Record<string, unknown>, key: string, fallbackMs: number): number => {
    const value = text(from, key);
    return value === undefined ? fallbackMs : parseTimeSpanMs(value);
  };
  const oneOf = <T extends string>(key: string, allowed: readonly T[], fallback: T): T => {
    const value = text(section, key);
    return allowed.find((each) => each.toLowerCase() === value?.toLowerCase()) ?? fallback;
  };
  const maxActivities = section['maxConcurrentActivityFunctions'];
  return {
    hubName: text(section, 'hubName') ?? 'TestHubName',
    workItemQueueVisibilityTimeoutMs: timeSpanMs(storage, 'workItemQueueVisibilityTimeout', 300_000),
    controlQueueVisibilityTimeoutMs: timeSpanMs(storage, 'controlQueueVisibilityTimeout', 300_000),
    maxConcurrentActivityFunctions: typeof maxActivities === 'number' ? maxActivities : 20,
    defaultHttpAsyncRequestSleepTimeMs: typeof http['defaultAsyncRequestSleepTimeMilliseconds'] === 'number' ? http['defaultAsyncRequestSleepTimeMilliseconds'] : 30_000,
    overridableExistingInstanceStates: oneOf('overridableExistingInstanceStates', ['NonRunningStates', 'AnyState'], 'NonRunningStates'),
    defaultVersion: text(section, 'defaultVersion') ?? null,
    versionMatchStrategy: oneOf('versionMatchStrategy', ['None', 'Strict', 'CurrentOrOlder'], 'CurrentOrOlder'),
    versionFailureStrategy: oneOf('versionFailureStrategy', ['Reject', 'Fail'], 'Reject'),
  };
}
