import { decideTakeover } from '../domain/decide/takeover.ts';
import type { FleetAssessment } from '../domain/assessment.ts';
import { gatesOpened } from '../domain/ledgerView/gatesOpened.ts';
import { leftDrained } from '../domain/ledgerView/leftDrained.ts';
import { openShifts } from '../domain/ledgerView/openShifts.ts';
import type { ChainedEntry } from '../domain/ledgerEvent.ts';
import { runStanding, type RunStanding } from '../domain/ledgerView/runStanding.ts';
import type { RunRequest } from '../domain/run.ts';
import type { FenceHolder } from '../ports/fence.ts';
import type { Ports } from '../ports/ports.ts';
import { assessmentKey } from './readAssessment.ts';
import { claimedRun } from './claimFleet.ts';
import { projectRun, type RunState } from './runIndex.ts';
import type { OrchestrationStarter } from './contracts.ts';

/**
 * At each look at the fleet, where a run is open: has whoever executed it gone? One cheap read while all is well. So a dead
 * controller's run goes on within its lease and one watch interval. One run at a time: the fence's, else the oldest.
 * @param open newest first.
 */
export async function takeOver(ports: Ports, starter: OrchestrationStarter, open: readonly RunRequest[]): Promise<void> {
  if (open.length === 0) return;
  const fence = await ports.fence.readHolder();
  if (fence?.lease === 'live') return;
  const first = open.find(({ runId }) => runId === fence?.runId) ?? open.at(-1);
  if (first !== undefined) await healOpenRun(ports, starter, first, fence);
}

/** One that the ledger knows as closed is projected as such; one that nobody executes is started here (I11). */
export async function healOpenRun(ports: Ports, starter: OrchestrationStarter, request: RunRequest, fence: FenceHolder | null): Promise<void> {
  const entries = await ports.ledger.readRun(request.runId);
  const standing = runStanding(entries);
  if (standing.closed !== null) {
    await projectRun(ports, stateOf(ports, entries, standing, request));
    return;
  }
  const executedBy = standing.executedBy ?? request.controlRegion;
  const decided = decideTakeover({
    controlRegion: ports.controlRegion,
    request,
    executedBy,
    fence,
    quietMs: ports.clock.now() - Math.max(request.requestedAt, standing.lastRecordAt),
    controllerSilentMs: executedBy === ports.controlRegion ? 0 : await silentMs(ports, executedBy),
  });
  switch (decided.kind) {
    case 'leave':
      return;
    case 'restart':
      await starter.start(request);
      return;
    case 'takeOver':
      await starter.start(request);
      await ports.notify.notify({
        kind: 'runTakenOver',
        runId: request.runId,
        title: `${request.kind} of ${request.stamps.join(', ')} is taken over by ${ports.controlRegion}`,
        text: `${decided.from} has stopped executing it; it goes on from the record`,
        until: null,
      });
  }
}

/**
 * A run that has the fleet and could not be projected when it was opened: nobody would take it over, and no other run could be
 * opened while it stands. It is projected from the record (I11).
 */
export async function projectClaimed(ports: Ports, projected: readonly RunState[]): Promise<void> {
  const runId = await claimedRun(ports);
  if (runId === null || projected.some(({ request }) => request.runId === runId)) return;
  const entries = await ports.ledger.readRun(runId);
  const standing = runStanding(entries);
  if (standing.request !== null) await projectRun(ports, stateOf(ports, entries, standing, standing.request));
}

function stateOf({ fleet }: Ports, entries: readonly ChainedEntry[], { request, closed }: RunStanding, asOpened: RunRequest): RunState {
  const of = request ?? asOpened;
  const endedEarly = closed !== null && closed.outcome !== 'completed' && of.kind !== 'failback';
  return {
    request: of,
    outcome: closed?.outcome ?? null,
    closedAt: closed?.at ?? null,
    openShifts: closed !== null && openShifts(entries).length > 0 ? 'some' : 'none',
    ...(closed === null ? {} : { returned: gatesOpened(entries) }),
    ...(endedEarly ? { leftDrained: leftDrained(entries, fleet) } : {}),
  };
}

/** Each control-plane region keeps its last look at the fleet: the sign of life that another one can see. */
async function silentMs(ports: Ports, controlRegion: string): Promise<number> {
  const seen = await ports.state.read<FleetAssessment>(assessmentKey(controlRegion));
  return seen === null ? Number.POSITIVE_INFINITY : ports.clock.now() - seen.value.at;
}
