import type { Assessment } from '../assessment.ts';
import type { RunMode, StampName } from '../fleet.ts';
import { coolDownOf, type CoolDown } from './coolDown.ts';
import type { ActiveRun, DecideInput, Decision, RunProposal } from './decision.ts';
import { groupWithoutSurvivor } from './groupWithoutSurvivor.ts';
import { proposeRun } from './proposeRun.ts';

/** What to do about regions that have failed or are suspected; null when there is none. */
export function decideFailover(input: DecideInput): Decision | null {
  const inService = input.assessment.stamps.filter((stamp) => !isDrained(input, stamp.stamp));
  const failed = inService.filter(hasFailed);
  if (failed.length > 0) return onFailure(input, failed);
  const suspected = inService.filter((stamp) => stamp.roundVerdict === 'unhealthy');
  return suspected.length > 0 ? onSuspicion(input, suspected) : null;
}

/** Failed after hysteresis, and still unhealthy in this very round: a recovering or unseen region starts nothing (I6). */
export const hasFailed = (stamp: Assessment): boolean => stamp.verdict === 'unhealthy' && stamp.roundVerdict === 'unhealthy';

function onFailure(input: DecideInput, failed: readonly Assessment[]): Decision {
  const names = failed.map((stamp) => stamp.stamp);
  const why = failed.map((stamp) => `${stamp.stamp} has failed: ${stamp.reason}`).join(' | ');
  const { activeRun } = input;
  const atWork = activeRun !== null && activeRun.scope === 'full' && (activeRun.kind === 'failover' || activeRun.kind === 'drain');
  if (activeRun !== null && atWork && names.every((name) => activeRun.stamps.includes(name))) {
    return { kind: 'nothing', why: `run ${activeRun.runId} is at work on ${names.join(', ')}` };
  }
  if (input.controls.mode === 'observe') return { kind: 'nothing', why: `mode observe: a failover would start now. ${why}` };
  if (input.controlsFreshness === 'lastKnown') {
    return { kind: 'nothing', why: `mode and kill switch cannot be read, and what was read last starts nothing (I8). ${why}` };
  }
  const lost = new Set([...names, ...input.drained.map((one) => one.stamp).filter((stamp) => isUnhealthy(input, stamp)), ...(atWork ? activeRun.stamps : [])]);
  if (lost.size > input.fleet.policy.maxRegionsFailing) {
    return { kind: 'freeze', cause: 'tooManyRegions', stamps: [...lost], why: `${[...lost].join(', ')} are more regions than policy.maxRegionsFailing (${input.fleet.policy.maxRegionsFailing}) allows. ${why}` };
  }
  const stranded = groupWithoutSurvivor(input, [...lost]);
  if (stranded !== null) return { kind: 'freeze', cause: 'noSurvivor', stamps: [...lost], why: `origin group ${stranded} would have no healthy region left (I1). ${why}` };
  const run = failoverOf([...lost].filter((name) => !isDrained(input, name)), failed.some((stamp) => stamp.trafficAlreadyGone) ? 'ungraceful' : 'graceful', 'full');
  if (activeRun !== null) return superseding(activeRun, run, why);
  const cooling = coolDownOfAny(input, names);
  if (cooling !== null && holdsBack(cooling, run.mode)) {
    return cooling.outcome === 'blocked' ? { kind: 'nothing', why: `${cooling.why}. ${why}` } : { kind: 'escalate', cause: 'coolingDown', stamps: names, why: `${cooling.why}. ${why}` };
  }
  return proposeRun(input, run, why);
}

/**
 * Room costs money and harms nobody, so suspicion is enough for it; traffic waits for a confirmed failure. It is enough to end a
 * drill, too: the region that it took out is needed.
 */
function onSuspicion(input: DecideInput, suspected: readonly Assessment[]): Decision | null {
  const names = suspected.map((stamp) => stamp.stamp);
  const why = suspected.map((stamp) => `${stamp.stamp} is suspected (${stamp.unhealthyInARow} of ${input.fleet.signals.failAfter}): ${stamp.reason}`).join(' | ');
  const { activeRun } = input;
  if (activeRun !== null && (activeRun.kind !== 'drill' || names.every((name) => activeRun.stamps.includes(name)))) return null;
  if (input.controls.mode === 'observe') return { kind: 'nothing', why: `mode observe: a surge would start now. ${why}` };
  if (input.controlsFreshness === 'lastKnown') return { kind: 'nothing', why: `mode and kill switch cannot be read (I8). ${why}` };
  if (names.length + input.drained.length > input.fleet.policy.maxRegionsFailing) {
    return { kind: 'nothing', why: `more regions suspected or drained than policy.maxRegionsFailing (${input.fleet.policy.maxRegionsFailing}) allows. ${why}` };
  }
  const stranded = groupWithoutSurvivor(input, names);
  if (stranded !== null) return { kind: 'nothing', why: `origin group ${stranded} would have no healthy region to surge. ${why}` };
  const held = input.recentRuns.find((run) => run.outcome === 'surgeHeld' && names.every((name) => run.stamps.includes(name)) && input.now - run.closedAt < input.fleet.policy.surgeExpiryMinutes * 60_000);
  if (held !== undefined) return { kind: 'nothing', why: `the surge of run ${held.runId} is still held. ${why}` };
  const cooling = coolDownOfAny(input, names);
  if (cooling !== null) return { kind: 'nothing', why: `${cooling.why}. ${why}` };
  const run = failoverOf(names, suspected.some((stamp) => stamp.trafficAlreadyGone) ? 'ungraceful' : 'graceful', 'surgeOnly');
  return activeRun === null ? { kind: 'surgeOnly', run, why } : superseding(activeRun, run, why);
}

const coolDownOfAny = (input: DecideInput, names: readonly StampName[]): CoolDown | null =>
  names.map((name) => coolDownOf(input, name, 'failover')).find((cooling) => cooling !== null) ?? null;

/** Where traffic has left already there is nothing to flap, and room is needed at once; a person's no still counts. */
const holdsBack = ({ outcome }: CoolDown, mode: RunMode): boolean => mode === 'graceful' || outcome === 'aborted' || outcome === 'declined' || outcome === 'blocked';

function superseding({ kind, runId }: ActiveRun, run: RunProposal, why: string): Decision {
  const how = kind === 'failover' || kind === 'drain' ? 'takesIn' : 'givesWay';
  return { kind: 'supersede', runId, how, run, why: `${how === 'takesIn' ? `run ${runId} takes it in` : `${kind} ${runId} gives way`}. ${why}` };
}

const failoverOf = (stamps: readonly StampName[], mode: RunMode, scope: RunProposal['scope']): RunProposal => ({ kind: 'failover', mode, stamps, scope, trigger: 'watch' });

const isDrained = (input: DecideInput, stamp: StampName): boolean => input.drained.some((one) => one.stamp === stamp);

const isUnhealthy = (input: DecideInput, stamp: StampName): boolean =>
  input.assessment.stamps.some((one) => one.stamp === stamp && one.verdict === 'unhealthy');
