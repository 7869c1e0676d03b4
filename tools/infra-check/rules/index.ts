import type { Rule } from '../rule.ts';
import { flexShape, hubsAgree, settingsFit, workbookSeesAll } from './appRules.ts';
import { attachChangesNothing } from './attachRules.ts';
import { latencyWindowSet, originsSpread, probesDrainFast } from './frontDoorRules.ts';
import { fdidBound, gatewayServiceTag, privateListener } from './gatewayRules.ts';
import { namesFit } from './nameRules.ts';
import { alertsArrive, azureHeard, certificateWatched, controlPlaneApart, diagnosticsOn, heartbeatsWatched, ledgerSurvives, policyAssigned, webhooksSecure, zonesOn } from './resilienceRules.ts';
import { grantsComplete, kedaIsThere, noWildcardRole, principalsTyped, rolesAreTheTable, rolesAssignable, scopesAreNarrow } from './roleRules.ts';
import { addressesDisjoint, addressRoom, surgeRoom } from './roomRules.ts';
import { firewallsInherit, gateFederation, noKeys, privateEndpoints, tls12, wafPrevents } from './securityRules.ts';
import { certificatesReadable, egressAllowed, endpointsResolve, evaluated, originsReachGateways } from './wiringRules.ts';

/** Every rule that runs on a snapshot alone. */
export const snapshotRules: readonly Rule[] = [
  evaluated,
  latencyWindowSet,
  probesDrainFast,
  originsSpread,
  originsReachGateways,
  certificatesReadable,
  fdidBound,
  privateListener,
  gatewayServiceTag,
  wafPrevents,
  firewallsInherit,
  egressAllowed,
  noWildcardRole,
  rolesAreTheTable,
  scopesAreNarrow,
  principalsTyped,
  rolesAssignable,
  grantsComplete,
  kedaIsThere,
  noKeys,
  tls12,
  privateEndpoints,
  endpointsResolve,
  gateFederation,
  zonesOn,
  diagnosticsOn,
  controlPlaneApart,
  heartbeatsWatched,
  certificateWatched,
  webhooksSecure,
  alertsArrive,
  azureHeard,
  ledgerSurvives,
  policyAssigned,
  settingsFit,
  flexShape,
  hubsAgree,
  workbookSeesAll,
  surgeRoom,
  addressRoom,
  addressesDisjoint,
  namesFit,
  attachChangesNothing,
];
