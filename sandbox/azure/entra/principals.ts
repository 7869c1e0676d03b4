/**
 * Who exists in the sandbox's tenant. Ids are made up and stable, so that docs, tests and shell history agree.
 * `standing` decides what a principal may do in Azure: the control plane has the role table's permissions and no more,
 * an owner has everything (a person at `az` or `kubectl`), a guest nothing.
 */
export type Standing = 'controlPlane' | 'gate' | 'owner' | 'guest';

export interface Principal {
  readonly name: string;
  readonly objectId: string;
  readonly clientId: string;
  readonly standing: Standing;
  /** App roles in the Spillway API, as they come in a token's `roles`. */
  readonly apiRoles: readonly string[];
}

/** The application that Azure Monitor's action groups use to call secure webhooks (published, the same in every tenant). */
export const azureMonitorWebhookAppId = '461e8683-5575-4561-ac7f-899cc907d62a';

/** First-party application "Azure Kubernetes Service AAD Server": the audience of tokens for an AKS API server. */
export const aksServerAppId = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** The Spillway API's own application registration in the sandbox's tenant. */
export const spillwayApiAppId = '3f6c1d2a-90b4-4c55-8f0e-7d1b6a2c4e90';

export const principals = {
  controlPlane: {
    name: 'id-spillway',
    objectId: '0b7c9a52-6f1e-4a83-9d24-51e0c7b3a6f8',
    clientId: 'c2a41f0d-3b8e-4f67-a5d9-8e6012b7c34a',
    standing: 'controlPlane',
    apiRoles: [],
  },
  gate: {
    name: 'id-spillway-gate',
    objectId: '6d0e4b18-2c97-4f5a-b3e1-9a7f80c2d561',
    clientId: '91b5e7c3-4d2a-4e08-8c6f-0f3a1d9b7e25',
    standing: 'gate',
    apiRoles: [],
  },
  owner: {
    name: 'owner',
    objectId: 'e8f3b6a1-7c04-4d92-a1b5-3c6e9f0d2784',
    clientId: '7a9d2c40-5e1b-4b36-9f88-d4c3e2a1b097',
    standing: 'owner',
    apiRoles: [],
  },
  reader: {
    name: 'reader',
    objectId: 'a4c8d2e6-1b3f-4097-8e5d-7f9a0b1c2d31',
    clientId: 'd1e2f3a4-b5c6-4d78-9e0f-a1b2c3d4e5f6',
    standing: 'guest',
    apiRoles: ['Reader'],
  },
  operator: {
    name: 'operator',
    objectId: 'b5d9e3f7-2c4a-41a8-9f6e-8a0b1c2d3e42',
    clientId: 'e2f3a4b5-c6d7-4e89-8f1a-b2c3d4e5f607',
    standing: 'guest',
    apiRoles: ['Reader', 'Operator'],
  },
  approver: {
    name: 'approver',
    objectId: 'c6eaf408-3d5b-42b9-a07f-9b1c2d3e4f53',
    clientId: 'f3a4b5c6-d7e8-4f9a-902b-c3d4e5f60718',
    standing: 'guest',
    apiRoles: ['Reader', 'Approver'],
  },
  azureMonitor: {
    name: 'AzNS AAD Webhook',
    objectId: 'd7fb0519-4e6c-43ca-b180-ac2d3e4f5064',
    clientId: azureMonitorWebhookAppId,
    standing: 'guest',
    apiRoles: ['ActionGroupsSecureWebhook'],
  },
} as const satisfies Readonly<Record<string, Principal>>;

export type PrincipalName = keyof typeof principals;

const all: readonly Principal[] = Object.values(principals);

export const isPrincipalName = (name: string): name is PrincipalName => Object.hasOwn(principals, name);

export const principalByClientId = (clientId: string): Principal | null => all.find((principal) => principal.clientId === clientId.toLowerCase()) ?? null;

/** Anybody may log in with a client id of their own making, as `az login --service-principal -u GUID` does: they are owners. */
export const visitor = (clientId: string): Principal => ({
  name: clientId.toLowerCase(),
  objectId: clientId.toLowerCase().replace(/^.{8}/, '0000feed'),
  clientId: clientId.toLowerCase(),
  standing: 'owner',
  apiRoles: [],
});
