import { parseAllDocuments } from 'yaml';
import { runCommand } from './command.ts';
import { isRecord, textAt } from './snapshot.ts';

/** One Kubernetes object as kustomize writes it. */
export interface Manifest {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Values for the variables that Flux fills in per stamp: what a deployment would give, in shape. */
export const sampleSubstitutions: Readonly<Record<string, string>> = {
  STAMP: 'swc',
  REGISTRY: 'crexample.azurecr.io',
  HOST_NAME: 'swc.origin.example.com',
  INGRESS_ADDRESS: '10.10.143.245',
  GATE_BLOB_URL: 'https://stexample.blob.core.windows.net/gate/swc.json',
  GATE_CLIENT_ID: '00000000-0000-0000-0000-000000000009',
};

export type Rendered = { readonly kind: 'rendered'; readonly text: string } | { readonly kind: 'missing'; readonly why: string } | { readonly kind: 'failed'; readonly why: string };

/** Older ones know neither options of a generator nor patches with a target. */
const oldestKustomizeMajor = 4;

/** `kubectl kustomize` of a folder; `missing` where kubectl is not there or too old for these manifests. */
export async function render(folder: string): Promise<Rendered> {
  const version = await runCommand('kubectl', ['version', '--client', '--output=json'], folder);
  if (version.exitCode === null) return { kind: 'missing', why: 'kubectl was not found' };
  const kustomizeMajor = Number(/"kustomizeVersion": "v(\d+)/.exec(version.stdout)?.[1] ?? 0);
  if (kustomizeMajor < oldestKustomizeMajor) return { kind: 'missing', why: `kubectl brings a kustomize older than v${oldestKustomizeMajor}` };
  const ran = await runCommand('kubectl', ['kustomize', folder], folder);
  return ran.exitCode === 0 ? { kind: 'rendered', text: ran.stdout } : { kind: 'failed', why: ran.output };
}

/**
 * As Flux does it: every ${NAME} becomes its value, or nothing where there is none, but in objects that are annotated
 * otherwise.
 */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .split(/^---\n/m)
    .map((document) =>
      document.includes('kustomize.toolkit.fluxcd.io/substitute: disabled') ? document : document.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => values[name] ?? ''),
    )
    .join('---\n');
}

export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const body: unknown = document.toJS();
    if (!isRecord(body)) return [];
    return [{ kind: textAt(body, 'kind') ?? '', name: textAt(body, 'metadata.name') ?? '', namespace: textAt(body, 'metadata.namespace') ?? '', body }];
  });
}
