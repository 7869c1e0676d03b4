import type { DrainedGroup } from '../facts.ts';
import type { StampName } from '../fleet.ts';
import type { LedgerEvent } from '../ledgerEvent.ts';
import { percent, rate } from '../render/format.ts';
import { targetKey } from '../undo.ts';
import { settingText } from './settingText.ts';

/** One ledger event in one line, for timelines. */
export function describeEvent(event: LedgerEvent): string {
  switch (event.type) {
    case 'RunOpened':
      return `${event.request.kind} of ${event.request.stamps.join(', ')} opened, ${event.request.mode}, by ${event.request.trigger.by}: ${event.request.reason}`;
    case 'FenceTaken':
      if (event.takenOverFrom !== null) return `fence taken over from ${event.takenOverFrom}: going on from the record`;
      return event.previousRunId === null ? 'fence taken' : `fence taken after run ${event.previousRunId}`;
    case 'RunHandedOver':
      return `stopped here, nothing more is touched: ${event.why}`;
    case 'Decided':
      return `decided ${event.decision}: ${event.why}`;
    case 'PlanMade':
      return `plan made, revision ${event.plan.revision}: ${event.plan.surges.length} stamps to surge, ${event.plan.shifts.length} origins to shift, ${event.findings.length} findings`;
    case 'PlanBlocked':
      return `blocked: ${event.reasons.map((reason) => reason.message).join('; ')}`;
    case 'PhaseEntered':
      return `phase ${event.phase}`;
    case 'ApprovalAsked':
      return `approval asked until ${iso(event.until)}`;
    case 'ApprovalGiven':
      return `approved by ${event.by}`;
    case 'ApprovalMissed':
      return 'nobody approved in time';
    case 'AbortAsked':
      return `abort asked by ${event.by}: ${event.reason}`;
    case 'WriteIntended':
      return `about to set ${targetKey(event.write)} to ${settingText(event.write)}; undo: ${settingText(event.undo)}`;
    case 'WriteSucceeded':
      return `${targetKey(event.write)} ${event.alreadyThere === 'found' ? 'was' : 'set to'} ${settingText(event.write)}${event.alreadyThere === 'found' ? ' already' : ''}`;
    case 'WriteRefused':
      return `${targetKey(event.write)} not set to ${settingText(event.write)} (${event.reaction}): ${event.why}`;
    case 'NodesSeen':
      return `${event.stamp}: pool ${event.pool} has ${event.ready} of ${event.wanted} nodes ready`;
    case 'ReplicasSeen':
      return `${event.stamp}: ${event.workload} has ${event.ready} of ${event.wanted} replicas ready`;
    case 'CapacityProved':
      return `room proved: ${event.stamps.map((one) => `${one.stamp} ${rate(one.requestsPerSecondAfter)} of ${rate(one.capacityRequestsPerSecond)} requests/s (${percent(one.utilisation)})`).join(', ')}`;
    case 'CapacityNotProved':
      return `room not proved: ${event.why.join('; ')}`;
    case 'SharesSeen':
      return `shares seen: ${Object.entries(event.shares).map(([stamp, share]) => `${stamp} ${percent(share)} (wanted ${percent(event.wanted[stamp] ?? 0)})`).join(', ')}`;
    case 'ShiftVerified':
      return `shift verified by ${event.by}`;
    case 'ShiftUnverified':
      return `shift not verified: ${event.why}`;
    case 'ShiftOverdue':
      return `Front Door has not taken ${event.origins.join(', ')} since ${iso(event.since)}: a person was told`;
    case 'DrainMeasured':
      return `users of ${event.stamp} measured while it is drained: ${event.groups.map((group) => `${group.name}: ${wentTo(event.stamp, group)}`).join('; ')}`;
    case 'SurgeHandedBack':
      return `${event.stamp}: surge handed back${event.kept.length > 0 ? `; kept ${event.kept.join(', ')}` : ''}`;
    case 'PersonTold':
      return `a person was told (${event.about}): ${event.why}`;
    case 'RoomOverdue':
      return `lent room is not back (${event.left.join('; ')}); ${event.next === 'givenUp' ? 'it is left as it is' : 'looked at again for a day'}: a person was told`;
    case 'DrainExpired':
      return `drain of ${event.stamp} has run out`;
    case 'ControlsSet':
      return `kill switch ${event.controls.killSwitch}, mode ${event.controls.mode}, set by ${event.controls.setBy}`;
    case 'AlertReceived':
      return `alert "${event.rule}" ${event.condition}`;
    case 'HookCalled':
      return `hook ${event.hook} ${event.result}: ${event.detail}`;
    case 'CertificateChanged':
      return `certificate: ${survivalText(event.survives)}${event.binding === null ? '' : `; ${event.binding}`}`;
    case 'RunClosed':
      return `closed, ${event.outcome}: ${event.why}`;
  }
}

const wentTo = (stamp: StampName, { requestsPerSecond, requestsPerSecondDrained }: DrainedGroup): string =>
  Object.keys(requestsPerSecond).filter((other) => other !== stamp).map((other) => `${other} from ${rate(requestsPerSecond[other] ?? 0)} to ${rate(requestsPerSecondDrained[other] ?? 0)} requests/s`).join(', ');

const iso = (ms: number): string => new Date(ms).toISOString();

/** Grouped by answer, the good one first. */
function survivalText(survives: Extract<LedgerEvent, { type: 'CertificateChanged' }>['survives']): string {
  const words = { yes: 'would survive the loss of', no: 'would NOT survive the loss of', unknown: 'not known for the loss of' } as const;
  return (['yes', 'no', 'unknown'] as const)
    .flatMap((answer) => {
      const lost = Object.entries(survives).filter(([, found]) => found === answer).map(([stamp]) => stamp);
      return lost.length === 0 ? [] : [`${words[answer]} ${lost.join(', ').replace(/, (?=[^,]*$)/, ' or ')}`];
    })
    .join('; ');
}
