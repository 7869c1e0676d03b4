import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { validateFleet } from '../../src/config/loadFleet.ts';
import { deployedFleetOf, plainOutputs, readDeployedFleet } from '../../tools/infra-check/deployedFleet.ts';
import { deployedWorldOf } from '../../tools/infra-check/deployedWorld.ts';
import { mergeFleet } from '../../tools/infra-check/fleetFile.ts';
import { parseManifests, render, sampleSubstitutions, substitute } from '../../tools/infra-check/manifests.ts';
import { withSandboxAddresses } from '../../tools/infra-check/sandboxAddresses.ts';
import { readFleetForWorld } from '../../sandbox/world/fleetForWorld.ts';
import { specFromFleet } from '../../sandbox/world/spec.ts';
import { readSnapshot } from './snapshots.ts';

const root = join(import.meta.dirname, '..', '..');
const policyFile = (name: string): unknown => parse(readFileSync(join(root, 'infra', 'params', name), 'utf8'));

describe('fleet file from what is deployed', () => {
  test('the trial snapshot and its policy make a fleet file that the app takes', () => {
    const merged = mergeFleet(deployedFleetOf(readSnapshot('trial')), policyFile('fleet.policy.yaml'));
    if (merged.kind === 'problem') throw new Error(merged.message);
    const loaded = validateFleet(merged.file);
    if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.fleet.stamps[0]).toMatchObject({
      name: 'swc',
      origins: [{ originGroup: 'web', origin: 'swc', normalWeight: 500, priority: 1 }],
      cluster: { pools: [{ name: 'user', surgeMaxCount: 9 }] },
      gateway: { privateUrl: 'https://swc.origin.example.com:8443/' },
      probe: { url: 'https://swc.origin.example.com:8443/healthz' },
    });
    expect(loaded.fleet.stamps.every((stamp) => stamp.gate !== null)).toBe(true);
    expect(loaded.fleet.frontDoor.accessLogWorkspaceId).toMatch(/workspaces\/log-trial-shared$/);
  });

  test('attach mode takes origins, pools and addresses from the policy', () => {
    const merged = mergeFleet(deployedFleetOf(readSnapshot('attach')), policyFile('attach.policy.yaml'));
    if (merged.kind === 'problem') throw new Error(merged.message);
    const loaded = validateFleet(merged.file);
    if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.fleet.stamps.map((stamp) => stamp.gate === null)).toEqual([false, true]);
    expect(loaded.fleet.frontDoor.resourceId).toMatch(/profiles\/afd-shop$/);
    expect(loaded.fleet.frontDoor.accessLogWorkspaceId).toMatch(/workspaces\/log-central$/);
  });

  test('attach mode without them says which stamps lack what', () => {
    expect(mergeFleet(deployedFleetOf(readSnapshot('attach')), { name: 'shop', workloads: [] })).toMatchObject({ kind: 'problem', message: expect.stringMatching(/uks, ukw/) });
  });

  test('a stamp that is not deployed is refused', () => {
    expect(mergeFleet(deployedFleetOf(readSnapshot('trial')), { name: 'x', stamps: [{ name: 'nowhere' }] })).toMatchObject({ kind: 'problem', message: expect.stringMatching(/nowhere/) });
  });

  test('outputs as the Azure CLI prints them give the same fleet as the snapshot', () => {
    const fleet = deployedFleetOf(readSnapshot('production'));
    const printed = { mode: { type: 'String', value: 'deploy' }, frontDoorProfileId: { type: 'String', value: fleet.frontDoorProfileId }, accessLogWorkspaceId: { type: 'String', value: fleet.accessLogWorkspaceId }, stamps: { type: 'Array', value: fleet.stamps } };
    expect(readDeployedFleet(plainOutputs(printed))).toEqual(fleet);
  });
});

describe('the sandbox as what would be deployed', () => {
  test('the fleet of the trial snapshot makes a world, and the app takes it', () => {
    const merged = mergeFleet(deployedFleetOf(readSnapshot('trial')), policyFile('fleet.policy.yaml'));
    if (merged.kind === 'problem') throw new Error(merged.message);
    const file = withSandboxAddresses(merged.file);
    expect(validateFleet(file).kind).toBe('loaded');
    const spec = specFromFleet(readFleetForWorld(file), { latencyWindowMs: 30 });
    expect(spec.stamps.map((stamp) => stamp.region)).toEqual(['swedencentral', 'germanywestcentral']);
    expect(spec.stamps[0]?.gateBlobUrl).toMatch(/^https:\/\/blob\.sandbox\.test\/sttrialgtswc/);
  });

  test('a snapshot and gitops/ give pools, subnets, probes and HPAs', async ({ skip }) => {
    const rendered = await render(join(root, 'gitops', 'overlays', 'flux'));
    if (rendered.kind === 'missing') skip(rendered.why);
    if (rendered.kind !== 'rendered') throw new Error(rendered.kind);
    const world = deployedWorldOf(readSnapshot('trial'), parseManifests(substitute(rendered.text, sampleSubstitutions)));
    expect(world.originGroups).toEqual([{ name: 'web', latencyWindowMs: 30, probeIntervalSeconds: 30, probePath: '/spillway/gate', sampleSize: 4, successfulSamplesRequired: 3 }]);
    expect(world.clusters[0]).toMatchObject({ stamp: 'swc', region: 'swedencentral', podCidr: '100.64.0.0/12', nodeSubnetPrefix: '10.10.128.0/20' });
    expect(world.clusters[0]?.pools[1]).toEqual({ name: 'user', mode: 'User', vmSize: 'Standard_D2as_v5', minCount: 3, maxCount: 9, maxPods: 60, zones: ['1', '2', '3'] });
    expect(world.workloads).toEqual([{ namespace: 'web', deployment: 'web', hpa: 'web', minReplicas: 6, maxReplicas: 24, targetCpuUtilisationPercent: 60, cpuRequest: '250m', memoryRequest: '128Mi', hpaAnnotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } }]);
  });
});
