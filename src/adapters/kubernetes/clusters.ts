import { Buffer } from 'node:buffer';
import type { ContainerServiceClient } from '@azure/arm-containerservice';
import { AutoscalingV2Api, createConfiguration, KubeConfig, ServerConfiguration } from '@kubernetes/client-node';
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import type { ClusterRef } from '../../domain/fleet.ts';
import { TransientError } from '../../ports/outcome.ts';
import { parseResourceId } from '../http/resourceId.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { kubernetesTransport } from './httpLibrary.ts';
import { kubernetesReader, type KubernetesReader } from './reader.ts';

/** One cluster's API. */
export interface Cluster {
  readonly reader: KubernetesReader;
  /** For what is written. */
  readonly autoscaling: AutoscalingV2Api;
  /** GET of a path that is no resource, such as /readyz; one attempt within `timeoutMs`, on its own connection. */
  probe(path: string, timeoutMs: number): Promise<{ readonly status: number; readonly latencyMs: number }>;
}

export interface Clusters {
  open(cluster: ClusterRef): Promise<Cluster>;
}

/**
 * A cluster's address and CA come from `listClusterUserCredentials` and are kept for an hour. Should Resource Manager not
 * answer then, the old ones are used on: a cluster does not change its address, and the surge must not wait for ARM.
 */
export function aksClusters(context: SdkContext, clientOf: (subscriptionId: string) => ContainerServiceClient): Clusters {
  const keptMs = 3_600_000;
  const opened = new Map<string, { readonly cluster: Cluster; readonly at: number }>();
  const opening = new Map<string, Promise<Cluster>>();

  async function readAccess(ref: ClusterRef): Promise<Cluster> {
    const id = parseResourceId(ref.resourceId);
    const answer = await clientOf(id.subscriptionId).managedClusters.listClusterUserCredentials(id.resourceGroup, id.name);
    const bytes = answer.kubeconfigs?.[0]?.value;
    if (bytes === undefined) throw new TransientError(`no user credentials for ${id.name}`, null);
    const config = new KubeConfig();
    config.loadFromString(Buffer.from(bytes).toString('utf8'));
    const target = config.getCurrentCluster();
    if (target === null) throw new TransientError(`the kubeconfig of ${id.name} names no cluster`, null);
    return connect(context, target.server, target.caData === undefined ? null : Buffer.from(target.caData, 'base64').toString('utf8'));
  }

  async function refresh(ref: ClusterRef): Promise<Cluster> {
    try {
      const cluster = await readAccess(ref);
      opened.set(ref.resourceId, { cluster, at: context.clock.now() });
      return cluster;
    } catch (error) {
      const old = opened.get(ref.resourceId);
      if (old === undefined) throw error;
      return old.cluster;
    }
  }

  return {
    open(ref) {
      const kept = opened.get(ref.resourceId);
      if (kept !== undefined && context.clock.now() - kept.at < keptMs) return Promise.resolve(kept.cluster);
      const running = opening.get(ref.resourceId);
      if (running !== undefined) return running;
      const started = refresh(ref).finally(() => opening.delete(ref.resourceId));
      opening.set(ref.resourceId, started);
      return started;
    },
  };
}

function connect(context: SdkContext, server: string, ca: string | null): Cluster {
  const transport = kubernetesTransport(context, ca);
  const configuration = createConfiguration({ baseServer: new ServerConfiguration(server, {}), httpApi: transport.library });
  return {
    reader: kubernetesReader(transport, server),
    autoscaling: new AutoscalingV2Api(configuration),
    async probe(path, timeoutMs) {
      const token = await context.credential.getToken(transport.scope);
      const request = createPipelineRequest({ url: `${server.replace(/\/$/, '')}${path}`, timeout: timeoutMs, disableKeepAlive: true });
      if (token !== null) request.headers.set('authorization', `Bearer ${token.token}`);
      // Settings of its own are what gives a request a connection of its own.
      request.tlsSettings = { ...transport.tlsSettings };
      const startedAt = context.clock.now();
      const response = await transport.client.sendRequest(request);
      return { status: response.status, latencyMs: context.clock.now() - startedAt };
    },
  };
}
