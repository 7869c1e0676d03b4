import type { ScopeKind } from '../../src/adapters/permissions.ts';
import type { World } from '../world/types.ts';
import { createBlobFace, createBlobStore, type BlobAccess, type BlobChange, type BlobTokenCheck } from './blob/index.ts';
import { createCosmosFace, createCosmosStore, spillwayContainers, type CosmosAccess, type CosmosChange, type CosmosTokenCheck } from './cosmos/index.ts';
import { audiencesOf } from './entra/audiences.ts';
import type { Authorizer } from './entra/authorizer.ts';
import type { Tokens } from './entra/tokens.ts';
import { controlPlaneAccount, controlRegions } from './environment.ts';
import type { Face } from './face.ts';
import { hosts, type Endpoints } from './routing.ts';
import type { Waits } from './transport/waits.ts';

export interface DataFaceOptions {
  /** Changes of an earlier life, oldest first; and who is told of each new one. */
  readonly savedBlobs?: readonly BlobChange[];
  readonly recordBlob?: (change: BlobChange) => void;
  readonly savedItems?: readonly CosmosChange[];
  readonly recordItem?: (change: CosmosChange) => void;
}

export interface DataFaceDeps {
  readonly world: World;
  readonly tokens: Tokens;
  readonly authorizer: Authorizer;
  readonly addresses: () => readonly Endpoints[];
  readonly waits: Waits;
}

/** The data services of the control plane, with the tenant's tokens and the role table before them. */
export function dataFaces(deps: DataFaceDeps, options: DataFaceOptions): readonly (readonly [string, Face])[] {
  return [
    [hosts.blob, blobFace(deps, options)],
    [hosts.cosmos, cosmosFace(deps, options)],
  ];
}

function cosmosFace(deps: DataFaceDeps, options: DataFaceOptions): Face {
  const store = createCosmosStore(spillwayContainers(), {
    ...(options.savedItems === undefined ? {} : { saved: options.savedItems }),
    ...(options.recordItem === undefined ? {} : { record: options.recordItem }),
  });
  const checkToken: CosmosTokenCheck = (token, access) => {
    const verdict = deps.tokens.checkToken(token, audiencesOf('cosmos', deps.addresses()));
    if (verdict.kind !== 'valid') return { kind: 'refused', status: 401 };
    return deps.authorizer.allows(verdict.principal, access.action, cosmosScopes(access)) ? { kind: 'ok' } : { kind: 'refused', status: 403 };
  };
  return createCosmosFace({ clock: deps.world.clock, checkToken, faults: deps.world.faults, store });
}

function cosmosScopes({ container }: CosmosAccess): readonly ScopeKind[] {
  if (container === 'ledger') return ['cosmosLedger'];
  return container === 'state' ? ['cosmosState'] : ['cosmosLedger', 'cosmosState'];
}

function blobFace(deps: DataFaceDeps, options: DataFaceOptions): Face {
  const { world } = deps;
  const gates = world.spec.stamps.flatMap((stamp) => (stamp.gateBlobUrl === null ? [] : [new URL(stamp.gateBlobUrl)]));
  const store = createBlobStore({
    ...(options.savedBlobs === undefined ? {} : { saved: options.savedBlobs }),
    record: (change) => {
      options.recordBlob?.(change);
      tellGates(world, gates, change);
    },
  });
  const now = world.clock.now();
  for (const container of ['fence', ...controlRegions.map((region) => `outbox-${region}`)]) store.ensureContainer(controlPlaneAccount, container, now);
  for (const gate of gates) {
    const [, account = '', container = ''] = gate.pathname.split('/');
    store.ensureContainer(account, container, now);
  }
  const checkToken: BlobTokenCheck = (token, access) => {
    const verdict = deps.tokens.checkToken(token, audiencesOf('storage', deps.addresses()));
    if (verdict.kind !== 'valid') return { kind: 'refused', status: 401 };
    return deps.authorizer.allows(verdict.principal, operationOf(access), scopeKindsOf(access)) ? { kind: 'ok' } : { kind: 'refused', status: 403 };
  };
  return createBlobFace({ clock: world.clock, checkToken, store, faults: world.faults });
}

const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

function operationOf({ action }: BlobAccess): string {
  switch (action) {
    case 'read':
    case 'list':
      return `${blobs}/read`;
    case 'write':
      return `${blobs}/write`;
    case 'delete':
      return `${blobs}/delete`;
    case 'createContainer':
      return 'Microsoft.Storage/storageAccounts/blobServices/containers/write';
    case 'deleteContainer':
      return 'Microsoft.Storage/storageAccounts/blobServices/containers/delete';
  }
}

/** Which of the role table's containers this is, by the names that infrastructure gives them. */
function scopeKindsOf({ account, container }: BlobAccess): readonly ScopeKind[] {
  if (account !== controlPlaneAccount) return ['gateContainer'];
  return container === 'fence' ? ['fenceContainer'] : ['outboxContainer'];
}

/** A gate's pod polls its blob: it is told the text under the URL that the fleet file has. */
function tellGates(world: World, gates: readonly URL[], change: BlobChange): void {
  if (change.type !== 'blobPut' && change.type !== 'blobDeleted') return;
  const pathname = `/${change.account}/${change.container}/${change.blob}`;
  const gate = gates.find((candidate) => decodeURIComponent(candidate.pathname) === pathname);
  if (gate === undefined) return;
  world.gateBlobs.written(gate.href, change.type === 'blobDeleted' ? null : Buffer.from(change.value.content, 'base64').toString('utf8'));
}
