import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyBytes } from '../azure/blob/faceHttpClient.ts';
import { createKubeWorld } from '../azure/kubernetes/kubeWorld.ts';
import { coarseAnswer, conflictAnswer, normalAnswer } from './apiserverAnswers.ts';
import { ownershipStart, ownershipSteps } from './apiserverOwnership.ts';
import { callServer, findApiserver, startApiserver } from './apiserverProcess.ts';
import type { HttpAnswer, RunningApiserver } from './apiserverProcess.ts';
import { suiteSteps } from './apiserverSuite.ts';
import type { SuiteStep } from './apiserverSuite.ts';
import { skipped } from './skipped.ts';

const source = findApiserver();
const ownershipSeeds = [1, 2, 3];
const ownershipCount = 150;
if (source.kind === 'none') {
  const line = `kube-apiserver: skipped ${suiteSteps.length + ownershipSeeds.length * ownershipCount} requests, ${source.why}`;
  // it comes with ../shared: where that is not, as on a user's machine, nobody can be asked to have it
  console.log(existsSync('../shared') ? skipped(line) : line);
} else {
  console.log(`kube-apiserver: found, ${source.kind === 'assets' ? source.folder : source.path}`);
}

/** One of the two servers with what it gave earlier steps to use later. */
interface Side {
  readonly kept: Map<string, string>;
  readonly send: (call: Sent) => Promise<HttpAnswer>;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

describe.skipIf(source.kind === 'none')('the Kubernetes face answers as a real kube-apiserver does', () => {
  let real: RunningApiserver | null = null;
  const world = createKubeWorld();
  const face: Side = {
    kept: new Map(),
    send: async ({ method, path, headers, body }) => {
      const answer = await world.face({ method, url: new URL(path, 'https://eastus2.kube.sandbox.test'), headers, body: body === undefined ? null : Buffer.from(body), signal: AbortSignal.abort() });
      return { status: answer.status, text: (await bodyBytes(answer)).toString() };
    },
  };
  const server: Side = {
    kept: new Map(),
    send: async (call) => callServer(real?.origin ?? '', call),
  };

  beforeAll(async () => {
    if (source.kind !== 'none') real = await startApiserver(source);
  }, 120_000);
  afterAll(async () => {
    await real?.stop();
  });

  it.each(suiteSteps.map((step) => [step.name, step] as const))('%s', async (_name, step) => {
    const [ours, theirs] = [await ask(face, step), await ask(server, step)];
    expect(ours.status).toBeLessThan(500);
    if (step.differs !== undefined) return;
    if (step.words === undefined) expect(ours).toEqual(theirs);
    else expect(coarseAnswer(ours)).toEqual(coarseAnswer(theirs));
  });

  it.each(ownershipSeeds)(`${ownershipCount} random applies, updates and forced applies of four managers, seed %i`, async (seed) => {
    // A real cluster has this namespace from its controllers, which do not run here.
    await ask(server, { name: 'namespace', method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } } });
    for (const { path } of ownershipStart) for (const side of [face, server]) await ask(side, { name: 'clean', method: 'DELETE', path: path.replace('?', '/owned?') });
    const statuses = new Set<number>();
    for (const step of [...ownershipStart, ...ownershipSteps(seed, ownershipCount)]) {
      const [ours, theirs] = [await ask(face, step), await ask(server, step)];
      expect(conflictAnswer(ours), `${step.name} ${JSON.stringify(step.body)}`).toEqual(conflictAnswer(theirs));
      statuses.add(theirs.status);
    }
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([200, 201, 409, 422]);
  });

  it('the requests whose answers differ are few and each has its reason', () => {
    expect(suiteSteps.filter(({ differs }) => differs !== undefined).map(({ name, differs }) => `${name}: ${differs}`)).toHaveLength(6);
  });
});

async function ask(side: Side, step: SuiteStep): Promise<ReturnType<typeof normalAnswer>> {
  const fill = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => side.kept.get(name) ?? '');
  const token = step.token === undefined ? 'admin-token' : step.token;
  const headers = {
    'user-agent': 'suite/1.0',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(step.body === undefined ? {} : { 'content-type': step.contentType ?? 'application/json' }),
  };
  const body = step.body === undefined ? undefined : fill(typeof step.body === 'string' ? step.body : JSON.stringify(step.body));
  const answer = await side.send({ method: step.method, path: fill(step.path), headers, body });
  if (step.keep !== undefined) side.kept.set(step.keep.as, metadataText(answer.text, step.keep.what));
  return normalAnswer(answer.status, answer.text);
}

function metadataText(text: string, what: string): string {
  const body = JSON.parse(text) as { readonly metadata?: Readonly<Record<string, unknown>> };
  const value = body.metadata?.[what];
  if (typeof value !== 'string') throw new Error(`the answer has no metadata.${what}`);
  return value;
}
