import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids } from '../azure/sampleAzure.ts';
import { findClient, sampleFleetText, startAzSession, type AzSession } from './azSession.ts';
import { skipped } from './skipped.ts';

/**
 * Resource Manager's face as the Azure CLI of Debian sees it: a client that we did not write, with older api-versions
 * than the SDKs'. Debian's package of az 2.45 lacks modules for two commands in its newest API profile (`az vm list-usage`
 * and `az network vnet` fail there before any request); they run in its profile 2020-09-01-hybrid. `az network front-door`
 * is an extension that Debian does not have; classic Front Door is read and written with `az resource` and `az rest`.
 */

const found = await findClient('az', 'version', '--query', '"azure-cli"', '-o', 'tsv');
const kubectl = await findClient('kubectl', 'version', '--client');
console.log(found.kind === 'found' ? `az: found, ${found.version}` : skipped('az: skipped all of its session, not on this machine (Debian: apt-get install azure-cli)'));
if (kubectl.kind === 'missing') console.log(skipped('kubectl: skipped the call with credentials from az, not on this machine'));

const afd = ['-g', 'rg-shop-global', '--profile-name', 'afd-shop'];
const ofGroup = [...afd, '--origin-group-name', 'web'];
const cluster = ['-g', 'rg-shop-eastus2', '--cluster-name', 'aks-shop-eastus2'];
/** A long-running operation of az polls every 30 s, and a busy machine starts it slowly. */
const longMs = 480_000;

describe.skipIf(found.kind === 'missing')('az against the sandbox', () => {
  let session: AzSession;
  let hybrid: AzSession;
  beforeAll(async () => {
    [session, hybrid] = await Promise.all([startAzSession(), startAzSession({ profile: '2020-09-01-hybrid' })]);
  }, longMs);
  afterAll(async () => {
    await Promise.all([session.stop(), hybrid.stop()]);
  });

  describe.concurrent('reads', () => {
    it('account and groups', async () => {
      expect(await session.json('account', 'list', '--query', '[].[id,tenantId,state]')).toEqual([[ids.subscription, session.world.spec.tenantId, 'Enabled']]);
      expect(await session.json('group', 'list', '--query', '[].name')).toEqual(['rg-shop-global', 'rg-shop-eastus2', 'rg-shop-centralus', 'rg-shop-westus3']);
      expect(await session.json('group', 'show', '-n', 'rg-shop-westus3', '--query', 'location')).toBe('westus3');
    }, longMs);

    it('Front Door: profile, endpoint, route, origin group, origins', async () => {
      expect(await session.json('afd', 'profile', 'list', '--query', '[].[name,frontDoorId]')).toEqual([['afd-shop', session.world.spec.frontDoor.frontDoorId]]);
      expect(await session.json('afd', 'profile', 'show', ...afd, '--query', 'sku.name')).toBe('Premium_AzureFrontDoor');
      expect(await session.json('afd', 'endpoint', 'list', ...afd, '--query', '[].hostName')).toEqual([session.world.spec.frontDoor.endpointHostName]);
      expect(await session.json('afd', 'endpoint', 'show', ...afd, '--endpoint-name', 'contoso-shop', '--query', 'enabledState')).toBe('Enabled');
      expect(await session.json('afd', 'route', 'list', ...afd, '--endpoint-name', 'contoso-shop', '--query', '[].patternsToMatch')).toEqual([['/*']]);
      expect(await session.json('afd', 'origin-group', 'list', ...afd, '--query', '[].name')).toEqual(['web']);
      expect(await session.json('afd', 'origin-group', 'show', ...ofGroup, '--query', 'loadBalancingSettings')).toEqual({ additionalLatencyInMilliseconds: 30, sampleSize: 4, successfulSamplesRequired: 3 });
      expect(await session.json('afd', 'origin', 'list', ...ofGroup, '--query', '[].name')).toEqual(['web-eastus2', 'web-centralus', 'web-westus3']);
    }, longMs);

    it('AKS: clusters, pools, credentials that kubectl takes', async () => {
      expect(await session.json('aks', 'list', '--query', '[].name')).toEqual(['aks-shop-eastus2', 'aks-shop-centralus', 'aks-shop-westus3']);
      expect(await session.json('aks', 'show', '-g', 'rg-shop-eastus2', '-n', 'aks-shop-eastus2', '--query', '[location,networkProfile.networkPluginMode]')).toEqual(['eastus2', 'overlay']);
      expect(await session.json('aks', 'nodepool', 'list', ...cluster, '--query', '[].[name,mode]')).toEqual([['system', 'System'], ['user1', 'User']]);
      expect(await session.json('aks', 'nodepool', 'show', ...cluster, '-n', 'user1', '--query', '[vmSize,enableAutoScaling]')).toEqual(['Standard_D4s_v5', true]);
      const kubeconfig = path.join(session.folder, 'kubeconfig');
      const merged = await session.az('aks', 'get-credentials', '-g', 'rg-shop-eastus2', '-n', 'aks-shop-eastus2', '-f', kubeconfig);
      expect(merged.code).toBe(0);
      if (kubectl.kind === 'missing') return;
      const nodes = await session.kubectl(kubeconfig, 'get', 'nodes', '-o', 'name');
      expect(nodes.stderr).toBe('');
      expect(nodes.stdout.trim().split('\n')).toHaveLength(session.world.stamps.get('eastus2')?.pools.list().reduce((sum, pool) => sum + pool.count, 0) ?? 0);
    }, longMs);

    it('quota, SKUs, virtual network', async () => {
      expect(await hybrid.json('vm', 'list-usage', '-l', 'eastus2', '--query', "[?name.value=='cores'].limit | [0]")).toBe(String(hybrid.world.spec.quotas['eastus2']?.coresLimit));
      expect(await session.json('vm', 'list-skus', '-l', 'eastus2', '--size', 'Standard_D4', '--query', '[].[name,family]')).toEqual([['Standard_D4s_v5', 'standardDSv5Family']]);
      expect(await hybrid.json('network', 'vnet', 'show', '-g', 'rg-shop-eastus2', '-n', 'vnet-shop-eastus2', '--query', 'subnets[].name')).toEqual(['snet-nodes']);
      expect((await hybrid.az('network', 'vnet', 'list', '-o', 'table')).stdout).toMatch(/vnet-shop-eastus2 .*\n.*vnet-shop-centralus /);
    }, longMs);

    it('metrics by origin, late and never zero for what is not there', async () => {
      const series = await session.json('monitor', 'metrics', 'list', '--resource', ids.profile, '--metric', 'OriginRequestCount', '--aggregation', 'Total', '--filter', "Origin eq '*'", '--query', 'value[0].timeseries[].[metadatavalues[0].value, length(data[?total>`1000`]), data[-1].total]');
      expect(series).toEqual([
        ['eastus2.origin.sandbox.test', expect.toSatisfy((minutes: number) => minutes > 10), null],
        ['centralus.origin.sandbox.test', expect.toSatisfy((minutes: number) => minutes > 10), null],
        ['westus3.origin.sandbox.test', expect.toSatisfy((minutes: number) => minutes > 10), null],
      ]);
      expect(await session.json('monitor', 'metrics', 'list-definitions', '--resource', ids.gateway, '--query', '[].name.value')).toEqual(['HealthyHostCount', 'UnhealthyHostCount', 'BackendResponseStatus']);
    }, longMs);

    it('resources by id', async () => {
      for (const [id, type] of [[ids.profile, 'Microsoft.Cdn/profiles'], [ids.cluster, 'Microsoft.ContainerService/managedClusters'], [ids.vnet, 'Microsoft.Network/virtualNetworks'], [ids.gateway, 'Microsoft.Network/applicationGateways']] as const) {
        expect(await session.json('resource', 'show', '--ids', id, '--query', 'type')).toBe(type);
      }
      expect(await session.json('resource', 'list', '--resource-type', 'Microsoft.ContainerService/managedClusters', '--query', 'length(@)')).toBe(3);
      expect(await session.json('resource', 'list', '--location', 'westus3', '--query', 'length(@)')).toBe(3);
      expect(await session.json('group', 'list', '--tag', 'env=prod')).toEqual([]);
    }, longMs);
  });

  describe.concurrent('refusals that the CLI prints well', () => {
    it.each([
      ['a weight out of range', ['afd', 'origin', 'update', ...ofGroup, '--origin-name', 'web-centralus', '--weight', '2000'], /\(BadRequest\).*weight must be between 1 and 1000/],
      ['an origin that is not there', ['afd', 'origin', 'show', ...ofGroup, '--origin-name', 'nope'], /\(NotFound\).*'nope' does not exist/],
      ['a profile that is not there', ['afd', 'profile', 'show', '-g', 'rg-shop-global', '--profile-name', 'nope'], /\(ResourceNotFound\).*Microsoft\.Cdn\/profiles\/nope/],
      ['a group that is not there', ['group', 'show', '-n', 'nope'], /\(ResourceGroupNotFound\) Resource group 'nope' could not be found/],
      ['a metric that is not there', ['monitor', 'metrics', 'list', '--resource', ids.profile, '--metric', 'Nope'], /\(BadRequest\).*Valid metrics: RequestCount,/],
      ['a service that the sandbox does not have', ['storage', 'account', 'list'], /InvalidResourceNamespace.*Microsoft\.Storage/],
      ['what the sandbox has none of', ['afd', 'custom-domain', 'list', ...afd], /\(NotImplemented\).*Microsoft\.Cdn\/profiles\/customDomains/],
      ['a new node pool', ['aks', 'nodepool', 'add', ...cluster, '-n', 'user2'], /\(NotImplemented\).*creating a node pool/],
    ])('%s', async (_name, args, expected) => {
      const answer = await session.az(...args);
      expect(answer.code).not.toBe(0);
      expect(answer.stderr).toMatch(expected);
      expect(answer.stderr).not.toContain('Traceback');
    }, longMs);

    it('an unknown api-version, as Azure refuses it', async () => {
      const of = (id: string): Promise<{ readonly stderr: string }> => session.az('rest', '--method', 'get', '--url', `${session.endpoints.arm}${id}?api-version=1999-01-01`, '--resource', session.endpoints.arm);
      expect((await of(ids.profile)).stderr).toMatch(/InvalidResourceType.*could not be found in the namespace 'Microsoft.Cdn' for api version '1999-01-01'. The supported api-versions are/);
      expect((await of(ids.cluster)).stderr).toMatch(/NoRegisteredProviderFound.*API version '1999-01-01' for type 'managedClusters'/);
    }, longMs);
  });

  describe.concurrent('writes: long-running operations, polled', () => {
    it('weight, priority and enabled state of origins', async () => {
      const update = (origin: string, ...change: readonly string[]): Promise<unknown> => session.json('afd', 'origin', 'update', ...ofGroup, '--origin-name', origin, ...change);
      await Promise.all([update('web-eastus2', '--weight', '250'), update('web-westus3', '--priority', '2'), update('web-centralus', '--enabled-state', 'Disabled')]);
      expect(await session.json('afd', 'origin', 'list', ...ofGroup, '--query', '[].[name,weight,priority,enabledState,provisioningState]')).toEqual([
        ['web-eastus2', 250, 1, 'Enabled', 'Succeeded'],
        ['web-centralus', 500, 1, 'Disabled', 'Succeeded'],
        ['web-westus3', 500, 2, 'Enabled', 'Succeeded'],
      ]);
    }, longMs);

    it('bounds of an autoscaled pool, and the count of one that is not', async () => {
      const bounds = session.json('aks', 'nodepool', 'update', ...cluster, '-n', 'user1', '--update-cluster-autoscaler', '--min-count', '4', '--max-count', '30', '--query', '[minCount,maxCount]');
      const other = ['-g', 'rg-shop-westus3', '--cluster-name', 'aks-shop-westus3', '-n', 'system'];
      const fixed = await session.json('aks', 'nodepool', 'update', ...other, '--disable-cluster-autoscaler', '--query', 'enableAutoScaling');
      expect(fixed).toBe(false);
      await session.json('aks', 'nodepool', 'scale', ...other, '--node-count', '4');
      expect(await session.json('aks', 'nodepool', 'show', ...other, '--query', 'count')).toBe(4);
      expect(await bounds).toEqual([4, 30]);
    }, longMs);

    it('the control plane, logged in as itself, may do no more than the role table says', async () => {
      const own = await startAzSession({ as: 'controlPlane' });
      try {
        expect(await own.json('afd', 'origin', 'list', ...ofGroup, '--query', 'length(@)')).toBe(3);
        const denied = await own.az('group', 'list');
        expect(denied.stderr).toMatch(/\(AuthorizationFailed\).*does not have authorization to perform action 'Microsoft\.Resources\/subscriptions\/resourceGroups\/read'/);
      } finally {
        await own.stop();
      }
    }, longMs);

    it('classic Front Door: read, changed as a whole, polled', async () => {
      const classicId = ids.profile.replace('Microsoft.Cdn/profiles', 'Microsoft.Network/frontDoors');
      const own = await startAzSession({ fleetText: sampleFleetText().replace('kind: standardPremium', 'kind: classic').replace(ids.profile, classicId) });
      try {
        // az resource show decorates what it read; the body of a PUT is what the service said
        const url = `${own.endpoints.arm}${classicId}?api-version=2020-05-01`;
        const whole = await own.json('rest', '--method', 'get', '--url', url, '--resource', own.endpoints.arm);
        const backends = (document: unknown): unknown => (document as { readonly properties: { readonly backendPools: readonly { readonly properties: { readonly backends: readonly { weight: number }[] } }[] } }).properties.backendPools[0]?.properties.backends;
        const [first] = backends(whole) as { weight: number }[];
        if (first === undefined) throw new Error('a pool has backends');
        first.weight = 7;
        const put = await own.az('rest', '--method', 'put', '--url', url, '--resource', own.endpoints.arm, '--body', JSON.stringify(whole));
        expect(put.stderr).toBe('');
        const after = await own.json('resource', 'show', '--ids', classicId);
        expect((backends(after) as readonly { readonly weight: number }[]).map((backend) => backend.weight)).toEqual([7, 500, 500]);
      } finally {
        await own.stop();
      }
    }, longMs);
  });
});
