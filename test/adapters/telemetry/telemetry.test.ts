import { context as otelContext, metrics, ROOT_CONTEXT, SpanStatusCode, trace, type Attributes, type Context, type Span, type SpanOptions, type Gauge, type Meter, type Tracer } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { showCertificate } from '../../../src/adapters/telemetry/certificateMetric.ts';
import { inSpan } from '../../../src/adapters/telemetry/inSpan.ts';
import { runContext } from '../../../src/adapters/telemetry/runTrace.ts';
import { startTelemetry } from '../../../src/adapters/telemetry/startTelemetry.ts';
import { tracedActivities } from '../../../src/adapters/telemetry/tracedActivities.ts';
import { tracedPorts } from '../../../src/adapters/telemetry/tracedPorts.ts';
import { openSandbox } from '../support/sandboxPorts.ts';
import { sampleFleet, stampOf } from '../support/fleet.ts';

interface Seen {
  readonly name: string;
  readonly attributes: Attributes;
  readonly traceId: string | null;
  status: SpanStatusCode;
  ended: number;
}

let seen: Seen[] = [];

/** The least of an SDK: it keeps what a span was told. */
function recordingTracer(): Tracer {
  const startSpan = (name: string, options: SpanOptions = {}, parent: Context = ROOT_CONTEXT): Span => {
    const attributes: Attributes = { ...options.attributes };
    const one: Seen = { name, attributes, traceId: trace.getSpanContext(parent)?.traceId ?? null, status: SpanStatusCode.UNSET, ended: 0 };
    seen.push(one);
    const span: Partial<Span> = {
      spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
      setAttribute: (key, value) => {
        attributes[key] = value;
        return span as Span; // only what the product calls is there
      },
      setStatus: ({ code }) => {
        one.status = code;
        return span as Span;
      },
      end: () => {
        one.ended += 1;
      },
    };
    return span as Span;
  };
  return {
    startSpan,
    startActiveSpan: ((name: string, options: SpanOptions, parent: Context, work: (span: Span) => unknown) => work(startSpan(name, options, parent))) as Tracer['startActiveSpan'], // the one form that the product uses
  };
}

beforeEach(() => {
  seen = [];
  trace.setGlobalTracerProvider({ getTracer: recordingTracer });
});

afterEach(() => {
  trace.disable();
  otelContext.disable();
});

describe('a span', () => {
  test('says how the call ended and is always ended, once', async () => {
    await inSpan({ name: 'x', attributes: {} }, () => Promise.resolve({ kind: 'refused', reaction: 'busy' }));
    await inSpan({ name: 'x', attributes: {} }, () => Promise.resolve({ kind: 'known' }));
    await inSpan({ name: 'x', attributes: {} }, () => Promise.resolve(undefined));
    await expect(inSpan({ name: 'x', attributes: {} }, () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
    expect(seen.map(({ attributes, status, ended }) => [attributes['spillway.end'], status, ended])).toEqual([
      ['refused:busy', SpanStatusCode.UNSET, 1],
      ['known', SpanStatusCode.UNSET, 1],
      ['done', SpanStatusCode.UNSET, 1],
      ['error', SpanStatusCode.ERROR, 1],
    ]);
  });
});

test('every activity of a run is in one trace, wherever and however often it runs', async () => {
  const activities = tracedActivities({
    planIt: (input: { readonly request: { readonly runId: string } }) => Promise.resolve(input.request.runId),
    endIt: (input: { readonly runId: string }) => Promise.resolve(input.runId),
    look: (_input: { readonly reason: string }) => Promise.resolve('x'),
  });
  expect(await activities.planIt({ request: { runId: 'run-1' } })).toBe('run-1');
  await activities.endIt({ runId: 'run-1' });
  await activities.endIt({ runId: 'run-2' });
  await activities.look({ reason: 'timer' });
  const [first, second, other, outside] = seen;
  expect(first?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(first?.traceId).toBe(second?.traceId);
  expect(first?.traceId).toBe(trace.getSpanContext(runContext('run-1'))?.traceId);
  expect(other?.traceId).not.toBe(first?.traceId);
  expect(outside?.traceId).toBeNull();
  expect(seen.map(({ name }) => name)).toEqual(['activity planIt', 'activity endIt', 'activity endIt', 'activity look']);
});

test('a port\'s call is a span named after it, with the stamp and what of it', async () => {
  const ports = tracedPorts(openSandbox().ports);
  const eastus2 = stampOf(sampleFleet(), 'eastus2');
  seen = [];
  await ports.compute.applyPoolBounds(eastus2, 'user1', { minCount: 5, maxCount: 5 }, { minCount: 1, maxCount: 1 });
  expect(seen[0]).toMatchObject({ name: 'compute.applyPoolBounds', attributes: { 'spillway.stamp': 'eastus2', 'spillway.subject': 'user1', 'spillway.end': 'refused:conflict' } });
});

test('without a connection string nothing is loaded', async () => {
  expect(await startTelemetry({ connectionString: null, credential: { getToken: () => Promise.resolve(null) } })).toBe('off');
});

test('a certificate is a point for each loss, with what binds', () => {
  const points: [number, Attributes | undefined][] = [];
  const gauge: Gauge = { record: (value, attributes) => { points.push([value, attributes]); } };
  metrics.setGlobalMeterProvider({ getMeter: () => ({ createGauge: () => gauge }) as Partial<Meter> as Meter }); // all that is called
  const loss = (lose: string, survives: 'yes' | 'no' | 'unknown') => ({ lose: [lose], survives, binding: survives === 'no' ? { stamp: 'westus3', constraint: 'poolMax' as const, subject: 'user1', missing: 1, unit: 'nodes', fix: 'raise it' } : null, readyInSeconds: null, unknown: [] });
  showCertificate({ at: 0, standsOn: [], losses: [loss('eastus2', 'yes'), loss('centralus', 'no'), loss('westus3', 'unknown')] }, 'northeurope');
  metrics.disable();
  expect(points).toEqual([
    [1, { 'spillway.control_region': 'northeurope', 'spillway.lose': 'eastus2', 'spillway.binding': 'none' }],
    [-1, { 'spillway.control_region': 'northeurope', 'spillway.lose': 'centralus', 'spillway.binding': 'westus3: poolMax' }],
    [0, { 'spillway.control_region': 'northeurope', 'spillway.lose': 'westus3', 'spillway.binding': 'none' }],
  ]);
});
