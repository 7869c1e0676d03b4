import { principals, spillwayApiAppId } from './entra/principals.ts';
import type { Endpoints } from './routing.ts';

/** What a Functions host gives an app with a managed identity; any value does, as long as both sides know it. */
export const identityHeader = '7f9c2ba4e88f4f2d9c4d';

/** Regions of the control plane, outside the stamps' regions; the first is the one that runs where only one does. */
export const controlRegions = ['northcentralus', 'southcentralus'] as const;

/** The storage account of the control plane's own blobs. */
export const controlPlaneAccount = 'stspillway';

export interface EnvironmentOptions {
  readonly tenantId: string;
  /** One of controlRegions; the first unless given. */
  readonly controlRegion?: string;
}

/**
 * The settings under which the app finds this Azure instead of the public one: what infrastructure would set, and what
 * the Functions host gives for a managed identity. The fleet file (SPILLWAY_FLEET) is the caller's.
 */
export function environmentFor(endpoints: Endpoints, options: EnvironmentOptions): Readonly<Record<string, string>> {
  const controlRegion = options.controlRegion ?? controlRegions[0];
  return {
    SPILLWAY_CONTROL_REGION: controlRegion,
    SPILLWAY_COSMOS_ENDPOINT: `${endpoints.cosmos}/`,
    SPILLWAY_COSMOS_DATABASE: 'spillway',
    SPILLWAY_FENCE_BLOB_URL: `${endpoints.blob}/${controlPlaneAccount}/fence`,
    SPILLWAY_OUTBOX_BLOB_URL: `${endpoints.blob}/${controlPlaneAccount}/outbox-${controlRegion}`,
    SPILLWAY_ARM_ENDPOINT: endpoints.arm,
    SPILLWAY_METRICS_ENDPOINT: endpoints.arm,
    SPILLWAY_LOGS_ENDPOINT: endpoints.logs,
    SPILLWAY_PRICES_ENDPOINT: endpoints.prices,
    SPILLWAY_TENANT_ID: options.tenantId,
    SPILLWAY_API_AUDIENCE: spillwayApiAppId,
    SPILLWAY_AUTHORITY_HOST: endpoints.authority,
    AZURE_AUTHORITY_HOST: endpoints.authority,
    AZURE_TENANT_ID: options.tenantId,
    AZURE_CLIENT_ID: principals.controlPlane.clientId,
    IDENTITY_ENDPOINT: endpoints.identity,
    IDENTITY_HEADER: identityHeader,
    ...(endpoints.caPemPath === null ? {} : { NODE_EXTRA_CA_CERTS: endpoints.caPemPath }),
  };
}

const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;

/** Lines for a POSIX shell: what the app needs, where the admin face is, and how `az` is registered, logged in and given a folder of its own. */
export function shellSnippet(endpoints: Endpoints, options: EnvironmentOptions): string {
  const settings = Object.entries({ ...environmentFor(endpoints, options), SPILLWAY_SANDBOX: endpoints.admin }).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return [...settings, '', ...azureCliLines(endpoints, options.tenantId)].join('\n');
}

/** `/adfs` makes the CLI take the authority as it is, without asking the public cloud for it. */
export function azureCliLines(endpoints: Endpoints, tenantId: string): readonly string[] {
  const caPemPath = endpoints.caPemPath ?? 'ca.pem';
  return [
    `export REQUESTS_CA_BUNDLE=${quoted(caPemPath)}`,
    `export AZURE_CONFIG_DIR=${quoted(`${caPemPath.replace(/[^/]*$/, '')}az`)}`,
    'export AZURE_CORE_COLLECT_TELEMETRY=no',
    [
      'az cloud register -n SpillwaySandbox',
      `--endpoint-resource-manager ${endpoints.arm}`,
      `--endpoint-active-directory ${endpoints.authority}/adfs`,
      `--endpoint-active-directory-resource-id ${endpoints.arm}`,
      `--endpoint-active-directory-graph-resource-id ${endpoints.arm}`,
      `--endpoint-management ${endpoints.arm}`,
      '--suffix-storage-endpoint localhost',
      '--suffix-keyvault-dns .vault.localhost',
    ].join(' '),
    'az cloud set -n SpillwaySandbox',
    `az login --service-principal -u ${principals.owner.clientId} -p sandbox --tenant ${tenantId}`,
  ];
}
