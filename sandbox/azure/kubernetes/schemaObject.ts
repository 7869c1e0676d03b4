import type { KubeObject } from '../../world/types.ts';
import type { JsonObject } from './json.ts';

/** The store's objects are JSON by contract; their type names only what every one of them has. */
export const schemaObject = (object: KubeObject): JsonObject => object as unknown as JsonObject;
