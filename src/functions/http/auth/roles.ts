/** App roles of the API, each including the ones before it. */
export const roles = ['Reader', 'Operator', 'Approver'] as const;

export type Role = (typeof roles)[number];

/** Role that Azure Monitor's action groups get for their secure webhook. */
export const actionGroupRole = 'ActionGroupsSecureWebhook';

/** Application id of Azure Monitor's "AzNS AAD Webhook" in every tenant. */
export const actionGroupAppId = '461e8683-5575-4561-ac7f-899cc907d62a';

export const includesRole = (granted: readonly string[], needed: Role): boolean =>
  roles.slice(roles.indexOf(needed)).some((role) => granted.includes(role));
