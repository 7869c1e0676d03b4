const account = 'Microsoft.DocumentDB/databaseAccounts';
const items = `${account}/sqlDatabases/containers/items`;

/** Cosmos DB's data-plane RBAC actions, by their published names. */
export const dataActions = {
  readMetadata: `${account}/readMetadata`,
  create: `${items}/create`,
  read: `${items}/read`,
  replace: `${items}/replace`,
  upsert: `${items}/upsert`,
  delete: `${items}/delete`,
  executeQuery: `${account}/sqlDatabases/containers/executeQuery`,
  readChangeFeed: `${account}/sqlDatabases/containers/readChangeFeed`,
} as const;

export type CosmosDataAction = (typeof dataActions)[keyof typeof dataActions];
