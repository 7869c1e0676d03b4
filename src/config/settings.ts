import { z } from 'zod';

/** App settings, read once from the environment. A missing or bad one is told with its name and what to put there. */
export interface Settings {
  /** Path (relative to the app's folder or absolute) of the fleet file, or the file's text. */
  readonly fleet: string;
  /** Azure region in which this control plane runs; every record carries it. */
  readonly controlRegion: string;
  readonly cosmosEndpoint: string;
  readonly cosmosDatabase: string;
  /** URL of the blob container that holds the fence. */
  readonly fenceBlobUrl: string;
  /** URL of the blob container, in this control-plane region, that holds ledger entries Cosmos has not taken yet. */
  readonly outboxBlobUrl: string;
  readonly armEndpoint: string;
  readonly metricsEndpoint: string;
  readonly logsEndpoint: string;
  /** Null: retail prices are not read. */
  readonly pricesEndpoint: string | null;
  readonly tenantId: string;
  readonly apiAudience: string;
  readonly alertAudience: string;
  readonly authorityHost: string;
  /** Client id of the user-assigned identity; null = the system-assigned one. */
  readonly identityClientId: string | null;
  readonly applicationInsightsConnectionString: string | null;
}

export interface SettingProblem {
  readonly name: string;
  readonly message: string;
}

export type SettingsRead =
  | { readonly kind: 'ready'; readonly settings: Settings }
  | { readonly kind: 'invalid'; readonly problems: readonly SettingProblem[] };

const url = z.url({ protocol: /^https?$/ });
const guid = z.guid();
const text = z.string().min(1);
const optional = <T extends z.ZodType>(schema: T) => schema.optional();

const help = {
  SPILLWAY_FLEET: 'the path of the fleet file (relative to the app folder, or absolute), or its YAML or JSON text',
  SPILLWAY_CONTROL_REGION: 'the Azure region in which this app runs, such as westeurope',
  SPILLWAY_COSMOS_ENDPOINT: 'the Cosmos DB account\'s address, such as https://ACCOUNT.documents.azure.com:443/',
  SPILLWAY_COSMOS_DATABASE: 'the name of the Cosmos DB database; left out it is "spillway"',
  SPILLWAY_FENCE_BLOB_URL: 'the address of the blob container for the fence, such as https://ACCOUNT.blob.core.windows.net/fence',
  SPILLWAY_OUTBOX_BLOB_URL: 'the address of the blob container for the outbox, in this region, such as https://ACCOUNT.blob.core.windows.net/outbox',
  SPILLWAY_ARM_ENDPOINT: 'the address of Azure Resource Manager; left out it is https://management.azure.com',
  SPILLWAY_METRICS_ENDPOINT: 'the address for Azure Monitor metrics; left out it is the one of Resource Manager',
  SPILLWAY_LOGS_ENDPOINT: 'the address for queries of Log Analytics; left out it is https://api.loganalytics.io',
  SPILLWAY_PRICES_ENDPOINT: 'the address of the retail price list, or "off"; left out it is https://prices.azure.com',
  SPILLWAY_TENANT_ID: 'the id (GUID) of the Entra tenant whose tokens the API takes',
  SPILLWAY_API_AUDIENCE: 'the audience of tokens for the API: the app registration\'s client id (tokens of version 2 carry it; api:// and that id count as the same), or an api:// address of its own',
  SPILLWAY_ALERT_AUDIENCE: 'the audience of the action group\'s tokens; left out it is the API\'s',
  SPILLWAY_AUTHORITY_HOST: 'the address of Entra; left out it is https://login.microsoftonline.com',
  AZURE_CLIENT_ID: 'the client id (GUID) of the user-assigned identity; leave it out for the system-assigned one',
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'the connection string of Application Insights; leave it out for none',
} as const satisfies Record<string, string>;

type SettingName = keyof typeof help;

/** Every setting that the app reads. */
export const settingNames: readonly string[] = Object.keys(help);

const environmentSchema = z.object({
  SPILLWAY_FLEET: text,
  SPILLWAY_CONTROL_REGION: z.string().regex(/^[a-z0-9]+$/),
  SPILLWAY_COSMOS_ENDPOINT: url,
  SPILLWAY_COSMOS_DATABASE: optional(text),
  SPILLWAY_FENCE_BLOB_URL: url,
  SPILLWAY_OUTBOX_BLOB_URL: url,
  SPILLWAY_ARM_ENDPOINT: optional(url),
  SPILLWAY_METRICS_ENDPOINT: optional(url),
  SPILLWAY_LOGS_ENDPOINT: optional(url),
  SPILLWAY_PRICES_ENDPOINT: optional(z.union([z.literal('off'), url])),
  SPILLWAY_TENANT_ID: guid,
  SPILLWAY_API_AUDIENCE: text,
  SPILLWAY_ALERT_AUDIENCE: optional(text),
  SPILLWAY_AUTHORITY_HOST: optional(url),
  AZURE_CLIENT_ID: optional(guid),
  APPLICATIONINSIGHTS_CONNECTION_STRING: optional(text),
} satisfies Record<SettingName, z.ZodType>);

/** An empty value counts as left out: that is how Azure portals and Bicep say "none". */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): SettingsRead {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const names = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
    return { kind: 'invalid', problems: [...names].filter(isSettingName).map((name) => problemOf(name, given[name])) };
  }
  const env = parsed.data;
  const armEndpoint = withoutSlash(env.SPILLWAY_ARM_ENDPOINT ?? 'https://management.azure.com');
  return {
    kind: 'ready',
    settings: {
      fleet: env.SPILLWAY_FLEET,
      controlRegion: env.SPILLWAY_CONTROL_REGION,
      cosmosEndpoint: env.SPILLWAY_COSMOS_ENDPOINT,
      cosmosDatabase: env.SPILLWAY_COSMOS_DATABASE ?? 'spillway',
      fenceBlobUrl: withoutSlash(env.SPILLWAY_FENCE_BLOB_URL),
      outboxBlobUrl: withoutSlash(env.SPILLWAY_OUTBOX_BLOB_URL),
      armEndpoint,
      metricsEndpoint: withoutSlash(env.SPILLWAY_METRICS_ENDPOINT ?? armEndpoint),
      logsEndpoint: withoutSlash(env.SPILLWAY_LOGS_ENDPOINT ?? 'https://api.loganalytics.io'),
      pricesEndpoint: env.SPILLWAY_PRICES_ENDPOINT === 'off' ? null : withoutSlash(env.SPILLWAY_PRICES_ENDPOINT ?? 'https://prices.azure.com'),
      tenantId: env.SPILLWAY_TENANT_ID,
      apiAudience: env.SPILLWAY_API_AUDIENCE,
      alertAudience: env.SPILLWAY_ALERT_AUDIENCE ?? env.SPILLWAY_API_AUDIENCE,
      authorityHost: withoutSlash(env.SPILLWAY_AUTHORITY_HOST ?? 'https://login.microsoftonline.com'),
      identityClientId: env.AZURE_CLIENT_ID ?? null,
      applicationInsightsConnectionString: env.APPLICATIONINSIGHTS_CONNECTION_STRING ?? null,
    },
  };
}

const problemOf = (name: SettingName, given: string | undefined): SettingProblem => ({
  name,
  message: given === undefined ? `is missing; put there ${help[name]}` : `is not usable as it stands; put there ${help[name]}`,
});

const isSettingName = (name: string): name is SettingName => name in help;

const withoutSlash = (address: string): string => address.replace(/\/+$/, '');
