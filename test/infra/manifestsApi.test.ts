import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { join } from 'node:path';
import { runCommand } from '../../tools/infra-check/command.ts';
import { parseManifests, render, sampleSubstitutions, substitute } from '../../tools/infra-check/manifests.ts';
import type { Manifest } from '../../tools/infra-check/manifests.ts';
import { findApiserver, startApiserver } from '../clients/apiserverProcess.ts';
import type { RunningApiserver } from '../clients/apiserverProcess.ts';

const root = join(import.meta.dirname, '..', '..');

/** Kinds that the server at hand knows; disruption budgets and custom resources are checked by schema only. */
const accepted = ['Deployment', 'HorizontalPodAutoscaler', 'Service', 'Ingress', 'ConfigMap', 'ServiceAccount', 'NetworkPolicy'];

const rendered = await render(join(root, 'gitops', 'overlays', 'flux'));
const source = findApiserver();
const missing = rendered.kind === 'missing' ? rendered.why : source.kind === 'none' ? source.why : '';

describe.skipIf(missing !== '')(`a real Kubernetes API${missing === '' ? '' : ` (skipped: ${missing}; 7 kinds not tried)`}`, () => {
  let api: RunningApiserver;
  let manifests: readonly Manifest[] = [];
  const kubectl = (args: readonly string[], input = '') =>
    runCommand('kubectl', ['--server', api.origin, '--insecure-skip-tls-verify', '--token', 'admin-token', ...args], root, input);

  beforeAll(async () => {
    if (source.kind === 'none') throw new Error(source.why);
    api = await startApiserver(source);
    if (rendered.kind !== 'rendered') throw new Error(`kubectl kustomize: ${rendered.kind}`);
    manifests = parseManifests(substitute(rendered.text, sampleSubstitutions));
    const namespaces = manifests.filter((manifest) => manifest.kind === 'Namespace').map((manifest) => stringify(manifest.body));
    const made = await kubectl(['apply', '--server-side', '-f', '-'], namespaces.join('---\n'));
    expect(made.output).toMatch(/namespace\/web serverside-applied/);
  }, 120_000);

  afterAll(() => api.stop());

  test.each(accepted)('%s is accepted', async (kind) => {
    const own = manifests.filter((manifest) => manifest.kind === kind);
    expect(own.length).toBeGreaterThan(0);
    const applied = await kubectl(['apply', '--server-side', '--validate=false', '-f', '-'], own.map((manifest) => stringify(manifest.body)).join('---\n'));
    expect(applied.output.trim().split('\n').filter((line) => !line.endsWith('serverside-applied'))).toEqual([]);
    expect(applied.exitCode).toBe(0);
  });

  test('an HPA with its bounds the wrong way round is refused: the server does check', async () => {
    const hpa = manifests.find((manifest) => manifest.kind === 'HorizontalPodAutoscaler');
    const applied = await kubectl(['apply', '--server-side', '--validate=false', '-f', '-'], stringify(hpa?.body).replace('maxReplicas: 24', 'maxReplicas: 2'));
    expect(applied.exitCode).not.toBe(0);
    expect(applied.output).toMatch(/maxReplicas/);
  });
});
