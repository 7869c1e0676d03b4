import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../sandbox/azure/index.ts';
import { parseMetricFilter } from '../../../sandbox/azure/monitor/filter.ts';
import { parseTimespan } from '../../../sandbox/azure/monitor/timespan.ts';
import { visibilityOf } from '../../../sandbox/azure/monitor/visibility.ts';
import { ask, ids, sampleAzure, startMs, type Asked, type SampleAzure } from '../sampleAzure.ts';

const minuteMs = 60_000;
let sample: SampleAzure;
let azure: Azure;
beforeEach(() => {
  sample = sampleAzure();
  azure = sample.azure;
  sample.clock.runUntil(startMs + 30 * minuteMs);
});

interface Body {
  readonly value: readonly { readonly timeseries: readonly { readonly metadatavalues: readonly { readonly value: string }[]; readonly data: readonly { readonly timeStamp: string; readonly total?: number; readonly average?: number; readonly count?: number }[] }[] }[];
  readonly interval: string;
  readonly timespan: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const query = (query: Readonly<Record<string, string>>, resource: string = ids.profile): Promise<Asked> =>
  ask(azure, `${resource}/providers/Microsoft.Insights/metrics?${new URLSearchParams({ 'api-version': '2024-02-01', timespan: `${iso(startMs)}/${iso(startMs + 30 * minuteMs)}`, interval: 'PT1M', ...query }).toString()}`);
const series = async (options: Readonly<Record<string, string>>, resource?: string): Promise<Body['value'][number]['timeseries']> => ((await query(options, resource)).body as Body).value[0]?.timeseries ?? [];

describe('metrics', () => {
  it('have a point for each minute asked for, and no value where none is known', async () => {
    const [all] = await series({ metricnames: 'RequestCount', aggregation: 'Total' });
    expect(all?.data).toHaveLength(30);
    expect(all?.data[0]?.timeStamp).toBe('2026-11-23T12:00:00Z');
    expect(all?.data.slice(-1)).toEqual([{ timeStamp: '2026-11-23T12:29:00Z' }]);
    expect(all?.data.filter((point) => point.total === 0)).toEqual([]);
  });

  it('come within three minutes of their minute, and are complete then but for gaps', async () => {
    sample.clock.runUntil(startMs + 33 * minuteMs);
    const [all] = await series({ metricnames: 'RequestCount', aggregation: 'Total' });
    expect(all?.data.filter((point) => point.total === undefined).length).toBeLessThanOrEqual(2);
  });

  it('of the origins add up to those of the edge', async () => {
    sample.clock.runUntil(startMs + 40 * minuteMs);
    const one = { timespan: `${iso(startMs + 5 * minuteMs)}/${iso(startMs + 25 * minuteMs)}`, interval: 'PT1M', aggregation: 'Total' };
    const edge = await series({ ...one, metricnames: 'RequestCount' });
    const origins = await series({ ...one, metricnames: 'OriginRequestCount', $filter: "Origin eq '*'" });
    expect(origins).toHaveLength(3);
    const both = (edge[0]?.data ?? []).flatMap((point, index) => (point.total === undefined || origins[0]?.data[index]?.total === undefined ? [] : [[point.total, origins.reduce((sum, each) => sum + (each.data[index]?.total ?? 0), 0)] as const]));
    expect(both.length).toBeGreaterThan(15);
    for (const [edgeTotal, originTotal] of both) expect(Math.abs(edgeTotal - originTotal)).toBeLessThan(edgeTotal * 0.001);
  });

  it('are summed into longer steps', async () => {
    sample.clock.runUntil(startMs + 40 * minuteMs);
    const minutes = await series({ metricnames: 'RequestCount', aggregation: 'Total,Count', interval: 'PT1M' });
    const steps = await series({ metricnames: 'RequestCount', aggregation: 'Total,Count', interval: 'PT15M' });
    expect(steps[0]?.data).toHaveLength(2);
    const sum = (data: readonly { readonly total?: number }[] | undefined): number => (data ?? []).reduce((all, point) => all + (point.total ?? 0), 0);
    expect(sum(steps[0]?.data)).toBe(sum(minutes[0]?.data));
  });

  it.each([
    ["Origin eq 'eastus2.origin.sandbox.test'", 1],
    ["Origin eq 'EASTUS2.origin.sandbox.test' or Origin eq 'westus3.origin.sandbox.test'", 2],
    ["(Origin eq '*') and HttpStatusGroup eq '2XX'", 3],
    ["Origin ne 'eastus2.origin.sandbox.test'", 2],
    ["Origin startswith 'west'", 1],
    ["Origin eq 'nobody'", 0],
  ])('filter %s', async (filter, expected) => {
    expect(await series({ metricnames: 'OriginRequestCount', $filter: filter })).toHaveLength(expected);
  });

  it('of a gateway have its dimensions; blind signals leave nothing, and no zero', async () => {
    const healthy = await series({ metricnames: 'HealthyHostCount' }, ids.gateway);
    expect(healthy[0]?.data.some((point) => (point.average ?? 0) > 0)).toBe(true);
    sample.world.faults.inject({ kind: 'signalsBlind', stamp: 'eastus2' });
    expect(await series({ metricnames: 'HealthyHostCount' }, ids.gateway)).toEqual([]);
  });

  it('take no more than `top` series, the busiest first where asked', async () => {
    const two = await series({ metricnames: 'RequestCount', $filter: "ClientCountry eq '*'", top: '2', orderby: 'total desc' });
    expect(two.map((each) => each.metadatavalues[0]?.value)[0]).toBe('United States');
    expect(two).toHaveLength(2);
  });

  it.each([
    ['a metric', { metricnames: 'Nope' }, /^Failed to find metric configuration for provider: Microsoft\.Cdn, resource Type: profiles, metric: Nope, Valid metrics: RequestCount,/],
    ['a dimension', { metricnames: 'OriginHealthPercentage', $filter: "Country eq '*'" }, /^Metric: OriginHealthPercentage does not support requested dimension combination: country, supported ones are: Origin,OriginGroup/],
    ['an interval', { metricnames: 'RequestCount', interval: 'PT2M' }, /^Invalid time grain duration: PT2M, supported ones are: PT1M,PT5M/],
    ['an aggregation', { metricnames: 'RequestCount', aggregation: 'Median' }, /^Invalid aggregation type: Median/],
    ['a timespan', { metricnames: 'RequestCount', timespan: 'yesterday' }, /^Invalid timespan: yesterday/],
    ['a timespan that runs backwards', { metricnames: 'RequestCount', timespan: `${iso(startMs)}/${iso(startMs - 1)}` }, /is not before the end/],
    ['a filter', { metricnames: 'RequestCount', $filter: 'ClientCountry is nice' }, /^Invalid filter/],
    ['a namespace', { metricnames: 'RequestCount', metricnamespace: 'Microsoft.Compute' }, /namespace 'Microsoft.Compute' is not supported/],
    ['a number of series', { metricnames: 'RequestCount', top: '-1' }, /parameter top is invalid/],
  ])('refuse %s that is not there', async (_name, options, message) => {
    const answer = await query(options);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'BadRequest', message: expect.stringMatching(message) });
  });

  it('are not there while Monitor is down; the rest of Resource Manager is', async () => {
    sample.world.faults.inject({ kind: 'monitorDown' });
    expect((await query({ metricnames: 'RequestCount' })).status).toBe(503);
    expect((await ask(azure, `${ids.profile}?api-version=2024-02-01`)).status).toBe(200);
  });

  it('of a resource that has none here are an honest refusal', async () => {
    expect((await query({ metricnames: 'x' }, ids.cluster)).status).toBe(501);
    expect((await query({ metricnames: 'x' }, `${ids.cluster}-nope`)).status).toBe(404);
  });
});

describe('parts', () => {
  it('lateness never goes beyond three minutes, and a minute that is visible stays so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 400_000 }), (minute, waitMs) => {
        const at = startMs + minute * minuteMs;
        const seen = visibilityOf(7, 's')(at, at + minuteMs + waitMs);
        if (waitMs < 30_000) expect(seen).not.toBe('visible');
        if (waitMs >= 180_000) expect(seen).not.toBe('late');
        if (seen === 'visible') expect(visibilityOf(7, 's')(at, at + minuteMs + waitMs + 1)).toBe('visible');
      }),
    );
  });

  it('one minute in about a hundred never comes', () => {
    const gaps = Array.from({ length: 10_000 }, (_, minute) => visibilityOf(7, 's')(startMs + minute * minuteMs, Number.MAX_SAFE_INTEGER)).filter((seen) => seen === 'gap');
    expect(gaps.length).toBeGreaterThan(60);
    expect(gaps.length).toBeLessThan(160);
  });

  it.each([
    ['PT1H', 60],
    ['P1D', 1440],
    ['2026-11-23T11:00:00Z/2026-11-23T11:30:00Z', 30],
    ['2026-11-23T11:00:00Z/PT10M', 10],
    ['PT10M/2026-11-23T11:00:00Z', 10],
    ['2026-11-23T11:00:00.123456%2F2026-11-23T11:30:00', 30],
    ['2026-11-23T11:00:00+02:00/2026-11-23T11:30:00+02:00', 30],
  ])('timespan %s is %s minutes', (text, minutes) => {
    const span = parseTimespan(text, startMs);
    expect(span.kind === 'parsed' ? (span.toMs - span.fromMs) / minuteMs : span.message).toBeOneOf([minutes, minutes + 1]);
  });

  it('any text is a filter or a refusal', () => {
    fc.assert(fc.property(fc.string(), (text) => ['parsed', 'invalid'].includes(parseMetricFilter(text).kind)));
    expect(parseMetricFilter("A eq 'it''s' and (B eq 'x and y' or B eq 'z')")).toEqual({ kind: 'parsed', dimensions: [{ dimension: 'A', operator: 'eq', values: ["it's"] }, { dimension: 'B', operator: 'eq', values: ['x and y', 'z'] }] });
  });
});
