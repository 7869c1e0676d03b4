import { describe, expect, it } from 'vitest';
import { installCoreApi, registerInto } from '../../../sandbox/host/functions/coreApi.ts';
import { FunctionRegistry } from '../../../sandbox/host/functions/functionRegistry.ts';
import { invokeFunction } from '../../../sandbox/host/functions/invokeFunction.ts';
import type { Activities } from '../../../src/activities/contracts.ts';
import { loadFleet } from '../../../src/config/loadFleet.ts';
import { fleetDocumentOf, loadScenario } from '../../../sandbox/scenarios/index.ts';

const loaded = loadFleet(JSON.stringify(fleetDocumentOf(loadScenario('drill'))), '.');
if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
const { fleet } = loaded;

/** A tick as the host hands it over. */
const tick = (isPastDue: boolean): string => JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: { Last: '0001-01-01T00:00:00', Next: '0001-01-01T00:00:00', LastUpdated: '0001-01-01T00:00:00' }, IsPastDue: isPastDue });

describe('the timer of a drill', () => {
  it('says whether its hour is now or passed while no host ran', async () => {
    installCoreApi();
    const { registerTimers } = await import('../../../src/functions/timers/registerTimers.ts');
    const registry = new FunctionRegistry((text) => text, () => undefined);
    const started: (readonly [string, string])[] = [];
    const chores = {
      look: (work: () => Promise<void>) => work(), reconcile: () => Promise.resolve(), takeOver: () => Promise.resolve(),
      startDrill: (drill: string, punctuality: string) => {
        started.push([drill, punctuality]);
        return Promise.resolve();
      },
    };
    await registerInto(registry, () => {
      registerTimers(noActivities, chores, fleet);
    });
    const [drill] = fleet.drills;
    const target = registry.functions.get(`drill-${drill?.name ?? ''}`);
    if (target === undefined) throw new Error('the drill has no timer');
    const client = Object.entries(target.bindings).find(([, { type }]) => type === 'durableClient')?.[0] ?? '';
    for (const isPastDue of [false, true]) {
      await invokeFunction(registry, target, { inputs: { [target.triggerName]: { json: tick(isPastDue) }, [client]: { string: '{"taskHubName":"t","creationUrls":{},"managementUrls":{},"baseUrl":"","requiredQueryStringParameters":"","rpcBaseUrl":"http://127.0.0.1:1/"}' } }, triggerMetadata: {} });
    }
    expect(started).toEqual([[drill?.name, 'due'], [drill?.name, 'missed']]);
  });
});

const noActivities = new Proxy({} as Activities, {
  get: (_target, name) => () => Promise.reject(new Error(`${String(name)} is not called by a drill's timer`)),
});
