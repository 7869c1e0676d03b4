import { z } from 'zod';
import type { Stamp } from '../../../domain/fleet.ts';
import type { FleetAssessment } from '../../../domain/assessment.ts';
import type { FleetRunsView } from '../deps.ts';
import { isoInstants } from '../isoInstants.ts';
import { findStamp, isProblem, regionParams } from '../regionParams.ts';
import { answer, defineRoute, nothingGiven } from '../route.ts';

const verdict = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']);
const instant = z.iso.datetime();

const region = z.object({
  name: z.string(),
  region: z.string().describe('Azure region.'),
  state: z.enum(['serving', 'drained']),
  drain: z.object({ runId: z.string(), by: z.enum(['failover', 'drain', 'drill']), since: instant, expiresAt: instant }).nullable(),
  activeRun: z.string().nullable().describe('Run that works on it now.'),
  health: z.object({
    verdict: verdict.describe('After hysteresis: what automation acts on.'),
    roundVerdict: verdict.describe('Of the last round alone.'),
    reason: z.string(),
    since: instant,
    at: instant,
    knownSignals: z.int(),
    trafficAlreadyGone: z.boolean(),
    signals: z.array(z.looseObject({ source: z.string(), vantage: z.enum(['inside', 'outside']), verdict, detail: z.string(), observedAt: instant })),
  }).nullable().describe('Null until the first look.'),
}).meta({ id: 'Region' });

const regionList = z.object({ at: instant.nullable().describe('When the fleet was last looked at.'), observerSuspect: z.boolean(), regions: z.array(region) }).meta({ id: 'Regions' });

export const listRegions = defineRoute({
  name: 'listRegions', method: 'GET', path: 'regions', access: 'Reader', durable: 'none',
  summary: 'Every region: health, signals, whether it serves', description: 'From the last look at the fleet; signals with their age.',
  params: nothingGiven, query: nothingGiven, requestHeaders: nothingGiven, body: null, problems: [],
  answers: { 200: { description: 'The regions, in the order of the fleet file.', schema: regionList } },
  async handle({ deps }) {
    const [assessment, runs] = await Promise.all([deps.view.readAssessment(), deps.view.readRuns()]);
    return answer(200, isoInstants({
      at: assessment?.at ?? null,
      observerSuspect: assessment?.observerSuspect ?? false,
      regions: deps.fleet.stamps.map((stamp) => regionView(stamp, assessment, runs)),
    }));
  },
});

export const getRegion = defineRoute({
  name: 'getRegion', method: 'GET', path: 'regions/{region}', access: 'Reader', durable: 'none',
  summary: 'One region', description: 'The same as in the list.',
  params: regionParams, query: nothingGiven, requestHeaders: nothingGiven, body: null, problems: ['unknownRegion'],
  answers: { 200: { description: 'The region.', schema: region } },
  async handle({ deps, params }) {
    const stamp = findStamp(deps, params.region);
    if (isProblem(stamp)) return stamp;
    const [assessment, runs] = await Promise.all([deps.view.readAssessment(), deps.view.readRuns()]);
    return answer(200, isoInstants(regionView(stamp, assessment, runs)));
  },
});

function regionView(stamp: Stamp, assessment: FleetAssessment | null, { drained, activeRun }: FleetRunsView): unknown {
  const drain = drained.find((one) => one.stamp === stamp.name);
  const seen = assessment?.stamps.find((one) => one.stamp === stamp.name);
  return {
    name: stamp.name,
    region: stamp.region,
    state: drain === undefined ? 'serving' : 'drained',
    drain: drain === undefined ? null : { runId: drain.runId, by: drain.by, since: drain.since, expiresAt: drain.expiresAt },
    activeRun: activeRun !== null && activeRun.stamps.includes(stamp.name) ? activeRun.runId : null,
    health: seen === undefined ? null : {
      verdict: seen.verdict, roundVerdict: seen.roundVerdict, reason: seen.reason, since: seen.since, at: seen.at,
      knownSignals: seen.knownSignals, trafficAlreadyGone: seen.trafficAlreadyGone, signals: seen.signals,
    },
  };
}
