import type { Fleet } from '../../domain/fleet.ts';
import type { Traffic } from '../../ports/traffic.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { classicTraffic } from './classic.ts';
import type { ReadShares } from './readShares.ts';
import { standardPremiumTraffic } from './standardPremium.ts';

/** One adapter for each generation of Front Door; the fleet file says which. */
export function createTraffic(context: SdkContext, fleet: Fleet, readShares: ReadShares): Traffic {
  switch (fleet.frontDoor.kind) {
    case 'standardPremium':
      return standardPremiumTraffic(context, fleet, readShares);
    case 'classic':
      return classicTraffic(context, fleet, readShares);
  }
}
