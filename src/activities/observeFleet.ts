import { assessFleet, type OwnDrains } from '../domain/assess/assessFleet.ts';
import type { FleetAssessment } from '../domain/assessment.ts';
import { decide } from '../domain/decide/decide.ts';
import { expiredDrains } from '../domain/decide/decideFailback.ts';
import { ledgerWord, type Decision } from '../domain/decide/decision.ts';
import type { RunRequest } from '../domain/run.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { Versioned } from '../ports/state.ts';
import type { ActivityInput, ActivityOutput } from './contracts.ts';
import { assessmentKey, rememberAssessment, seenByThisProcess } from './readAssessment.ts';
import { readFleetRuns, type FleetRuns } from './runIndex.ts';
import { runRequestOf } from './runRequest.ts';
import { stopRunOnRecord } from './stopRunOnRecord.ts';
import { tellDecision } from './tellDecision.ts';

/** The last assessment with what was decided on it, so that a decision goes to the ledger when it changes (I9). */
type WatchMemory = FleetAssessment & { readonly decided: string };

/**
 * One look at the fleet: collect signals, assess, decide, put the decision on record. Answers with the run to start, if
 * any. Every control-plane region does it; only the holder of the fence will act.
 */
export async function observeFleet(ports: Ports, { reason }: ActivityInput<'observeFleet'>): Promise<ActivityOutput<'observeFleet'>> {
  const { fleet, clock } = ports;
  const [observations, memory, runs, controls] = await Promise.all([
    ports.signals.observe(fleet.stamps),
    readMemory(ports),
    readRuns(ports),
    ports.controls.readControls(),
  ]);
  const now = clock.now();
  const assessment = assessFleet(memory?.value.stamps ?? seenByThisProcess(ports)?.stamps ?? [], observations, fleet.signals, now, ownDrains(runs));
  rememberAssessment(ports, assessment);
  const decision = decide({ fleet, assessment, controls: controls.controls, controlsFreshness: controls.freshness, now, ...runs });
  const remembered = await remember(ports, assessment, decision, memory, reason);
  if (remembered === 'changed') await recordExpired(ports, runs, now);
  return { start: await act(ports, decision, now), open: runs.openRequests };
}

async function act(ports: Ports, decision: Decision, now: number): Promise<RunRequest | null> {
  switch (decision.kind) {
    case 'start':
    case 'askApproval':
    case 'surgeOnly':
      return runRequestOf(ports, decision.run, decision.why, now);
    case 'supersede':
      if (decision.how === 'takesIn') return null;
      await stopRunOnRecord(ports, decision.runId, { kind: 'yield', by: 'watch', reason: decision.why });
      return runRequestOf(ports, decision.run, decision.why, now);
    case 'nothing':
    case 'freeze':
    case 'escalate':
      return null;
  }
}

/** What an active drain or drill does to its stamps is our own doing and no evidence against them, nor what is still seen of it after it has ended. */
function ownDrains({ drained, returned, activeRun }: FleetRuns): OwnDrains {
  const inProgress = activeRun !== null && (activeRun.kind === 'drain' || activeRun.kind === 'drill') ? activeRun.stamps : [];
  return { drained: [...drained.map(({ stamp }) => stamp), ...inProgress], returned };
}

async function readMemory(ports: Ports): Promise<Versioned<WatchMemory> | null> {
  return orNull(() => ports.state.read<WatchMemory>(assessmentKey(ports.controlRegion)));
}

const noRuns: FleetRuns = { activeRun: null, activeRequest: null, openRequests: [], recentRuns: [], drained: [], returned: {} };

const readRuns = async (ports: Ports): Promise<FleetRuns> => (await orNull(() => readFleetRuns(ports))) ?? noRuns;

async function remember(ports: Ports, assessment: FleetAssessment, decision: Decision, memory: Versioned<WatchMemory> | null, reason: string): Promise<'changed' | 'same'> {
  const decided = `${decision.kind}${'cause' in decision ? ` (${decision.cause})` : ''}: ${verdicts(assessment)}`;
  await orNull(() => ports.state.write<WatchMemory>(assessmentKey(ports.controlRegion), { ...assessment, decided }, memory?.etag ?? null));
  if (memory?.value.decided === decided) return 'same';
  const day = new Date(assessment.at).toISOString().slice(0, 10);
  await ports.ledger.record({
    id: `decided:${assessment.at}`,
    runId: `watch-${ports.controlRegion}-${day}`,
    at: assessment.at,
    controlRegion: ports.controlRegion,
    epoch: 0,
    stamps: assessment.stamps.map(({ stamp }) => stamp),
    event: { type: 'Decided', decision: ledgerWord(decision), why: `${decision.why} (asked by ${reason})`, assessment },
  });
  if (decision.kind === 'freeze' || decision.kind === 'escalate') {
    await tellDecision(ports, decision, assessment.at);
  }
  return 'changed';
}

/** In the record of the run that drained, whoever ends the drain (I5). Looked at again it is the same entry. */
async function recordExpired(ports: Ports, { drained }: FleetRuns, now: number): Promise<void> {
  for (const { stamp, runId, expiresAt } of expiredDrains({ drained, now })) {
    await ports.ledger.record({ id: `drainExpired:${stamp}`, runId, at: expiresAt, controlRegion: ports.controlRegion, epoch: 0, stamps: [stamp], event: { type: 'DrainExpired', stamp } });
  }
}

const verdicts = (assessment: FleetAssessment): string => assessment.stamps.map(({ stamp, verdict, roundVerdict }) => `${stamp}=${verdict}/${roundVerdict}`).join(' ');

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TransientError) return null;
    throw error;
  }
}
