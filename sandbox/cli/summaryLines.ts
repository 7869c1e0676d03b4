import type { Summary } from '../play/summary.ts';
import type { Scenario } from '../scenarios/index.ts';
import type { Paint } from './paint.ts';

/** The end of the show: how long each step took, what users suffered with and without, and whether all was as it should be. */
export function summaryLines(summary: Summary, scenario: Scenario, paint: Paint): readonly string[] {
  const { seconds, writes, users, violations, problems } = summary;
  const run = summary.kind === null ? 'no run was started' : `${summary.mode} ${summary.kind} of ${summary.region}: ${summary.outcome}`;
  return [
    '',
    paint('bold', `Summary of ${scenario.name}, seed ${summary.seed}: ${run}`),
    ...timeBars(seconds, paint),
    ...summary.shortOf.slice(0, bindingShown).map((line, index) => `${index === 0 ? 'binds first' : 'also short '} ${paint('cyan', line)}`),
    `writes     Front Door ${writes.frontDoor}, node pools ${writes.agentPools}, HPAs ${writes.hpas}; ledger ${summary.ledgerEntries} entries, chain ${summary.ledgerVerified ? 'verified' : 'BROKEN'}`,
    ...(summary.takenOverSeconds === null ? [] : [`taken over ${Math.round(summary.takenOverSeconds)} s after its controller died`]),
    ...suffering('failed requests     ', users.with.failedRequests, users.without.failedRequests, paint),
    ...suffering('user-error-minutes  ', users.with.userErrorMinutes, users.without.userErrorMinutes, paint),
    ...violations.map(({ at, invariant, message }) => paint('red', `violated ${invariant} at ${new Date(at).toISOString()}: ${message}`)),
    ...problems.map((problem) => paint('red', `not as the scenario's file says: ${problem}`)),
    violations.length + problems.length === 0 && summary.ledgerVerified
      ? paint('green', 'every invariant held, and the scenario ended as its file says it should')
      : paint('red', 'this is not how it should have ended'),
  ];
}

/** Constraints that are shown: the ledger has them all. */
const bindingShown = 3;

const barWidth = 48;

/** One bar per step, on the scale of the last: where the time went, at a glance. */
function timeBars(seconds: Summary['seconds'], paint: Paint): readonly string[] {
  const steps = [['detect', seconds.detect], ['decide', seconds.decide], ['make room', seconds.room], ['shift', seconds.shift], ['settle', seconds.settle]] as const;
  const longest = Math.max(1, ...steps.map(([, at]) => at ?? 0));
  return steps.map(([name, at]) => {
    if (at === null) return `${name.padEnd(10)} ${paint('dim', '-')}`;
    const filled = Math.max(1, Math.round((Math.max(0, at) / longest) * barWidth));
    return `${name.padEnd(10)} ${paint('cyan', '#'.repeat(filled))}${' '.repeat(barWidth - filled)} ${Math.round(at)} s after the fault`;
  });
}

function suffering(what: string, withSpillway: number, without: number, paint: Paint): readonly string[] {
  const longest = Math.max(1, withSpillway, without);
  const bar = (value: number): string => '#'.repeat(Math.round((value / longest) * barWidth)).padEnd(barWidth);
  return [
    `${what} with Spillway     ${paint('green', bar(withSpillway))} ${withSpillway.toLocaleString('en')}`,
    `${what} without it        ${paint('red', bar(without))} ${without.toLocaleString('en')}`,
  ];
}
