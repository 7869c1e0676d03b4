import { anything, flag, integer, list, object, oneOf, text, texts, type Rule } from './rules.ts';

/** Microsoft.Cdn/profiles/originGroups/origins, weight 1..1000 and priority 1..5 as published. */
export const originBody: Rule = object({
  id: anything,
  name: anything,
  type: anything,
  systemData: anything,
  properties: object({
    azureOrigin: object({ id: text }),
    enabledState: oneOf('Enabled', 'Disabled'),
    enforceCertificateNameCheck: flag,
    hostName: text,
    httpPort: integer(1, 65_535),
    httpsPort: integer(1, 65_535),
    originHostHeader: text,
    priority: integer(1, 5),
    sharedPrivateLinkResource: anything,
    weight: integer(1, 1000),
    originGroupName: anything,
    provisioningState: anything,
    deploymentStatus: anything,
  }),
});

export const originGroupBody: Rule = object({
  id: anything,
  name: anything,
  type: anything,
  systemData: anything,
  properties: object({
    authentication: anything,
    healthProbeSettings: object({
      probeIntervalInSeconds: integer(1, 255),
      probePath: text,
      probeProtocol: oneOf('NotSet', 'Http', 'Https'),
      probeRequestType: oneOf('NotSet', 'GET', 'HEAD'),
    }),
    loadBalancingSettings: object({
      additionalLatencyInMilliseconds: integer(0, 1000),
      sampleSize: integer(1, 255),
      successfulSamplesRequired: integer(1, 255),
    }),
    sessionAffinityState: oneOf('Enabled', 'Disabled'),
    trafficRestorationTimeToHealedOrNewEndpointsInMinutes: integer(0, 50),
    responseBasedAfdOriginErrorDetectionSettings: anything,
    profileName: anything,
    provisioningState: anything,
    deploymentStatus: anything,
  }),
});

const subResource = object({ id: text });

const backend = object({
  address: text,
  backendHostHeader: text,
  enabledState: oneOf('Enabled', 'Disabled'),
  httpPort: integer(1, 65_535),
  httpsPort: integer(1, 65_535),
  priority: integer(1, 5),
  privateLinkAlias: text,
  privateLinkApprovalMessage: text,
  privateLinkLocation: text,
  privateLinkResourceId: text,
  privateEndpointStatus: anything,
  weight: integer(1, 1000),
});

/** Microsoft.Network/frontDoors, changed only as a whole. */
export const classicFrontDoorBody: Rule = object(
  {
    id: anything,
    name: anything,
    type: anything,
    etag: anything,
    location: text,
    tags: texts,
    properties: object({
      backendPools: list(
        object({ id: text, name: text, type: anything, properties: object({ backends: list(backend), healthProbeSettings: subResource, loadBalancingSettings: subResource, resourceState: anything }) }),
      ),
      backendPoolsSettings: object({ enforceCertificateNameCheck: oneOf('Enabled', 'Disabled'), sendRecvTimeoutSeconds: integer(16, 240) }),
      enabledState: oneOf('Enabled', 'Disabled'),
      friendlyName: text,
      frontendEndpoints: list(anything),
      healthProbeSettings: list(anything),
      loadBalancingSettings: list(anything),
      routingRules: list(anything),
      rulesEngines: anything,
      resourceState: anything,
      provisioningState: anything,
      cname: anything,
      frontdoorId: anything,
      extendedProperties: anything,
    }),
  },
  ['properties'],
);
