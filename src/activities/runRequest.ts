import type { RunProposal } from '../domain/decide/decision.ts';
import type { RunKind } from '../domain/plan.ts';
import type { RunRequest } from '../domain/run.ts';
import type { StampName } from '../domain/fleet.ts';
import type { Ports } from '../ports/ports.ts';

/** A decision of the watch as a run to start. */
export function runRequestOf(ports: Ports, run: RunProposal, why: string, now: number): RunRequest {
  return {
    runId: runIdOf(ports.controlRegion, run.kind, run.stamps, now),
    kind: run.kind,
    mode: run.mode,
    stamps: run.stamps,
    trigger: { by: run.trigger },
    reason: why,
    requestedAt: now,
    expiresAt: null,
    controlRegion: ports.controlRegion,
    drill: null,
    scope: run.scope,
  };
}

/**
 * Ids begin with the control-plane region, so that two regions never make the same one, and sort by time.
 * Such as "northeurope-20261122T101500Z-failover-eastus2".
 */
export function runIdOf(controlRegion: string, kind: RunKind, stamps: readonly StampName[], now: number): string {
  const second = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${controlRegion}-${second}-${kind}-${stamps.join('_')}`.slice(0, 100);
}
