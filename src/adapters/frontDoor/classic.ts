import { FrontDoorManagementClient, type Backend, type BackendPool, type FrontDoor } from '@azure/arm-frontdoor';
import type { OriginFacts, OriginGroupFacts } from '../../domain/facts.ts';
import type { Fleet } from '../../domain/fleet.ts';
import type { OriginSetting } from '../../domain/plan.ts';
import type { WriteOutcome } from '../../ports/outcome.ts';
import { TransientError } from '../../ports/outcome.ts';
import type { OriginChange, Traffic } from '../../ports/traffic.ts';
import { armClientOptions, withBoundedRetries } from '../http/armClient.ts';
import { readingOf, refusalOrThrow } from '../http/faults.ts';
import { parseResourceId } from '../http/resourceId.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { originGroupFacts, originGroupNames, ownerOf, same, serviceDefaults } from './originGroupFacts.ts';
import type { ReadShares } from './readShares.ts';

/** The service's own default of a backend whose weight was never set; Standard and Premium have another one. */
const classicDefaultWeight = 50;

/**
 * Traffic on classic Front Door (Microsoft.Network/frontDoors), api 2025-11-01; retired on 31 March 2027.
 *
 * There is no PATCH and no etag: a change reads the whole Front Door, edits backends and PUTs the whole, once for all
 * origins of a run; the last writer wins. So the write is read back: where somebody else's PUT took ours with it, the
 * answer is a conflict. In the fleet file `originGroup` is the backend pool and `origin` the backend's address.
 */
export function classicTraffic(context: SdkContext, fleet: Fleet, readShares: ReadShares): Traffic {
  const id = parseResourceId(fleet.frontDoor.resourceId);
  const client = withBoundedRetries(new FrontDoorManagementClient(context.credential, id.subscriptionId, armClientOptions(context)), context);
  const now = (): number => context.clock.now();
  const read = (): Promise<FrontDoor> => client.frontDoors.get(id.resourceGroup, id.name);

  async function applyOrigins(changes: readonly OriginChange[]): Promise<readonly WriteOutcome[]> {
    const what = `classic Front Door ${id.name}`;
    try {
      const found = await read();
      const missing = changes.map((change) => (findBackend(found, change) === null ? notFound(change) : null));
      const wanted = changes.filter((_, index) => missing[index] === null);
      if (wanted.some((change) => !isSet(found, change))) await client.frontDoors.createOrUpdate(id.resourceGroup, id.name, edited(found, wanted)).submitted();
      const after = await readBack();
      return changes.map((change, index) => missing[index] ?? outcomeOf(after, change));
    } catch (error) {
      const outcome = refusalOrThrow(error, what, now());
      return changes.map(() => outcome);
    }
  }

  /** The PUT was taken: not being able to look now does not undo it. */
  async function readBack(): Promise<FrontDoor | null> {
    try {
      return await read();
    } catch (error) {
      if (refusedOrTransient(error, now())) return null;
      throw error;
    }
  }

  return {
    readTraffic: () =>
      readingOf('classic Front Door', now, async () => {
        const frontDoor = await read();
        return { originGroups: originGroupNames(fleet).map((name) => poolFacts(fleet, frontDoor, name)) };
      }),
    async applyOrigin(stamp, origin, set) {
      const [outcome] = await applyOrigins([{ stamp, origin, set }]);
      return outcome ?? { kind: 'accepted' };
    },
    applyOrigins,
    readShares,
  };
}

const notFound = ({ origin }: OriginChange): WriteOutcome => ({ kind: 'refused', reaction: 'notFound', why: `backend pool ${origin.originGroup} has no backend ${origin.origin}` });

function refusedOrTransient(error: unknown, now: number): boolean {
  try {
    refusalOrThrow(error, 'read back', now);
    return true;
  } catch (thrown) {
    return thrown instanceof TransientError;
  }
}

function outcomeOf(after: FrontDoor | null, change: OriginChange): WriteOutcome {
  if (after === null || isSet(after, change)) return { kind: 'accepted' };
  return { kind: 'refused', reaction: 'conflict', why: `backend ${change.origin.originGroup}/${change.origin.origin} has other settings after the write: somebody else wrote the Front Door too` };
}

/** Everything as it was read, but for the backends that change; what is read-only the SDK leaves out by itself. */
function edited(frontDoor: FrontDoor, changes: readonly OriginChange[]): FrontDoor {
  const changeOf = (pool: BackendPool, backend: Backend): OriginChange | undefined =>
    changes.find(({ origin }) => same(origin.originGroup, pool.name ?? '') && same(origin.origin, backend.address ?? ''));
  return {
    ...frontDoor,
    backendPools: (frontDoor.backendPools ?? []).map((pool) => ({
      ...pool,
      backends: (pool.backends ?? []).map((backend) => {
        const change = changeOf(pool, backend);
        return change === undefined ? backend : { ...backend, ...settingOf(change.set) };
      }),
    })),
  };
}

/** As for Standard and Premium: no weight at all is spelt Disabled. */
function settingOf(set: OriginSetting): Pick<Backend, 'weight' | 'enabledState'> {
  if (set.weight < 1) return { enabledState: 'Disabled' };
  return { weight: Math.min(1000, Math.round(set.weight)), enabledState: set.enabled };
}

function isSet(frontDoor: FrontDoor, change: OriginChange): boolean {
  const backend = findBackend(frontDoor, change);
  const wanted = settingOf(change.set);
  return backend !== null && enabledOf(backend) === wanted.enabledState && (wanted.weight === undefined || (backend.weight ?? classicDefaultWeight) === wanted.weight);
}

function findBackend(frontDoor: FrontDoor, { origin }: OriginChange): Backend | null {
  const pool = frontDoor.backendPools?.find(({ name }) => same(name ?? '', origin.originGroup));
  return pool?.backends?.find(({ address }) => same(address ?? '', origin.origin)) ?? null;
}

const enabledOf = (backend: Backend): 'Enabled' | 'Disabled' => (backend.enabledState === 'Disabled' ? 'Disabled' : 'Enabled');

function poolFacts(fleet: Fleet, frontDoor: FrontDoor, name: string): OriginGroupFacts {
  const pool = frontDoor.backendPools?.find((candidate) => same(candidate.name ?? '', name));
  const balancing = frontDoor.loadBalancingSettings?.find((settings) => same(settings.id ?? '', pool?.loadBalancingSettings?.id ?? ''));
  const probe = frontDoor.healthProbeSettings?.find((settings) => same(settings.id ?? '', pool?.healthProbeSettings?.id ?? ''));
  return originGroupFacts(
    name,
    {
      sampleSize: balancing?.sampleSize,
      successfulSamplesRequired: balancing?.successfulSamplesRequired,
      latencyWindowMs: balancing?.additionalLatencyMilliseconds,
    },
    probe?.enabledState === 'Disabled' ? 'disabled' : (probe?.intervalInSeconds ?? null),
    (pool?.backends ?? []).flatMap((backend) => backendFacts(fleet, name, backend)),
  );
}

function backendFacts(fleet: Fleet, pool: string, backend: Backend): readonly OriginFacts[] {
  const owner = ownerOf(fleet, pool, backend.address ?? '');
  if (owner === null) return [];
  return [
    {
      stamp: owner.stamp.name,
      origin: owner.origin.origin,
      hostName: backend.address ?? '',
      weight: backend.weight ?? classicDefaultWeight,
      priority: backend.priority ?? serviceDefaults.priority,
      enabled: enabledOf(backend),
    },
  ];
}
