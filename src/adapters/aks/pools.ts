import { ContainerServiceClient } from '@azure/arm-containerservice';
import type { AgentPool } from '@azure/arm-containerservice';
import type { PoolFacts } from '../../domain/facts.ts';
import type { Stamp } from '../../domain/fleet.ts';
import type { CountBounds } from '../../domain/plan.ts';
import type { Compute } from '../../ports/compute.ts';
import type { WriteOutcome } from '../../ports/outcome.ts';
import { armClientOptions, withBoundedRetries } from '../http/armClient.ts';
import { readingOf, refusalOrThrow } from '../http/faults.ts';
import { parseResourceId } from '../http/resourceId.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { capacityReservations, type ReadReservedNodes } from './capacityReservations.ts';
import { managedClusters, type ReadManagedCluster } from './managedClusters.ts';
import { poolBody, poolFacts } from './poolFacts.ts';

/** One client a subscription, made once: its pipeline caches the token. */
export function aksClients(context: SdkContext): (subscriptionId: string) => ContainerServiceClient {
  const clients = new Map<string, ContainerServiceClient>();
  return (subscriptionId) => {
    const known = clients.get(subscriptionId);
    if (known !== undefined) return known;
    const made = withBoundedRetries(new ContainerServiceClient(context.credential, subscriptionId, armClientOptions(context)), context);
    clients.set(subscriptionId, made);
    return made;
  };
}

/**
 * Node pools, agentPools api 2026-06-01. minCount and maxCount go in one PUT under If-Match, with the count that was read
 * together with that etag: a count from anywhere else could scale the pool back. The PUT is started and left.
 */
export function aksCompute(context: SdkContext, clientOf: (subscriptionId: string) => ContainerServiceClient, readCluster: ReadManagedCluster = managedClusters(clientOf)): Compute {
  const now = (): number => context.clock.now();
  const readReservedNodes = capacityReservations(context);

  return {
    readPools: (stamp) =>
      readingOf(`node pools of ${stamp.name}`, now, async () => {
        // The cluster's own answer names its pools with all that is needed of them: one request instead of two.
        const { agentPoolProfiles = [], nodeProvisioningProfile } = await readCluster(stamp.cluster);
        const provisioning = nodeProvisioningProfile?.mode === 'Auto' ? 'Auto' : 'Manual';
        return Promise.all(agentPoolProfiles.map(({ type, ...pool }) => withReservation(poolFacts({ ...pool, ...(type === undefined ? {} : { typePropertiesType: type }) }, provisioning), readReservedNodes)));
      }),

    async applyPoolBounds(stamp, pool, set, expect) {
      const what = `pool ${stamp.name}/${pool}`;
      try {
        return await putBounds(stamp, pool, set, expect, what);
      } catch (error) {
        return refusalOrThrow(error, what, now());
      }
    },
  };

  async function putBounds(stamp: Stamp, name: string, set: CountBounds, expect: CountBounds, what: string): Promise<WriteOutcome> {
    const cluster = parseResourceId(stamp.cluster.resourceId);
    const client = clientOf(cluster.subscriptionId);
    const pool = await client.agentPools.get(cluster.resourceGroup, cluster.name, name);
    const facts = poolFacts(pool, 'Manual');
    if (facts.kind === 'VirtualMachines') return refused('refused', `${what} is of type VirtualMachines, which scales by its own profile: use a VirtualMachineScaleSets pool for surges`);
    if (facts.powerState === 'Stopped') return refused('refused', `${what} is stopped: start it first`);
    if (sameBounds(facts, wantedBounds(facts.autoscaled, set))) return { kind: 'accepted' };
    if (!settled.has(facts.provisioningState)) return refused('busy', `${what} is ${facts.provisioningState}: another operation is in progress`);
    if (!sameBounds(facts, wantedBounds(facts.autoscaled, expect))) {
      return refused('conflict', `${what} has bounds ${facts.minCount}..${facts.maxCount}, expected ${expect.minCount}..${expect.maxCount}: somebody else changed it`);
    }
    const body: AgentPool = facts.autoscaled === 'autoscaled' ? { ...poolBody(pool), minCount: set.minCount, maxCount: set.maxCount } : { ...poolBody(pool), count: set.minCount };
    const options = facts.etag === null ? {} : { ifMatch: facts.etag };
    await client.agentPools.createOrUpdate(cluster.resourceGroup, cluster.name, name, body, options).submitted();
    return { kind: 'accepted' };
  }
}

async function withReservation(facts: PoolFacts, readReservedNodes: ReadReservedNodes): Promise<PoolFacts> {
  const group = facts.capacityReservationGroupId;
  return group === null ? facts : { ...facts, reservedNodesFree: await readReservedNodes(group, facts.vmSize) };
}

/** A pool in one of these takes a new operation; in any other state Azure answers 409 OperationNotAllowed. */
const settled: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Canceled']);

/** On a pool of fixed size the wanted minimum is the count. */
const wantedBounds = (autoscaled: 'autoscaled' | 'fixed', bounds: CountBounds): CountBounds =>
  autoscaled === 'autoscaled' ? bounds : { minCount: bounds.minCount, maxCount: bounds.minCount };

const sameBounds = (left: CountBounds, right: CountBounds): boolean => left.minCount === right.minCount && left.maxCount === right.maxCount;

const refused = (reaction: 'busy' | 'conflict' | 'refused', why: string): WriteOutcome => ({ kind: 'refused', reaction, why });
