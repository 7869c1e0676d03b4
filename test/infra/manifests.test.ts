import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { gateMeetsDeployment, hpasFitPools, manifestRules, unknownFields } from '../../tools/infra-check/manifestRules.ts';
import { parseManifests, render, sampleSubstitutions, substitute } from '../../tools/infra-check/manifests.ts';
import { readSnapshot } from './snapshots.ts';

const root = join(import.meta.dirname, '..', '..');
const published = join(root, '..', 'shared', 'data', 'kubernetes');
const rendered = await render(join(root, 'gitops', 'overlays', 'flux'));
if (rendered.kind === 'failed') throw new Error(rendered.why);
const text = rendered.kind === 'rendered' ? substitute(rendered.text, sampleSubstitutions) : '';
const manifests = parseManifests(text);
const missing = rendered.kind === 'missing' ? ` (skipped: ${rendered.why})` : '';

describe.skipIf(missing !== '')(`manifests${missing}`, () => {
  test.each(manifestRules.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    expect(rule.check(manifests)).toEqual([]);
  });

  test('every HPA at its maximum fits into the user pools at theirs', () => {
    expect(hpasFitPools(manifests, readSnapshot('trial'))).toEqual([]);
    expect(hpasFitPools(manifests, readSnapshot('production'))).toEqual([]);
  });

  test('Deployments are valid against the published apps/v1 schema', ({ skip }) => {
    const path = join(published, 'apis__apps__v1_openapi.json');
    skip(!existsSync(path), 'published Kubernetes schemas are not there: 2 deployments not checked');
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema(JSON.parse(readFileSync(path, 'utf8')), 'k8s');
    const validate = ajv.compile({ $ref: 'k8s#/components/schemas/io.k8s.api.apps.v1.Deployment' });
    const deployments = manifests.filter((manifest) => manifest.kind === 'Deployment');
    expect(deployments).toHaveLength(2);
    for (const deployment of deployments) expect([deployment.name, validate(deployment.body), validate.errors]).toEqual([deployment.name, true, null]);
  });

  test.for([
    ['Deployment', 'apps.v1.Deployment.json'],
    ['HorizontalPodAutoscaler', 'autoscaling.v2.HorizontalPodAutoscaler.json'],
    ['PodDisruptionBudget', 'policy.v1.PodDisruptionBudget.json'],
  ] as const)('%s: no field that the published sample does not know', ([kind, file], { skip }) => {
    const path = join(published, file);
    skip(!existsSync(path), `published samples are not there: ${kind} not compared`);
    const sample: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const own = manifests.filter((manifest) => manifest.kind === kind);
    expect(own.length).toBeGreaterThan(0);
    expect(own.flatMap((manifest) => unknownFields(manifest.body, sample))).toEqual([]);
  });
});

describe.skipIf(missing !== '')(`planted faults in manifests${missing}`, () => {
  const plants: readonly (readonly [string, string, (source: string) => string, RegExp])[] = [
    ['pods ask for what they need, spread over zones and say how they are', 'no requests', (source) => source.replaceAll('requests:', 'wishes:'), /without requests/],
    ['pods ask for what they need, spread over zones and say how they are', 'no zone spread', (source) => source.replaceAll('topology.kubernetes.io/zone', 'kubernetes.io/hostname'), /not spread over zones/],
    ['pods ask for what they need, spread over zones and say how they are', 'no budget', (source) => source.replaceAll('kind: PodDisruptionBudget', 'kind: Nothing'), /no disruption budget/],
    ['HPAs hold a surge and own the replicas', 'too low a maximum', (source) => source.replace('maxReplicas: 24', 'maxReplicas: 8'), /a surge may need 12/],
    ['HPAs hold a surge and own the replicas', 'replicas in Git', (source) => source.replace('revisionHistoryLimit: 3\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: web', 'replicas: 3\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: web'), /sets replicas too/],
    ['HPAs hold a surge and own the replicas', 'Flux owns the bounds', (source) => source.replace('ssa: IfNotPresent', 'ssa: Override'), /set surged bounds back/],
    ['the gate is a pod of its own, and healthy when closed', 'readiness asks the gate', (source) => source.replaceAll('path: /readyz', 'path: /spillway/gate'), /asks the gate's state/],
    ['the gate is a pod of its own, and healthy when closed', 'no way to it', (source) => source.replace('pathType: Exact', 'pathType: Prefix'), /no ingress leads there/],
    ["programs in config maps are not taken for Flux's templates", 'not annotated', (source) => source.replaceAll('substitute: disabled', 'other: x'), /not annotated/],
    ['every variable is one that the deployment fills in', 'an unknown one', (source) => source.replace(sampleSubstitutions.STAMP === undefined ? '' : 'value: swc', 'value: '), /a variable is left/],
  ];

  test.each(plants)('%s: %s', (ruleName, _, spoil, finds) => {
    const spoilt = spoil(text);
    expect(spoilt).not.toBe(text);
    const rule = manifestRules.find((candidate) => candidate.name === ruleName);
    expect(rule?.check(parseManifests(spoilt)).join('\n')).toMatch(finds);
  });

  test('HPAs that outgrow the pools are found', () => {
    expect(hpasFitPools(parseManifests(text.replace('maxReplicas: 24', 'maxReplicas: 240')), readSnapshot('trial')).join()).toMatch(/the user pools grow to/);
  });

  test('a gate that is not where the deployment has it is found', () => {
    expect(gateMeetsDeployment(manifests, readSnapshot('trial'))).toEqual([]);
    expect(gateMeetsDeployment(parseManifests(text.replaceAll('/spillway/gate', '/gate')), readSnapshot('trial')).join()).toMatch(/Front Door asks \/spillway\/gate, the gate answers at \/gate/);
    expect(gateMeetsDeployment(parseManifests(text.replaceAll('namespace: spillway', 'namespace: other')), readSnapshot('trial')).join()).toMatch(/no service account of the manifests/);
  });

  test('a field that no sample knows is found', () => {
    expect(unknownFields({ spec: { replicaz: 3, template: [{ a: 1, b: 2 }] } }, { spec: { replicas: 1, template: [{ a: 0 }] } })).toEqual(['spec.replicaz', 'spec.template[].b']);
  });
});
