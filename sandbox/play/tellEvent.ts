import type { LedgerEvent, Write } from '../../src/domain/ledgerEvent.ts';

/** A ledger event as one or more lines for a person; null where it is detail that the status table shows better. */
export function tellEvent(event: LedgerEvent): string | null {
  switch (event.type) {
    case 'RunOpened':
      return `run opened: ${event.request.scope === 'surgeOnly' ? 'room only, on suspicion, for a possible ' : ''}${event.request.kind} of ${event.request.stamps.join(', ')}, ${event.request.mode}`;
    case 'FenceTaken':
      return 'fence taken';
    case 'Decided':
      return `decided ${event.decision}: ${firstSentence(event.why)}`;
    case 'PlanMade':
      return event.rendering;
    case 'PlanBlocked':
      return `no plan: ${event.reasons.map(({ message }) => message).join('; ')}`;
    case 'PhaseEntered':
      return `phase: ${event.phase}`;
    case 'ApprovalAsked':
      return `approval asked until ${clockTime(event.until)}`;
    case 'ApprovalGiven':
      return `approved by ${event.by}`;
    case 'ApprovalMissed':
      return 'nobody approved in time';
    case 'AbortAsked':
      return `stop asked by ${event.by}: ${event.reason}`;
    case 'WriteSucceeded':
      return `set  ${tellWrite(event.write)}`;
    case 'WriteRefused':
      return `not set  ${tellWrite(event.write)}: ${event.why} (${event.reaction})`;
    case 'NodesSeen':
      return `${event.stamp}: ${event.ready} of ${event.wanted} nodes ready in ${event.pool}`;
    case 'ReplicasSeen':
      return `${event.stamp}: ${event.ready} of ${event.wanted} replicas of ${event.workload} ready`;
    case 'CapacityProved':
      return `proved: ${event.stamps.map(({ stamp, requestsPerSecondAfter, capacityRequestsPerSecond }) => `${stamp} will take ${round(requestsPerSecondAfter)}/s of ${round(capacityRequestsPerSecond)}/s`).join(', ')}`;
    case 'CapacityNotProved':
      return `not proved: ${event.why.join('; ')}`;
    case 'SharesSeen':
      return `shares by Front Door's metrics: ${Object.entries(event.shares).map(([stamp, share]) => `${stamp} ${percent(share)} (plan ${percent(event.wanted[stamp] ?? 0)})`).join(', ')}`;
    case 'ShiftVerified':
      return `verified by ${event.by}: the traffic has moved`;
    case 'ShiftUnverified':
      return `not verified: ${event.why}`;
    case 'SurgeHandedBack':
      return `room in ${event.stamp} handed back${event.kept.length > 0 ? `; kept: ${event.kept.join('; ')}` : ''}`;
    case 'RunClosed':
      return `run closed: ${event.outcome}, ${event.why}`;
    case 'HookCalled':
      return `hook ${event.hook}: ${event.result}, ${event.detail}`;
    case 'DrainExpired':
      return `the drain of ${event.stamp} has run out`;
    case 'ControlsSet':
      return `kill switch ${event.controls.killSwitch}, mode ${event.controls.mode}, set by ${event.controls.setBy}`;
    case 'AlertReceived':
      return `alert ${event.condition}: ${event.rule}`;
    case 'CertificateChanged':
      return `certificate: ${Object.entries(event.survives).map(([stamp, survives]) => `without ${stamp} ${survives}`).join(', ')}`;
    case 'WriteIntended':
    case 'Assessed':
      return null;
  }
}

export function tellWrite(write: Write): string {
  switch (write.target) {
    case 'pool':
      return `${write.stamp}: pool ${write.pool} ${write.set.minCount}..${write.set.maxCount} nodes`;
    case 'hpa':
      return `${write.stamp}: HPA ${write.namespace}/${write.hpa} ${write.set.minReplicas}..${write.set.maxReplicas} replicas`;
    case 'origin':
      return `${write.stamp}: origin ${write.originGroup}/${write.origin} ${write.set.enabled === 'Enabled' ? `weight ${write.set.weight}` : 'disabled'}`;
    case 'gate':
      return `${write.stamp}: gate ${write.set}`;
  }
}

const firstSentence = (text: string): string => (text.length > 240 ? `${text.slice(0, 239)}…` : text);
const round = (value: number): string => Math.round(value).toLocaleString('en');
export const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 19);
