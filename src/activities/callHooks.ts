import type { Ports } from '../ports/ports.ts';
import type { RunStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { recordStep } from './runLog.ts';

/** Post-shift hooks of the fleet file, unless the run is no longer ours. Their failure is on record and changes nothing: the traffic has moved. */
export async function callHooks(ports: Ports, step: RunStep): Promise<{ readonly called: number }> {
  if ((await mayProceed(ports, step)).kind === 'stopped') return { called: 0 };
  for (const hook of ports.fleet.postShiftHooks) {
    const result = await ports.checks.callHook(hook, step.request.runId);
    await recordStep(ports, step, `hook:${hook.name}`, { type: 'HookCalled', hook: hook.name, result: result.kind, detail: result.detail });
  }
  return { called: ports.fleet.postShiftHooks.length };
}
