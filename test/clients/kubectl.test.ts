import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKubectl, startSession } from './kubectlSession.ts';
import type { KubectlAnswer, KubectlSession } from './kubectlSession.ts';
import { skipped } from './skipped.ts';

const source = findKubectl();
console.log(source.kind === 'found' ? `kubectl: found, ${source.version}` : skipped(`kubectl: skipped, ${source.why}`));

const hpa = (spec: string): string => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
${spec}`;

/** The rows of a table without its age column and with single spaces. */
const rows = ({ out }: KubectlAnswer): readonly (readonly string[])[] => out.trim().split('\n').map((line) => line.trim().split(/\s{2,}/));

const json = ({ out }: KubectlAnswer): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

describe.skipIf(source.kind === 'none')('a person at kubectl', () => {
  let session: KubectlSession;
  const kubectl: KubectlSession['kubectl'] = async (args, options) => session.kubectl(args, options);
  const ok = async (...args: string[]): Promise<KubectlAnswer> => {
    const answer = await kubectl(args);
    expect(answer, args.join(' ')).toMatchObject({ code: 0 });
    return answer;
  };

  beforeAll(async () => {
    session = await startSession();
  });
  afterAll(async () => {
    await session.stop();
  });

  it('sees the server, its resources and its health', async () => {
    expect((await ok('version')).out).toContain('Server Version: v1.33');
    expect((await ok('get', '--raw', '/readyz')).out).toBe('ok');
    const kinds = rows(await ok('api-resources', '--no-headers')).map((row) => row.at(-1));
    expect(kinds).toEqual(expect.arrayContaining(['Node', 'Pod', 'Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']));
  });

  it('gets nodes, pods, deployments and autoscalers as tables', async () => {
    const [header, ...nodes] = rows(await ok('get', 'nodes'));
    expect(header).toEqual(['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION']);
    expect(nodes).toHaveLength(session.world.stamps.get('eastus2')?.kube.list('Node', null).length ?? -1);
    expect(nodes.every(([, status]) => status === 'Ready')).toBe(true);
    const hpas = rows(await ok('get', 'hpa'));
    expect(hpas[0]).toEqual(['NAME', 'REFERENCE', 'TARGETS', 'MINPODS', 'MAXPODS', 'REPLICAS', 'AGE']);
    expect(hpas.map(([name, reference]) => `${name} ${reference}`)).toContain('web Deployment/web');
    const wide = rows(await ok('get', 'pods', '-o', 'wide', '-l', 'app=web'));
    expect(wide[0]).toEqual(['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES']);
    expect(rows(await ok('get', 'nodes', '-o', 'wide'))[0]?.slice(5)).toEqual(['INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION', 'CONTAINER-RUNTIME']);
    expect(rows(await ok('get', 'ds', '-n', 'kube-system', '--no-headers'))[0]?.slice(1, 6)).toEqual(Array.from({ length: 5 }, () => String(nodes.length)));
    expect((await ok('get', 'deploy,rs,pdb', '-A')).out).toContain('deployment.apps/web');
  });

  it('pages through pods', async () => {
    const all = (await ok('get', 'pods', '-A', '-o', 'name')).out;
    expect((await ok('get', 'pods', '-A', '-o', 'name', '--chunk-size=7')).out).toBe(all);
  });

  it('describes a node, an autoscaler, a deployment and a pod', async () => {
    const node = (await ok('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}')).out;
    const described = (await ok('describe', 'node', node)).out;
    expect(described).toContain('Non-terminated Pods');
    expect(described).toMatch(/Allocatable:\s+cpu:/);
    expect((await ok('describe', 'hpa', 'web')).out).toMatch(/Min replicas:\s+\d+/);
    expect((await ok('describe', 'deploy', 'web')).out).toMatch(/Replicas:\s+\d+ desired/);
    expect((await ok('describe', 'pods', '-l', 'app=web')).out).toMatch(/Status:\s+Running/);
  });

  it('watches a change that somebody else makes', async () => {
    const watched = await kubectl(['get', 'hpa', 'web', '-w', '-o', 'jsonpath={.spec.maxReplicas}{"\\n"}'], {
      forMs: 4000,
      meanwhile: async () => {
        await new Promise((later) => setTimeout(later, 1500));
        await ok('patch', 'hpa', 'web', '--type=merge', '-p', '{"spec":{"maxReplicas":43}}');
      },
    });
    expect(watched.out.trim().split('\n')).toEqual([expect.stringMatching(/^\d+$/), '43']);
  });

  it('patches in all three ways', async () => {
    const max = async (): Promise<string> => (await ok('get', 'hpa', 'web', '-o', 'jsonpath={.spec.maxReplicas}')).out;
    await ok('patch', 'hpa', 'web', '--type=merge', '-p', '{"spec":{"maxReplicas":44}}');
    expect(await max()).toBe('44');
    await ok('patch', 'hpa', 'web', '-p', '{"spec":{"maxReplicas":45}}');
    expect(await max()).toBe('45');
    await ok('patch', 'hpa', 'web', '--type=json', '-p', '[{"op":"replace","path":"/spec/maxReplicas","value":46}]');
    expect(await max()).toBe('46');
    const bad = await kubectl(['patch', 'hpa', 'web', '--type=merge', '-p', '{"spec":{"maxReplicas":0}}']);
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining('spec.maxReplicas: Invalid value: 0: must be greater than 0') as string });
  });

  it('applies on the server: conflict, force, and who owns what', async () => {
    await ok('patch', 'hpa', 'web', '--type=merge', '-p', '{"spec":{"minReplicas":20,"maxReplicas":46}}', '--field-manager=helm');
    const file = session.write('hpa.yaml', hpa('  minReplicas: 25\n  maxReplicas: 50\n'));
    const refused = await kubectl(['apply', '--server-side', '-f', file]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('Apply failed with 2 conflicts: conflicts with');
    expect(refused.err).toContain('.spec.minReplicas');
    expect((await ok('apply', '--server-side', '--force-conflicts', '-f', file)).out).toContain('serverside-applied');
    const { metadata } = json(await ok('get', 'hpa', 'web', '-o', 'json', '--show-managed-fields')) as { metadata: { managedFields: { manager: string; operation: string; fieldsV1: { 'f:spec'?: Record<string, unknown> } }[] } };
    const owner = (field: string): readonly string[] => metadata.managedFields.filter(({ fieldsV1 }) => fieldsV1['f:spec']?.[field] !== undefined).map(({ manager, operation }) => `${manager} ${operation}`);
    expect([owner('f:minReplicas'), owner('f:maxReplicas')]).toEqual([['kubectl Apply'], ['kubectl Apply']]);
  });

  it('applies on the client, sees differences, and is told of what is not valid', async () => {
    const file = session.write('client.yaml', hpa('  minReplicas: 25\n  maxReplicas: 51\n'));
    expect((await kubectl(['diff', '-f', file])).out).toContain('+  maxReplicas: 51');
    expect((await ok('apply', '-f', file)).out).toContain('configured');
    expect((await ok('apply', '-f', file)).out).toContain('unchanged');
    const invalid = await kubectl(['apply', '-f', '-'], { stdin: hpa('  minReplicas: 25\n  maxReplicas: 5\n') });
    expect(invalid.err).toContain('must be greater than or equal to `minReplicas`');
    const misspelt = await kubectl(['apply', '-f', '-'], { stdin: hpa('  minReplica: 25\n  maxReplicas: 52\n') });
    expect(misspelt.err).toContain('unknown field "spec.minReplica"');
  });

  it('scales a deployment, and pods come', async () => {
    const before = Number((await ok('get', 'deploy', 'recommendations', '-o', 'jsonpath={.spec.replicas}')).out);
    await ok('scale', 'deploy/recommendations', `--replicas=${before + 2}`);
    session.passSeconds(5);
    const pods = rows(await ok('get', 'pods', '-l', 'app=recommendations', '--no-headers'));
    expect(pods).toHaveLength(before + 2);
  });

  it('sets a quota on the namespace: pods above it are refused, and where kubectl looks it says so', async () => {
    const pods = async (): Promise<number> => rows(await ok('get', 'pods', '--no-headers')).length;
    const there = await pods();
    await ok('create', '-f', session.write('quota.yaml', `apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: tight}\nspec: {hard: {pods: "${there + 2}", limits.memory: 100Gi}}\n`));
    const bounds = (await ok('get', 'hpa', 'web', '-o', 'jsonpath={.spec.minReplicas} {.spec.maxReplicas}')).out.split(' ');
    const setBounds = async (min: string | undefined, max: string | undefined): Promise<unknown> => ok('patch', 'hpa', 'web', '--type=merge', '-p', `{"spec":{"minReplicas":${min},"maxReplicas":${max}}}`);
    await setBounds('60', '60');
    session.passSeconds(60);
    expect(await pods()).toBe(there + 2);
    expect(rows(await ok('get', 'quota', '--no-headers'))[0]?.slice(0, 3)).toEqual(['tight', `pods: ${there + 2}/${there + 2}`, expect.stringMatching(/^limits\.memory: \d+Mi\/100Gi$/) as string]);
    expect((await ok('describe', 'quota', 'tight')).out).toMatch(new RegExp(`pods\\s+${there + 2}\\s+${there + 2}`));
    const described = (await ok('describe', 'rs', '-l', 'app=web')).out;
    expect(described).toMatch(/ReplicaFailure\s+True\s+FailedCreate/);
    expect(described).toMatch(/Warning\s+FailedCreate.*forbidden: exceeded quota: tight, requested: pods=1/);
    await ok('delete', 'quota', 'tight');
    session.passSeconds(60);
    expect(await pods()).toBeGreaterThan(there + 2);
    await setBounds(bounds[0], bounds[1]);
    session.passSeconds(600);
  });

  it('deletes a pod, and another one takes its place', async () => {
    const names = async (): Promise<readonly string[]> => (await ok('get', 'pods', '-l', 'app=web', '-o', 'name')).out.trim().split('\n');
    const before = await names();
    const victim = before[0] ?? '';
    expect((await ok('delete', victim)).out).toContain('deleted');
    session.passSeconds(5);
    const after = await names();
    expect(after).not.toContain(victim);
    expect(after.length).toBeGreaterThanOrEqual(before.length);
  });

  it('cordons a node and lets it back', async () => {
    const node = (await ok('get', 'nodes', '-l', 'agentpool=user1', '-o', 'jsonpath={.items[0].metadata.name}')).out;
    await ok('cordon', node);
    expect(rows(await ok('get', 'node', node, '--no-headers'))[0]?.[1]).toBe('Ready,SchedulingDisabled');
    await ok('uncordon', node);
    expect(rows(await ok('get', 'node', node, '--no-headers'))[0]?.[1]).toBe('Ready');
    await ok('label', 'node', node, 'played=yes');
    await ok('taint', 'node', node, 'k=v:NoSchedule');
    await ok('taint', 'node', node, 'k-');
  });

  it('drains a node: its pods go elsewhere, its daemons stay', async () => {
    const node = (await ok('get', 'nodes', '-l', 'agentpool=user1', '-o', 'jsonpath={.items[1].metadata.name}')).out;
    const onNode = async (): Promise<readonly string[]> => (await ok('get', 'pods', '-A', '--field-selector', `spec.nodeName=${node}`, '-o', 'jsonpath={.items[*].metadata.ownerReferences[0].kind}')).out.split(' ');
    expect(await onNode()).toContain('ReplicaSet');
    await ok('drain', node, '--ignore-daemonsets', '--dry-run=server');
    expect(await onNode()).toContain('ReplicaSet');
    const drained = await kubectl(['drain', node, '--ignore-daemonsets', '--timeout=30s']);
    expect(drained, drained.err).toMatchObject({ code: 0, out: expect.stringContaining('drained') as string });
    expect(new Set(await onNode())).toEqual(new Set(['DaemonSet']));
    await ok('uncordon', node);
  });

  it('creates, replaces and deletes an autoscaler', async () => {
    const file = session.write('second.yaml', hpa('  maxReplicas: 3\n').replace('name: web\nspec', 'name: second\nspec'));
    expect((await ok('create', '-f', file)).out).toContain('created');
    expect((await kubectl(['create', '-f', file])).err).toContain('already exists');
    expect((await ok('replace', '-f', file)).out).toContain('replaced');
    expect((await ok('delete', '-f', file, '--dry-run=server')).out).toContain('deleted (server dry run)');
    expect((await ok('delete', '-f', file)).out).toContain('deleted');
    expect((await kubectl(['get', 'hpa', 'second'])).err).toContain('horizontalpodautoscalers.autoscaling "second" not found');
  });

  it('is refused what the person may not do, and told of what the sandbox leaves out', async () => {
    const stranger = await kubectl(['get', 'nodes'], { as: 'reader' });
    expect(stranger.err).toContain('cannot list resource "nodes"');
    expect((await kubectl(['get', 'secrets'])).err).toContain('doesn\'t have a resource type "secrets"');
    expect((await kubectl(['get', 'pods', '--as=somebody'])).err).toContain('the sandbox does not serve impersonation');
    expect((await kubectl(['rollout', 'restart', 'deploy/web'])).err).toContain('the sandbox does not serve changes of a pod template');
    expect((await kubectl(['get', '--raw', '/apis/apps/v1/namespaces/shop/deployments/web/status'])).err).toContain('the sandbox does not serve deployments/status');
  });
});
