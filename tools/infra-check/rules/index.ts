import type { Rule } from '../rule.ts';
import { attachChangesNothing } from './attachRules.ts';
import { latencyWindowSet, originsSpread, probesDrainFast } from './frontDoorRules.ts';
import { fdidBound, gatewayServiceTag, privateListener } from './gatewayRules.ts';
import { namesFit } from './nameRules.ts';
import { alertsArrive, controlPlaneApart, diagnosticsOn, heartbeatsWatched, ledgerSurvives, policyAssigned, webhooksSecure, zonesOn } from './resilienceRules.ts';
import { grantsComplete, noWildcardRole, rolesAreTheTable, scopesAreNarrow } from './roleRules.ts';
import { addressesDisjoint, addressRoom, surgeRoom } from './roomRules.ts';
import { firewallsInherit, gateFederation, noKeys, privateEndpoints, tls12, wafPrevents } from './securityRules.ts';

/** Every rule that runs on a snapshot alone. */
export const snapshotRules: readonly Rule[] = [
  latencyWindowSet,
  probesDrainFast,
  originsSpread,
  fdidBound,
  privateListener,
  gatewayServiceTag,
  wafPrevents,
  firewallsInherit,
  noWildcardRole,
  rolesAreTheTable,
  scopesAreNarrow,
  grantsComplete,
  noKeys,
  tls12,
  privateEndpoints,
  gateFederation,
  zonesOn,
  diagnosticsOn,
  controlPlaneApart,
  heartbeatsWatched,
  webhooksSecure,
  alertsArrive,
  ledgerSurvives,
  policyAssigned,
  surgeRoom,
  addressRoom,
  addressesDisjoint,
  namesFit,
  attachChangesNothing,
];
