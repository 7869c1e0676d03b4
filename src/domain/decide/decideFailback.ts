import type { Assessment } from '../assessment.ts';
import { coolDownOf } from './coolDown.ts';
import type { DecideInput, Decision, DrainedStamp, RunProposal } from './decision.ts';
import { proposeRun } from './proposeRun.ts';

/**
 * The way back: a drain that has run out is ended, or escalated where its region is not healthy (I5, I10); a failed region
 * that has been healthy long enough gets its traffic back where policy says so. Null when there is nothing to do.
 * What an operator or a drill drained comes back by its own end or its expiry only. One that did not come to its end cools down first.
 */
export function decideFailback(input: DecideInput): Decision | null {
  if (input.activeRun !== null || input.drained.length === 0) return null;
  const expired = expiredDrains(input);
  const stuck = expired.filter((one) => assessmentOf(input, one)?.verdict !== 'healthy');
  const endable = expired.filter((one) => !stuck.includes(one));
  const recovered = input.drained.filter((one) => !expired.includes(one) && mayComeBack(input, one));
  const back = [...endable, ...recovered];
  if (back.length === 0 && stuck.length === 0) return null;
  if (back.length === 0) {
    return { kind: 'escalate', cause: 'drainExpired', stamps: stuck.map((one) => one.stamp), why: stuck.map((one) => `the drain of ${one.stamp} (run ${one.runId}) has run out and the region is ${assessmentOf(input, one)?.verdict ?? 'unknown'}`).join(' | ') };
  }
  const why = [
    ...endable.map((one) => `the drain of ${one.stamp} (run ${one.runId}) has run out`),
    ...recovered.map((one) => `${one.stamp} has been healthy for ${input.fleet.policy.failback.stableMinutes} minutes`),
  ].join(' | ');
  if (input.controlsFreshness === 'lastKnown') return { kind: 'nothing', why: `mode and kill switch cannot be read (I8). ${why}` };
  const coolDowns = new Map(back.map((one) => [one.stamp, coolDownOf(input, one.stamp, 'failback')]));
  const ready = back.filter((one) => coolDowns.get(one.stamp) === null);
  if (ready.length === 0) return { kind: 'nothing', why: `${[...coolDowns.values()].flatMap((cooling) => (cooling === null ? [] : [cooling.why])).join(' | ')}. ${why}` };
  const run: RunProposal = { kind: 'failback', mode: 'graceful', stamps: ready.map((one) => one.stamp), scope: 'full', trigger: 'autoFailback' };
  return proposeRun(input, run, why);
}

/** Drains that have run out: each is ended, or a person is told, and either way it is on record (I5). */
export const expiredDrains = ({ drained, now }: Pick<DecideInput, 'drained' | 'now'>): readonly DrainedStamp[] => drained.filter(({ expiresAt }) => expiresAt <= now);

function mayComeBack(input: DecideInput, drained: DrainedStamp): boolean {
  const { failback } = input.fleet.policy;
  const assessment = assessmentOf(input, drained);
  return (
    failback.start === 'auto' &&
    drained.by === 'failover' &&
    assessment?.verdict === 'healthy' &&
    input.now - Math.max(assessment.since, drained.since) >= failback.stableMinutes * 60_000
  );
}

const assessmentOf = (input: DecideInput, drained: DrainedStamp): Assessment | undefined =>
  input.assessment.stamps.find((stamp) => stamp.stamp === drained.stamp);
