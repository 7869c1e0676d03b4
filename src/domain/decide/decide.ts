import type { Assessment } from '../assessment.ts';
import type { StampName } from '../fleet.ts';
import { decideFailback } from './decideFailback.ts';
import { decideFailover } from './decideFailover.ts';
import type { DecideInput, Decision } from './decision.ts';

/*
 * Order of the questions; the first that has an answer wins.
 *   kill switch on (I8) -> nothing       more than half seem to fail (I7) -> freeze
 *   a region has failed, or is suspected -> decideFailover       a drain is over, or a region has recovered -> decideFailback
 * Missing signals never start anything (I6); every answer, nothing included, goes to the ledger with its reason (I9).
 */
export function decide(input: DecideInput): Decision {
  const { assessment, controls } = input;
  if (controls.killSwitch === 'on') return nothing(`the kill switch is on, set by ${controls.setBy}`);
  if (assessment.observerSuspect) {
    const seen = assessment.stamps.filter((stamp) => stamp.unhealthyInARow > 0).map((stamp) => stamp.stamp);
    return { kind: 'freeze', cause: 'observerSuspect', stamps: seen, why: `${seen.join(', ')} seem to fail at once, which is more than half of the regions: the observer is the suspect` };
  }
  return decideFailover(input) ?? decideFailback(input) ?? nothing(quietReason(input));
}

export const nothing = (why: string): Decision => ({ kind: 'nothing', why });

function quietReason({ assessment, drained, activeRun }: DecideInput): string {
  const held = drained.length === 0 ? '' : `; drained: ${drained.map((one) => one.stamp).join(', ')}`;
  const running = activeRun === null ? '' : `; run ${activeRun.runId} is active`;
  return `${told('healthy', assessment.stamps)}${told('degraded', assessment.stamps)}${told('unhealthy', assessment.stamps)}${told('unknown', assessment.stamps)}`.replace(/^; /, '') + held + running;
}

function told(verdict: Assessment['verdict'], stamps: readonly Assessment[]): string {
  const names: StampName[] = stamps.filter((stamp) => stamp.verdict === verdict).map((stamp) => stamp.stamp);
  return names.length === 0 ? '' : `; ${verdict}: ${names.join(', ')}`;
}
