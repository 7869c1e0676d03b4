import type { Container } from '@azure/cosmos';
import type { StateKey, StateStore, Versioned } from '../../ports/state.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { cosmosCall, cosmosStatus } from './cosmosFaults.ts';
import { documentId, fromDocumentId } from './documentId.ts';

/** How a small document lies in the container: partition `kind`; `ttl` in seconds where it may go by itself. */
interface StateDocument {
  readonly id: string;
  readonly kind: StateKey['kind'];
  readonly value: unknown;
  readonly ttl?: number;
}

interface Stored extends StateDocument {
  readonly _etag: string;
}

export function cosmosState(context: SdkContext, container: Container): StateStore {
  const now = (): number => context.clock.now();
  return {
    read: <T>(key: StateKey) =>
      cosmosCall(now, `state ${key.kind}/${key.id}`, async () => {
        const { resource } = await container.item(documentId(key.id), key.kind).read<Stored>();
        return resource === undefined ? null : versioned<T>(resource);
      }),

    write: (key, value, etag, ttlSeconds) =>
      cosmosCall(now, `state ${key.kind}/${key.id}`, async () => {
        const document: StateDocument = { id: documentId(key.id), kind: key.kind, value, ...(ttlSeconds === undefined ? {} : { ttl: ttlSeconds }) };
        try {
          const answer =
            etag === null
              ? await container.items.create(document)
              : await container.item(document.id, key.kind).replace(document, { accessCondition: { type: 'IfMatch', condition: etag } });
          return { kind: 'written', etag: answer.etag } as const;
        } catch (error) {
          const status = cosmosStatus(error);
          // 404: it was there when it was read, and ran out meanwhile.
          if (status === 409 || status === 412 || (status === 404 && etag !== null)) return { kind: 'conflict' } as const;
          throw error;
        }
      }),

    list: <T>(kind: StateKey['kind'], limit: number) =>
      cosmosCall(now, `state ${kind}`, async () => {
        const query = { query: 'SELECT TOP @limit * FROM c WHERE c.kind = @kind ORDER BY c._ts DESC', parameters: [{ name: '@limit', value: limit }, { name: '@kind', value: kind }] };
        const { resources } = await container.items.query<Stored>(query, { partitionKey: kind }).fetchAll();
        return resources.map((resource) => versioned<T>(resource));
      }),
  };
}

const versioned = <T>(stored: Stored): Versioned<T> => ({
  id: fromDocumentId(stored.id),
  value: stored.value as T, // the caller names what it wrote under this kind
  etag: stored._etag,
});
