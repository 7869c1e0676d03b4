import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Fleet } from '../domain/fleet.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ports } from '../ports/ports.ts';
import { managedClusters } from './aks/managedClusters.ts';
import { aksClients, aksCompute } from './aks/pools.ts';
import { blobClients } from './blob/blobClients.ts';
import { blobFence } from './blob/fence.ts';
import { blobGate } from './blob/gate.ts';
import { blobOutbox } from './blob/outbox.ts';
import { httpChecks } from './checks/checks.ts';
import { systemClock } from './clock/system.ts';
import { storedControls } from './cosmos/controls.ts';
import { cosmosContainers } from './cosmos/cosmosClient.ts';
import { cosmosLedger } from './cosmos/ledger.ts';
import { cosmosState } from './cosmos/state.ts';
import { accessLogEdges } from './demand/accessLog.ts';
import { metricsDemand } from './demand/demand.ts';
import { createCredential } from './entra/credential.ts';
import { createTraffic } from './frontDoor/createTraffic.ts';
import { azureHeadroom } from './headroom/headroom.ts';
import { withWriteDeadlines } from './http/deadline.ts';
import type { SdkContext } from './http/sdkContext.ts';
import { aksClusters } from './kubernetes/clusters.ts';
import { kubernetesWorkloads } from './kubernetes/workloads.ts';
import { fleetMetrics } from './monitor/fleetMetrics.ts';
import { azureMonitorLogs, azureMonitorMetrics } from './monitor/metrics.ts';
import { originDirectory } from './monitor/originDirectory.ts';
import { webhookNotify } from './notify/webhook.ts';
import { retailPrices } from './prices/retailPrices.ts';
import { fleetSignals } from './signals/signals.ts';

/** What the app's settings say of the outside; the settings object itself fits. */
export interface PortOptions {
  readonly controlRegion: string;
  readonly cosmosEndpoint: string;
  readonly cosmosDatabase: string;
  readonly fenceBlobUrl: string;
  readonly outboxBlobUrl: string;
  readonly armEndpoint: string;
  readonly metricsEndpoint: string;
  readonly logsEndpoint: string;
  readonly pricesEndpoint: string | null;
  readonly authorityHost: string;
  readonly identityClientId: string | null;
}

/** Stand-ins for what the process itself provides. */
export interface PortOverrides {
  readonly credential?: TokenCredential;
  /** Every adapter's requests go through it; identity's too, unless a credential is given. */
  readonly httpClient?: HttpClient;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Builds every adapter once. Opens no connection: the first call does. */
export function createPorts(options: PortOptions, fleet: Fleet, overrides: PortOverrides = {}): Ports {
  const context = sdkContext(options, overrides);
  const { clock } = context;
  const blobs = blobClients(context);
  const { ledger, state: stateContainer } = cosmosContainers(context, { endpoint: options.cosmosEndpoint, database: options.cosmosDatabase });
  const state = cosmosState(context, stateContainer);
  const aksClientOf = aksClients(context);
  const readCluster = managedClusters(aksClientOf);
  const clusters = aksClusters(context, aksClientOf);
  const traffic = createTraffic(context, fleet, () => metrics.shares());
  const directory = originDirectory(clock, fleet, () => traffic.readTraffic());
  const metrics = fleetMetrics(clock, fleet, azureMonitorMetrics(context), directory);
  return {
    fleet,
    controlRegion: options.controlRegion,
    clock,
    ...withWriteDeadlines({ traffic, compute: aksCompute(context, aksClientOf, readCluster), workloads: kubernetesWorkloads(context, clusters), gate: blobGate(context, blobs) }, clock),
    signals: fleetSignals(context, { metrics, clusters, state }),
    demand: metricsDemand(clock, fleet, metrics, accessLogEdges(clock, fleet, azureMonitorLogs(context), directory)),
    headroom: azureHeadroom(context, fleet, { readCluster, clusters }),
    ledger: cosmosLedger(context, ledger, blobOutbox(context, blobs, options.outboxBlobUrl)),
    state,
    controls: storedControls(context, state, fleet.policy.initialMode),
    fence: blobFence(context, blobs, options.fenceBlobUrl, options.controlRegion),
    notify: webhookNotify(context, fleet.notify.webhookUrl),
    checks: httpChecks(context, metrics),
    prices: retailPrices(context, options.pricesEndpoint),
  };
}

function sdkContext(options: PortOptions, overrides: PortOverrides): SdkContext {
  const { httpClient } = overrides;
  const transport = httpClient === undefined ? {} : { httpClient };
  const credential =
    overrides.credential ??
    createCredential({
      clientId: options.identityClientId,
      // Set by the Functions host where a managed identity is assigned; the identity SDK reads the rest of it itself.
      identityEndpoint: process.env['IDENTITY_ENDPOINT'] ?? null,
      authorityHost: options.authorityHost,
      ...transport,
    });
  return {
    credential,
    ...transport,
    armEndpoint: options.armEndpoint,
    metricsEndpoint: options.metricsEndpoint,
    logsEndpoint: options.logsEndpoint,
    clock: overrides.clock ?? systemClock,
    random: overrides.random ?? Math.random,
  };
}
