import { beforeEach, describe, expect, test } from 'vitest';
import type { Observation, SignalSource } from '../../../src/domain/observation.ts';
import { sampleFleet } from '../support/fleet.ts';
import { driven, openSandbox, type SandboxHarness } from '../support/sandboxPorts.ts';

const fleet = sampleFleet();
const sources: readonly SignalSource[] = ['frontDoorOriginHealth', 'frontDoorOriginErrors', 'frontDoorOriginLatency', 'originProbe', 'gatewayHealthyHosts', 'kubernetesApi', 'nodeReadiness'];

describe('signals of the sandbox\'s world', () => {
  let sandbox: SandboxHarness;
  beforeEach(() => {
    sandbox = openSandbox();
    sandbox.advance(15 * 60_000);
  });

  const observe = async () => {
    const observations = await driven(sandbox, sandbox.ports.signals.observe(fleet.stamps));
    return (stamp: string, source: SignalSource): Observation['reading'] => {
      const found = observations.find((one) => one.stamp === stamp && one.source === source);
      if (found === undefined) throw new Error(`no ${source} of ${stamp}`);
      return found.reading;
    };
  };

  test('all seven of every stamp are known while all is well, and none is old', async () => {
    const of = await observe();
    for (const { name } of fleet.stamps) {
      for (const source of sources) {
        const reading = of(name, source);
        expect(reading, `${source} of ${name}`).toMatchObject({ kind: 'known' });
        expect(sandbox.clock.now() - reading.observedAt).toBeLessThanOrEqual(5 * 60_000);
      }
    }
  });

  test('a grey region shows in errors and latency while its probes still pass', async () => {
    sandbox.inject({ kind: 'grey', stamp: 'eastus2', severity: 0.4 });
    sandbox.advance(6 * 60_000);
    const of = await observe();
    const errors = of('eastus2', 'frontDoorOriginErrors');
    const others = of('westus3', 'frontDoorOriginErrors');
    expect(errors.kind === 'known' && errors.value.unit === 'rate' ? errors.value.value : 0).toBeGreaterThan(0.02);
    expect(others.kind === 'known' && others.value.unit === 'rate' ? others.value.value : 1).toBeLessThan(0.02);
  });

  test('a dead region is seen from outside; what only it could tell is unknown, never zero (I6)', async () => {
    sandbox.inject({ kind: 'regionDead', stamp: 'eastus2' });
    const of = await observe();
    const probe = of('eastus2', 'originProbe');
    expect(probe).toMatchObject({ kind: 'known', value: { unit: 'reach', vantagePoints: 2 } });
    expect(probe.kind === 'known' && probe.value.unit === 'reach' && ['refused', 'timedOut'].includes(probe.value.result)).toBe(true);
    expect(of('westus3', 'originProbe')).toMatchObject({ value: { result: 'ok' } });
    expect(of('eastus2', 'nodeReadiness')).toMatchObject({ kind: 'unknown' });
  });

  test('with Resource Manager down, metrics are unknown with the reason; clusters are reached at the addresses kept', async () => {
    await observe();
    sandbox.inject({ kind: 'armDown' });
    sandbox.advance(20_000);
    const of = await observe();
    expect(of('eastus2', 'frontDoorOriginHealth')).toMatchObject({ kind: 'unknown', why: expect.stringContaining('origin health') });
    expect(of('eastus2', 'originProbe')).toMatchObject({ kind: 'known', value: { result: 'ok' } });
    expect(of('eastus2', 'nodeReadiness')).toMatchObject({ kind: 'known' });
    expect(of('eastus2', 'kubernetesApi')).toMatchObject({ kind: 'known', value: { result: 'ok' } });
  });

  test('a fired alert on record is a signal of the stamps that it names', async () => {
    const alert = { alertId: 'a1', rule: 'checkout errors', severity: 1, condition: 'fired', at: sandbox.clock.now() - 60_000, stamps: ['eastus2'] };
    await sandbox.ports.state.write({ kind: 'alert', id: 'a1' }, alert, null);
    const observations = await driven(sandbox, sandbox.ports.signals.observe(fleet.stamps));
    expect(observations.filter(({ source }) => source === 'alert')).toEqual([
      { stamp: 'eastus2', source: 'alert', reading: { kind: 'known', observedAt: expect.any(Number), coversFrom: alert.at, value: { unit: 'alert', rule: 'checkout errors', severity: 1, condition: 'fired' } } },
    ]);
  });

  test('everything down at once: all unknown, nothing thrown', async () => {
    for (const kind of ['monitorDown', 'armDown', 'cosmosDown', 'blobDown', 'entraDown'] as const) sandbox.inject({ kind });
    const of = await observe();
    for (const source of sources.filter((one) => one !== 'originProbe')) expect(of('eastus2', source), source).toMatchObject({ kind: 'unknown' });
  });
});
