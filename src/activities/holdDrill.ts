import { drillMustAbort, fleetExperience } from '../domain/decide/drill.ts';
import { heldBy, holdLost } from '../domain/planning/index.ts';
import { workloadsOf } from '../domain/workloadsOf.ts';
import type { Ports } from '../ports/ports.ts';
import { stampNamed } from './applyWrite.ts';
import type { HoldStep, RunStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { loadPlan } from './loadPlan.ts';
import { measureDrill } from './measureDrains.ts';
import { readAssessment } from './readAssessment.ts';

/**
 * One look during a drill's hold: users must not suffer for an exercise, and a real failure ends it at once. So does another owner who takes
 * back what holds the room for their return: the pods are there for some minutes still (ADR 0309).
 */
export async function holdDrill(ports: Ports, step: RunStep): Promise<HoldStep> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  const drill = ports.fleet.drills.find(({ name }) => name === step.request.drill);
  if (drill === undefined) return { kind: 'mustEnd', why: `drill ${step.request.drill ?? ''} is no longer in the fleet file` };
  const [assessment, loads] = await Promise.all([readAssessment(ports), ports.demand.readLoad(ports.fleet.stamps)]);
  if (assessment === null) return { kind: 'mustEnd', why: 'the assessment of the fleet cannot be read' };
  const verdict = drillMustAbort(drill, { assessment, experience: fleetExperience(loads, step.request.stamps, ports.clock.now()) });
  if (verdict.kind === 'abort') return { kind: 'mustEnd', why: verdict.why };
  const lost = await lostHolds(ports, step);
  if (lost.length > 0) return { kind: 'mustEnd', why: lost.join('; ') };
  await measureDrill(ports, step, { assessment, loads });
  return { kind: 'holding' };
}

async function lostHolds(ports: Ports, step: RunStep): Promise<readonly string[]> {
  const holds = heldBy(await loadPlan(ports, step));
  const lost = await Promise.all(
    holds.map(async (hold) => {
      const stamp = stampNamed(ports.fleet, hold.stamp);
      return holdLost(hold, await ports.workloads.readWorkloads(stamp, workloadsOf(ports.fleet, stamp)));
    }),
  );
  return lost.flat();
}
