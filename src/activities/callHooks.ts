import type { Ports } from '../ports/ports.ts';
import type { RunStep } from './contracts.ts';
import { recordStep } from './runLog.ts';

/** Post-shift hooks of the fleet file. Their failure is on record and changes nothing: the traffic has moved. */
export async function callHooks(ports: Ports, step: RunStep): Promise<{ readonly called: number }> {
  for (const hook of ports.fleet.postShiftHooks) {
    const result = await ports.checks.callHook(hook, step.request.runId);
    await recordStep(ports, step, `hook:${hook.name}`, { type: 'HookCalled', hook: hook.name, result: result.kind, detail: result.detail });
  }
  return { called: ports.fleet.postShiftHooks.length };
}
