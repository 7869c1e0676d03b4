import type { FleetAssessment } from '../domain/assessment.ts';
import { drillMayStart, type DrillPunctuality } from '../domain/decide/drill.ts';
import type { RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import { readAssessment } from './readAssessment.ts';
import { readFleetRuns } from './runIndex.ts';
import { runIdOf } from './runRequest.ts';
import type { OrchestrationStarter } from './contracts.ts';
import { startRun } from './startRun.ts';

export type DrillStarted = { readonly kind: 'started'; readonly runId: string } | { readonly kind: 'notNow'; readonly why: string };

/** A drill whose hour has come: starts it, or puts on record why not (I9). An exercise yields to everything that is real. */
export async function startDrill(ports: Ports, starter: OrchestrationStarter, name: string, punctuality: DrillPunctuality): Promise<DrillStarted> {
  const { fleet, clock } = ports;
  const drill = fleet.drills.find((candidate) => candidate.name === name);
  if (drill === undefined) return { kind: 'notNow', why: `the fleet file has no drill named ${name}` };
  const [assessment, runs, { controls, freshness }] = await Promise.all([readAssessment(ports), readFleetRuns(ports), ports.controls.readControls()]);
  const now = clock.now();
  const may = assessment === null
    ? ({ kind: 'mayNot', why: 'the fleet has not been assessed yet' } as const)
    : drillMayStart(drill, punctuality, { fleet, assessment, controls, controlsFreshness: freshness, now, ...runs });
  if (may.kind === 'mayNot') {
    if (assessment !== null) await recordRefusal(ports, name, `drill ${name} does not start: ${may.why}`, assessment, now);
    return { kind: 'notNow', why: may.why };
  }
  const request: RunRequest = {
    runId: runIdOf(ports.controlRegion, 'drill', [drill.stamp], now),
    kind: 'drill',
    mode: 'graceful',
    stamps: [drill.stamp],
    trigger: { by: 'drillSchedule', drill: name },
    reason: `scheduled drill ${name}`,
    requestedAt: now,
    expiresAt: now + (drill.holdMinutes + drillOverheadMinutes) * 60_000,
    controlRegion: ports.controlRegion,
    drill: name,
    scope: 'full',
  };
  const started = await startRun(ports, starter, request);
  if (started.kind === 'taken') return { kind: 'notNow', why: `run ${started.runId} was first` };
  return { kind: 'started', runId: request.runId };
}

/** Beyond the hold: room, shift and undo. What is left after that is a leak, which the reconciler takes back. */
const drillOverheadMinutes = 60;

async function recordRefusal(ports: Ports, drill: string, why: string, assessment: FleetAssessment, now: number): Promise<void> {
  await ports.ledger.record({
    id: `drill:${drill}:${now}`,
    runId: `watch-${ports.controlRegion}-${new Date(now).toISOString().slice(0, 10)}`,
    at: now,
    controlRegion: ports.controlRegion,
    epoch: 0,
    stamps: assessment.stamps.map(({ stamp }) => stamp),
    event: { type: 'Decided', decision: 'nothing', why, assessment },
  });
}
