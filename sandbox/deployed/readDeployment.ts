import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { validateFleet } from '../../src/config/loadFleet.ts';
import { addressCount, parseCidr } from '../../tools/infra-check/cidr.ts';
import { deployedFleetOf } from '../../tools/infra-check/deployedFleet.ts';
import { deployedWorldOf, type DeployedWorkload } from '../../tools/infra-check/deployedWorld.ts';
import { mergeFleet } from '../../tools/infra-check/fleetFile.ts';
import { parseManifests, render, sampleSubstitutions, substitute, type Manifest } from '../../tools/infra-check/manifests.ts';
import { withSandboxAddresses } from '../../tools/infra-check/sandboxAddresses.ts';
import { ofType, parseSnapshot, type Snapshot } from '../../tools/infra-check/snapshot.ts';
import type { Deployment } from '../scenarios/index.ts';
import { deploymentForWorld, type DeploymentForWorld } from '../world/index.ts';
import { quantityOf } from '../world/cluster/quantity.ts';

export interface DeploymentSources {
  /** What `bicep snapshot` wrote. */
  readonly snapshot: string;
  /** The half of the fleet file that people decide. */
  readonly policy: string;
  /** Folder that kustomize renders: the workloads of every cluster. */
  readonly gitops: string;
}

/** Of a subnet, Azure keeps five. */
const keptAddresses = 5;

/** An HPA without a CPU target scales by what the sandbox does not have; Kubernetes' own default stands in. */
const defaultTargetPercent = 80;

/**
 * The fleet that these files would deploy, with addresses and a subscription that the sandbox answers for.
 * @throws Error saying which file is not there or does not fit, or that kubectl is needed.
 */
export async function readDeployment({ snapshot: snapshotFile, policy, gitops }: DeploymentSources): Promise<Deployment> {
  const snapshot = parseSnapshot(await readFile(snapshotFile, 'utf8'));
  const merged = mergeFleet(deployedFleetOf(snapshot), parse(await readFile(policy, 'utf8')));
  if (merged.kind === 'problem') throw new Error(`${snapshotFile} and ${policy} do not make a fleet: ${merged.message}`);
  const file = withSandboxAddresses(merged.file);
  const validated = validateFleet(file);
  if (validated.kind === 'invalid') throw new Error(`${snapshotFile} and ${policy} do not make a fleet:\n${validated.problems.map(({ path, message }) => `${path}: ${message}`).join('\n')}`);
  return { source: basename(snapshotFile), document: inOneSubscription({ ...file }, file.frontDoor.resourceId), physics: physicsOf(snapshot, await manifestsOf(gitops)) };
}

/** The sandbox has one subscription: a fleet that spans several is played as if all of it lay in Front Door's. */
function inOneSubscription(document: Readonly<Record<string, unknown>>, frontDoorId: string): Readonly<Record<string, unknown>> {
  const subscription = frontDoorId.split('/')[2] ?? '';
  // Revived from a document's own text: the same shape.
  return JSON.parse(JSON.stringify(document).replaceAll(/(?<="\/subscriptions\/)[^/"]+/gi, subscription)) as Record<string, unknown>;
}

async function manifestsOf(folder: string): Promise<readonly Manifest[]> {
  const rendered = await render(folder);
  if (rendered.kind === 'missing') throw new Error(`${rendered.why}: it renders ${folder}, whose workloads are part of the fleet`);
  if (rendered.kind === 'failed') throw new Error(`${folder} does not render: ${rendered.why}`);
  return parseManifests(substitute(rendered.text, sampleSubstitutions));
}

function physicsOf(snapshot: Snapshot, manifests: readonly Manifest[]): DeploymentForWorld {
  const { originGroups, clusters, workloads } = deployedWorldOf(snapshot, manifests);
  const owner = ofType(snapshot, 'Microsoft.KubernetesConfiguration/fluxConfigurations').length > 0 ? 'kustomize-controller' : 'kubectl-client-side-apply';
  return deploymentForWorld.parse({
    originGroups,
    clusters: clusters.map(({ stamp, podCidr, nodeSubnetPrefix, pools }) => ({ stamp, podCidr, subnetAddresses: addressCount(parseCidr(nodeSubnetPrefix)) - keptAddresses, pools })),
    workloads: workloads.map((workload) => workloadOf(workload, owner)),
  });
}

function workloadOf({ namespace, hpa, minReplicas, maxReplicas, targetCpuUtilisationPercent, cpuRequest, memoryRequest, hpaAnnotations }: DeployedWorkload, hpaManager: string): DeploymentForWorld['workloads'][number] {
  return {
    namespace,
    hpa,
    minReplicas,
    maxReplicas,
    targetCpuUtilisationPercent: targetCpuUtilisationPercent ?? defaultTargetPercent,
    cpuMillicores: Math.round(quantityOf(cpuRequest) * 1000),
    memoryMiB: Math.ceil(quantityOf(memoryRequest) / 1024 ** 2),
    hpaManager,
    hpaAnnotations,
  };
}
