import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarioFor } from '../../sandbox/cli/chooseScenario.ts';
import { readOptions } from '../../sandbox/cli/options.ts';
import { quantityOf } from '../../sandbox/world/cluster/quantity.ts';
import { playScenario } from '../../sandbox/play/playScenario.ts';
import { fleetDocumentOf, onDeployment, loadScenario, parseScenario, worldSpecOf, type Deployment, type Scenario } from '../../sandbox/scenarios/index.ts';
import { allocatableOf, skuNamed } from '../../sandbox/world/vmSizes.ts';
import { render } from '../../tools/infra-check/manifests.ts';
import { inMemoryApp } from '../support/inMemoryApp.ts';

const root = join(import.meta.dirname, '../..');
const params = (name: string): string => join(root, 'infra/params', name);
const gitops = join(root, 'gitops/overlays/flux');
const onFleet = (snapshot: string, policy = 'fleet.policy.yaml', scenario = 'grey-region'): Promise<Scenario> =>
  scenarioFor({ scenario, deployment: { snapshot: params(snapshot), policy: params(policy), gitops } });

/** kubectl renders the workloads: without it nothing here can be said. */
const kubectl = await render(gitops);
const missing = kubectl.kind === 'missing' ? kubectl.why : null;
if (missing !== null) console.warn(`skipped 5 cases of --fleet-from: ${missing}`);

describe.skipIf(missing !== null)('the fleet that would be deployed', () => {
  it('gives the world its machines, pools, networks, probes and HPAs', async () => {
    const spec = worldSpecOf(await onFleet('trial.snapshot.json'));
    expect(spec.frontDoor.originGroups).toMatchObject([{ name: 'web', latencyWindowMs: 30, probeIntervalSeconds: 30, probePath: '/spillway/gate' }]);
    expect(spec.stamps.map(({ name }) => name)).toEqual(['swc', 'gwc']);
    expect(spec.stamps[0]).toMatchObject({ podCidr: '100.64.0.0/12', subnetAddresses: 4091 });
    expect(spec.stamps[0]?.pools).toMatchObject([
      { name: 'system', mode: 'System', vmSize: 'Standard_D2as_v5', minCount: 3, maxCount: 4 },
      { name: 'user', mode: 'User', vmSize: 'Standard_D2as_v5', minCount: 3, maxCount: 9, maxPods: 60 },
    ]);
    expect(spec.stamps[0]?.workloads).toMatchObject([
      { name: 'web', minReplicas: 6, maxReplicas: 24, targetCpuUtilisationPercent: 60, cpuMillicores: 250, memoryMiB: 128, hpaManager: 'kustomize-controller', hpaAnnotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } },
    ]);
    expect(spec.quotas['swedencentral']?.families['standardDASv5Family']?.used).toBe(12);
    expect(spec.skus.map(({ name }) => name)).toContain('Standard_D2as_v5');
  });

  it('gets users that its HPAs hold with one stamp lost, and needs fewer replicas than that today', async () => {
    const spec = worldSpecOf(await onFleet('trial.snapshot.json'));
    const all = spec.pointsOfPresence.reduce((sum, point) => sum + (point.requestsPerSecond['web'] ?? 0), 0);
    expect(all * 1.15).toBeLessThanOrEqual(24 * 50 * 0.6 + 1);
    expect(all * 1.15).toBeGreaterThan(0.95 * 24 * 50 * 0.6);
    for (const { workloads } of spec.stamps) expect(workloads[0]?.replicas).toBeLessThan(24);
  });

  it('in attach mode is played in one subscription, with invented pools', async () => {
    const scenario = await onFleet('attach.snapshot.json', 'attach.policy.yaml');
    expect(new Set(JSON.stringify(fleetDocumentOf(scenario)).match(/\/subscriptions\/[^/"]+/g)).size).toBe(1);
    expect(worldSpecOf(scenario).stamps.map(({ name, pools }) => `${name} ${pools.map((pool) => pool.name).join(' ')}`)).toEqual(['uks system apps', 'ukw system apps']);
  });

  it('says what does not fit', async () => {
    await expect(onFleet('production.snapshot.json')).rejects.toThrow(/drills\[0\]\.stamp.*"swc"/);
    await expect(onFleet('none.snapshot.json')).rejects.toThrow(/none\.snapshot\.json/);
  });

  it('fails over as the default scenario asks, with every invariant held', async () => {
    const ignore = (): void => undefined;
    const scenario = await onFleet('trial.snapshot.json');
    const summary = await playScenario({ scenario, seed: 7, pace: 'max', app: await inMemoryApp(), audience: { entry: ignore, frame: ignore, log: ignore } });
    expect(summary).toMatchObject({ region: 'swc', kind: 'failover', mode: 'graceful', outcome: 'completed', problems: [], violations: [], ledgerVerified: true });
    expect(summary.writes.hpas).toBeGreaterThan(0);
  }, 120_000);
});

describe('a scenario on another fleet', () => {
  const deployment = (...names: readonly string[]): Deployment => ({ source: 'some.snapshot.json', document: { stamps: names.map((name) => ({ name })) }, physics: { originGroups: [], clusters: [], workloads: [] } });

  it('speaks of its stamps, in order, and acts by itself', () => {
    const scenario = onDeployment(loadScenario('drain-restore'), deployment('one', 'two', 'three'));
    const before = loadScenario('drain-restore');
    const counterpart: Readonly<Record<string, string>> = { eastus2: 'one', centralus: 'two', westus3: 'three' };
    expect(scenario.region).toBe(counterpart[before.region]);
    expect(scenario.expect.runs.map(({ region }) => region)).toEqual(before.expect.runs.map(({ region }) => counterpart[region]));
    expect(scenario.operator.map((action) => ('region' in action ? action.region : null))).toEqual(before.operator.map((action) => ('region' in action ? counterpart[action.region ?? ''] : null)));
    expect(fleetDocumentOf(scenario)['policy']).toEqual({ initialMode: 'auto' });
    expect(fleetDocumentOf(onDeployment(loadScenario('approve-mode'), deployment('one', 'two')))['policy']).toEqual({ initialMode: 'approve' });
  });

  it('that has fewer stamps than it speaks of is refused', () => {
    const scenario = parseScenario('{ name: x, title: t, faultAt: 0, durationSeconds: 60, faults: [{ at: 0, fault: { kind: grey, stamp: westus3 } }], expect: {} }', 'x.yaml');
    expect(() => onDeployment(scenario, deployment('one', 'two'))).toThrow(/westus3, stamp 3.*some\.snapshot\.json has 2: one, two/);
  });
});

describe('--fleet-from', () => {
  it('takes the project\'s own policy and workloads unless told otherwise', () => {
    expect(readOptions(['--fleet-from', 'a.json'])).toMatchObject({ options: { deployment: { snapshot: 'a.json', policy: params('fleet.policy.yaml'), gitops } } });
    expect(readOptions(['--fleet-from', 'a.json', '--policy', 'p', '--gitops', 'g'])).toMatchObject({ options: { deployment: { policy: 'p', gitops: 'g' } } });
    expect(readOptions([])).toMatchObject({ options: { deployment: null } });
    expect(readOptions(['--policy', 'p'])).toMatchObject({ kind: 'problem', message: expect.stringMatching(/--fleet-from/) });
  });
});

describe('what a deployment names', () => {
  it.each([['Standard_D2as_v5', 'standardDASv5Family', 2, 8], ['Standard_D8ds_v5', 'standardDDSv5Family', 8, 32], ['Standard_E16s_v6', 'standardESv6Family', 16, 128]])('%s is a VM size', (name, family, vCpus, memoryGiB) => {
    expect(skuNamed(name)).toMatchObject({ name, family, vCpus, memoryGiB });
  });

  it('a VM size of another series is refused, not guessed', () => {
    expect(() => skuNamed('Standard_NC24ads_A100_v4')).toThrow(/NC24ads/);
  });

  it('machines keep what AKS publishes', () => {
    expect(allocatableOf(skuNamed('Standard_D2as_v5'), 60)).toEqual({ cpuMillicores: 1900, memoryMiB: 8192 - 1250 - 100 });
    expect(allocatableOf(skuNamed('Standard_D2as_v5'), 250)).toEqual({ cpuMillicores: 1900, memoryMiB: 8192 - 2048 - 100 });
  });

  it.each([['250m', 0.25], ['1', 1], ['128Mi', 134_217_728], ['1.5Gi', 1_610_612_736]])('%s is a quantity', (text, value) => {
    expect(quantityOf(text)).toBeCloseTo(value, 9);
  });

  it.each(['', 'Mi', '1X', '-1'])('"%s" is none', (text) => {
    expect(() => quantityOf(text)).toThrow(/quantity/);
  });
});
