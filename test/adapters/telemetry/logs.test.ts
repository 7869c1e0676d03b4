import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { certificatesIn } from '../../../sandbox/azure/certificates.ts';
import { listenTls } from '../../../sandbox/azure/server.ts';
import { BusyTracker } from '../../../sandbox/clock/index.ts';
import { appLog, loggingTo } from '../../../src/adapters/telemetry/appLog.ts';
import { loggedLedger } from '../../../src/adapters/telemetry/loggedLedger.ts';
import { runContext } from '../../../src/adapters/telemetry/runTrace.ts';
import type { LedgerEntry } from '../../../src/domain/ledgerEvent.ts';
import type { Ledger, Recorded } from '../../../src/ports/ledger.ts';
import type { LogLine } from '../../../src/ports/log.ts';
import { trace } from '@opentelemetry/api';

const entry: LedgerEntry = {
  id: 'e1:r1:origin:web:web-eastus2:outcome', runId: 'run-1', at: 0, controlRegion: 'northeurope', epoch: 1, stamps: ['eastus2'],
  event: { type: 'WriteRefused', why: '409', reaction: 'conflict', write: { target: 'origin', stamp: 'eastus2', originGroup: 'web', origin: 'web-eastus2', set: { weight: 1, enabled: 'Disabled' } } },
};

const ledgerThat = (recorded: Recorded): Ledger => ({ record: () => Promise.resolve(recorded) }) as unknown as Ledger; // the one method that is called

describe('lines of the log', () => {
  it('an entry that is new on record is a line with its run, stamp and step; a repeated one is none', async () => {
    const lines: LogLine[] = [];
    const log = { write: (line: LogLine) => lines.push(line) };
    await loggedLedger(ledgerThat({ kind: 'outbox' }), log).record(entry);
    await loggedLedger(ledgerThat({ kind: 'exists' }), log).record(entry);
    await loggedLedger(ledgerThat({ kind: 'different', found: entry }), log).record(entry);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'origin/web/web-eastus2 not set to disabled (conflict): 409',
        about: { runId: 'run-1', stamp: 'eastus2', step: 'e1:r1:origin:web:web-eastus2:outcome', event: 'WriteRefused', epoch: 1, controlRegion: 'northeurope' },
      },
    ]);
  });

  it('what is decided outside a run names none', async () => {
    const lines: LogLine[] = [];
    await loggedLedger(ledgerThat({ kind: 'stored' }), { write: (line) => lines.push(line) }).record({ ...entry, runId: 'watch-northeurope-2026-11-22' });
    expect(lines[0]?.about).not.toHaveProperty('runId');
  });

  it('are readable in the log of the invocation while nothing is exported', () => {
    const lines: string[] = [];
    const invocation = { info: (line: string) => lines.push(`info ${line}`), warn: (line: string) => lines.push(`warn ${line}`), error: (line: string) => lines.push(`error ${line}`) };
    loggingTo(invocation, () => {
      appLog.write({ level: 'info', message: 'phase surging', about: { runId: 'run-1', step: 'e1:r1:phase:surging' } });
    });
    expect(lines).toEqual(['info phase surging [run=run-1 step=e1:r1:phase:surging]']);
  });

  it('go to the console outside of any invocation, with the stack of what was thrown', () => {
    const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => {
      spy.mockRestore();
    });
    appLog.write({ level: 'error', message: 'telemetry could not be started', error: new TypeError('boom') });
    expect(spy).toHaveBeenCalledOnce();
    expect(String(spy.mock.calls[0]?.[0])).toMatch(/^telemetry could not be started\nTypeError: boom\n {4}at /);
  });
});

interface Envelope {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseData: { readonly message?: string; readonly severityLevel?: string; readonly properties?: Readonly<Record<string, string>>; readonly exceptions?: readonly { readonly typeName: string; readonly message: string }[] } };
}

/** What Application Insights' ingestion would get, from the real exporter in a process of its own. */
async function exported(): Promise<readonly Envelope[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'spillway-logs-test-'));
  const certificates = await certificatesIn(folder);
  const envelopes: Envelope[] = [];
  const ingestion = await listenTls({
    certificates,
    port: 0,
    tracker: new BusyTracker(),
    handle: ({ url, headers, body }) => {
      const text = Buffer.from(body ?? []);
      if (url.pathname === '/v2.1/track') envelopes.push(...(JSON.parse((headers['content-encoding'] === 'gzip' ? gunzipSync(text) : text).toString()) as readonly Envelope[])); // as the exporter sends them
      return Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] }) });
    },
  });
  try {
    const connectionString = `InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://localhost:${ingestion.port}/`;
    await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'fixtures/exportLogs.ts'), connectionString], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificates.caPemPath, APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true' },
    });
    return envelopes;
  } finally {
    await ingestion.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('lines of the log, while telemetry is exported', () => {
  it('reach Application Insights with run, stamp and step, in the trace of their run; what was thrown as an exception', async () => {
    const envelopes = await exported();
    const message = envelopes.find(({ name }) => name.endsWith('.Message'));
    expect(message?.data.baseData).toMatchObject({
      message: 'pool/westus3/user1 set to 11..14 nodes',
      properties: { 'spillway.run': 'run-1', 'spillway.stamp': 'westus3', 'spillway.step': 'e1:r1:pool:westus3:user1:outcome', 'spillway.event': 'WriteSucceeded', 'spillway.control_region': 'northeurope' },
    });
    expect(message?.tags['ai.operation.id']).toBe(trace.getSpanContext(runContext('run-1'))?.traceId);
    const thrown = envelopes.find(({ name }) => name.endsWith('.Exception'));
    expect(thrown?.data.baseData).toMatchObject({ exceptions: [{ typeName: 'TypeError', message: 'of a test' }], properties: { 'spillway.step': 'drainRegion' } });
  }, 60_000);
});
