import type { FleetAssessment } from '../assessment.ts';
import type { LoadFacts } from '../facts.ts';
import type { Drill, StampName } from '../fleet.ts';
import { known, unknown, type Reading } from '../reading.ts';
import { coolDownOf } from './coolDown.ts';
import type { DecideInput } from './decision.ts';
import { groupWithoutSurvivor } from './groupWithoutSurvivor.ts';

export type DrillStart =
  | { readonly kind: 'may' }
  | { readonly kind: 'mayNot'; readonly code: 'blockedWindow' | 'killSwitch' | 'observeMode' | 'controlsUnknown' | 'busy' | 'notHealthy' | 'drained' | 'coolDown' | 'lastHealthyOrigin' | 'missed'; readonly why: string };

/** `missed`: the hour came while the app did not run. The Functions host makes up for that at its next start, whatever the hour is then. */
export type DrillPunctuality = 'due' | 'missed';

/** Whether a drill whose hour has come may start: an exercise yields to everything that is real, and is not made up for at another hour. */
export function drillMayStart(drill: Drill, punctuality: DrillPunctuality, input: DecideInput): DrillStart {
  if (punctuality === 'missed') return mayNot('missed', 'its hour passed while the app was not running; the next one is by schedule');
  const { controls, assessment, activeRun, drained, now } = input;
  const day = new Date(now).toISOString().slice(0, 10);
  const window = drill.blockedWindows.find((one) => one.from <= day && day <= one.to);
  if (window !== undefined) return mayNot('blockedWindow', `blocked from ${window.from} to ${window.to}: ${window.reason}`);
  if (controls.killSwitch === 'on') return mayNot('killSwitch', `the kill switch is on, set by ${controls.setBy}`);
  if (input.controlsFreshness === 'lastKnown') return mayNot('controlsUnknown', 'mode and kill switch cannot be read');
  if (controls.mode === 'observe') return mayNot('observeMode', 'mode observe writes nothing');
  if (activeRun !== null) return mayNot('busy', `run ${activeRun.runId} is active`);
  if (drained.length > 0) return mayNot('drained', `drained already: ${drained.map((one) => one.stamp).join(', ')}`);
  const bad = input.fleet.stamps.filter((stamp) => verdictOf(assessment, stamp.name) !== 'healthy');
  if (assessment.observerSuspect || bad.length > 0) return mayNot('notHealthy', `not all regions are healthy: ${bad.map((stamp) => `${stamp.name} is ${verdictOf(assessment, stamp.name)}`).join(', ')}`);
  const cooling = coolDownOf(input, drill.stamp, 'drill');
  if (cooling !== null) return mayNot('coolDown', cooling.why);
  const stranded = groupWithoutSurvivor(input, [drill.stamp]);
  return stranded === null ? { kind: 'may' } : mayNot('lastHealthyOrigin', `origin group ${stranded} has no other healthy region (I1)`);
}

export type DrillVerdict = { readonly kind: 'continue' } | { readonly kind: 'abort'; readonly why: string };

/** Whether a running drill ends now: users suffer, nobody can see whether they do, or something real has happened. */
export function drillMustAbort(drill: Drill, seen: { readonly experience: Reading<FleetExperience>; readonly assessment: FleetAssessment }): DrillVerdict {
  const { experience, assessment } = seen;
  const failing = drillYieldsTo([drill.stamp], assessment);
  if (failing.length > 0) return abort(`${failing.join(', ')} failing: the drill yields`);
  if (assessment.observerSuspect) return abort('more than half of the regions seem to fail at once');
  if (experience.kind === 'unknown') return abort(`what users meet cannot be seen: ${experience.why}`);
  const { errorRate, latencyMs } = experience.value;
  if (errorRate > drill.abort.errorRateAbove) return abort(`${(errorRate * 100).toFixed(1)} % of requests fail, limit ${(drill.abort.errorRateAbove * 100).toFixed(1)} %`);
  if (latencyMs > drill.abort.latencyMsAbove) return abort(`mean latency is ${Math.round(latencyMs)} ms, limit ${drill.abort.latencyMsAbove} ms`);
  return { kind: 'continue' };
}

/** Stamps outside the drill that look bad in this very round: it does not wait for a failure to be confirmed. */
export const drillYieldsTo = (drilled: readonly StampName[], assessment: FleetAssessment): readonly StampName[] =>
  assessment.stamps.filter(({ stamp, roundVerdict }) => !drilled.includes(stamp) && roundVerdict === 'unhealthy').map(({ stamp }) => stamp);

/** What users of the whole fleet meet: each stamp weighs as many requests as it serves. */
export interface FleetExperience {
  readonly errorRate: number;
  readonly latencyMs: number;
}

/** Unknown as soon as one stamp in service is: the missing one may be the one that fails (I6). */
export function fleetExperience(loads: Readonly<Record<StampName, Reading<LoadFacts>>>, drained: readonly StampName[], now: number): Reading<FleetExperience> {
  let requests = 0;
  let failed = 0;
  let latency = 0;
  let observedAt = now;
  for (const [stamp, load] of Object.entries(loads)) {
    if (load.kind === 'unknown') {
      if (drained.includes(stamp)) continue;
      return unknown(`${stamp}: ${load.why}`, load.observedAt);
    }
    requests += load.value.requestsPerSecond;
    failed += load.value.requestsPerSecond * load.value.errorRate;
    latency += load.value.requestsPerSecond * load.value.latencyMs;
    observedAt = Math.min(observedAt, load.observedAt);
  }
  return requests === 0 ? unknown('no requests anywhere', observedAt) : known({ errorRate: failed / requests, latencyMs: latency / requests }, observedAt);
}

const verdictOf = (assessment: FleetAssessment, name: StampName): string => assessment.stamps.find((stamp) => stamp.stamp === name)?.verdict ?? 'unknown';
const mayNot = (code: Extract<DrillStart, { kind: 'mayNot' }>['code'], why: string): DrillStart => ({ kind: 'mayNot', code, why });
const abort = (why: string): DrillVerdict => ({ kind: 'abort', why });
