import { CdnManagementClient } from '@azure/arm-cdn';
import type { AFDOrigin } from '@azure/arm-cdn';
import type { OriginFacts, OriginGroupFacts } from '../../domain/facts.ts';
import type { Fleet, Stamp, StampOrigin } from '../../domain/fleet.ts';
import type { OriginSetting } from '../../domain/plan.ts';
import type { WriteOutcome } from '../../ports/outcome.ts';
import type { Traffic } from '../../ports/traffic.ts';
import { armClientOptions, withBoundedRetries } from '../http/armClient.ts';
import { asFault, describe, isTransient, readingOf, refusalOrThrow } from '../http/faults.ts';
import { parseResourceId } from '../http/resourceId.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { originGroupFacts, originGroupNames, ownerOf, serviceDefaults } from './originGroupFacts.ts';
import type { ReadShares } from './readShares.ts';

/**
 * Traffic on Front Door Standard and Premium (Microsoft.Cdn/profiles), api 2024-02-01.
 *
 * There is no If-Match: a write names weight and enabledState alone, so that it cannot undo another owner's change of
 * anything else. The PATCH is started and left: no poller outlives the call, whoever verifies reads the origin again.
 * `provisioningState` and `deploymentStatus` say nothing about the edges, so neither is looked at.
 */
export function standardPremiumTraffic(context: SdkContext, fleet: Fleet, readShares: ReadShares): Traffic {
  const profile = parseResourceId(fleet.frontDoor.resourceId);
  const client = withBoundedRetries(
    new CdnManagementClient(context.credential, profile.subscriptionId, { ...armClientOptions(context), $host: armClientOptions(context).endpoint }),
    context,
  );
  const now = (): number => context.clock.now();

  async function readGroup(name: string): Promise<OriginGroupFacts> {
    const [group, origins] = await Promise.all([client.afdOriginGroups.get(profile.resourceGroup, profile.name, name), listOrigins(name)]);
    const balancing = group.loadBalancingSettings;
    return originGroupFacts(
      name,
      {
        sampleSize: balancing?.sampleSize,
        successfulSamplesRequired: balancing?.successfulSamplesRequired,
        latencyWindowMs: balancing?.additionalLatencyInMilliseconds,
      },
      // A group without probe settings is not probed at all.
      group.healthProbeSettings === undefined || group.healthProbeSettings === null ? 'disabled' : (group.healthProbeSettings.probeIntervalInSeconds ?? null),
      origins,
    );
  }

  async function listOrigins(originGroup: string): Promise<readonly OriginFacts[]> {
    const found: OriginFacts[] = [];
    for await (const origin of client.afdOrigins.listByOriginGroup(profile.resourceGroup, profile.name, originGroup)) {
      const facts = originFacts(fleet, originGroup, origin);
      if (facts !== null) found.push(facts);
    }
    return found;
  }

  async function applyOrigin(_stamp: Stamp, origin: StampOrigin, set: OriginSetting): Promise<WriteOutcome> {
    const what = `Front Door origin ${origin.originGroup}/${origin.origin}`;
    let taken: 'no' | 'yes' = 'no';
    try {
      await client.afdOrigins.beginUpdate(profile.resourceGroup, profile.name, origin.originGroup, origin.origin, patchOf(set), {
        onResponse: (raw) => {
          if (raw.request.method === 'PATCH' && raw.status >= 200 && raw.status < 300) taken = 'yes';
        },
      });
      return { kind: 'accepted' };
    } catch (error) {
      if (wasTaken(taken)) return afterAccepted(error, what);
      return refusalOrThrow(error, what, now());
    }
  }

  /** `beginUpdate` polls once after the PATCH was taken: that poll's own trouble must not make the write look undone. */
  function afterAccepted(error: unknown, what: string): WriteOutcome {
    const fault = asFault(error, now());
    if (fault !== null && (isTransient(fault) || fault.kind === 'http')) return { kind: 'accepted' };
    if (error instanceof Error && /long-running operation has failed/i.test(error.message)) {
      return { kind: 'refused', reaction: 'refused', why: `${what}: ${describe({ kind: 'http', status: null, code: null, message: error.message.slice(0, 300), retryAfterMs: null })}` };
    }
    throw error;
  }

  return {
    readTraffic: () =>
      readingOf('Front Door profile', now, async () => ({ originGroups: await Promise.all(originGroupNames(fleet).map(readGroup)) })),
    applyOrigin,
    async applyOrigins(changes) {
      const outcomes: WriteOutcome[] = [];
      // One after the other: writes on one profile queue behind each other anyway, and a refusal shows before the next is sent.
      for (const change of changes) outcomes.push(await applyOrigin(change.stamp, change.origin, change.set));
      return outcomes;
    },
    readShares,
  };
}

/** Weight 0 is not in the service's range (1 to 1000): nothing at all is spelt enabledState Disabled, and then the weight stays. */
function patchOf(set: OriginSetting): { weight?: number; enabledState: 'Enabled' | 'Disabled' } {
  if (set.weight < 1) return { enabledState: 'Disabled' };
  return { weight: Math.min(1000, Math.round(set.weight)), enabledState: set.enabled };
}

function originFacts(fleet: Fleet, originGroup: string, origin: AFDOrigin): OriginFacts | null {
  const owner = ownerOf(fleet, originGroup, origin.name ?? '');
  if (owner === null) return null;
  return {
    stamp: owner.stamp.name,
    origin: owner.origin.origin,
    hostName: origin.hostName ?? '',
    weight: origin.weight ?? serviceDefaults.weight,
    priority: origin.priority ?? serviceDefaults.priority,
    enabled: origin.enabledState === 'Disabled' ? 'Disabled' : 'Enabled',
  };
}

/** A callback sets it: the compiler would narrow the variable to its first value. */
const wasTaken = (taken: string): boolean => taken === 'yes';
