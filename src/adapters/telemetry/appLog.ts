import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { Log, LogLine } from '../../ports/log.ts';
import { isExporting } from './startTelemetry.ts';

/** Where an invocation's readable lines go: the Functions host's own log of it, by level. */
export type InvocationLog = Readonly<Record<LogLine['level'], (message: string) => void>>;

const invocations = new AsyncLocalStorage<InvocationLog>();

/** Lines written while `work` runs, however deep, belong to that invocation. */
export const loggingTo = <T>(invocation: InvocationLog, work: () => T): T => invocations.run(invocation, work);

/**
 * One place for all lines: records with attributes in OpenTelemetry's log pipeline while telemetry is exported (each in the
 * trace of its run, if it has one), else one readable line in the log of the invocation, or on the console outside of any.
 * Never both: the host sends what it gets to the same Application Insights.
 */
export const appLog: Log = {
  write(line) {
    if (isExporting()) emit(line);
    else (invocations.getStore() ?? console)[line.level](readable(line));
  },
};

const severities = { info: SeverityNumber.INFO, warn: SeverityNumber.WARN, error: SeverityNumber.ERROR } as const;

function emit(line: LogLine): void {
  logs.getLogger('spillway').emit({ severityNumber: severities[line.level], severityText: line.level.toUpperCase(), body: line.message, attributes: { ...subjectOf(line), ...exceptionOf(line.error) } });
}

/** @returns such as "pool/westus3/user1 set to 11..14 nodes [run=... stamp=westus3 step=e1:r1:pool:westus3:user1:outcome]". */
function readable(line: LogLine): string {
  const subject = Object.entries(subjectOf(line)).map(([name, value]) => `${name.replace('spillway.', '')}=${value}`);
  const error = line.error instanceof Error ? `\n${line.error.stack ?? line.error.message}` : line.error === undefined ? '' : ` ${inspect(line.error)}`;
  return `${line.message}${subject.length === 0 ? '' : ` [${subject.join(' ')}]`}${error}`;
}

type Attributes = Readonly<Record<string, string | number>>;

function subjectOf({ about = {} }: LogLine): Attributes {
  const named = {
    'spillway.run': about.runId,
    'spillway.stamp': about.stamp,
    'spillway.step': about.step,
    'spillway.event': about.event,
    'spillway.epoch': about.epoch,
    'spillway.control_region': about.controlRegion,
  };
  return Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])));
}

/** By OpenTelemetry's semantic conventions for exceptions in logs: Application Insights shows them as exceptions. */
function exceptionOf(error: unknown): Attributes {
  if (error === undefined) return {};
  if (!(error instanceof Error)) return { 'exception.message': inspect(error) };
  return { 'exception.type': error.name, 'exception.message': error.message, ...(error.stack === undefined ? {} : { 'exception.stacktrace': error.stack }) };
}
