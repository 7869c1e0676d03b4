import { lastSegment, sameId } from '../armId.ts';
import type { Rule } from '../rule.ts';
import type { Snapshot, SnapshotResource } from '../snapshot.ts';
import { at, listAt, numberAt, ofType, textAt, textsAt } from '../snapshot.ts';

const gateways = (snapshot: Snapshot): readonly SnapshotResource[] => ofType(snapshot, 'Microsoft.Network/applicationGateways');

/** Named child of a gateway, such as a frontend, by the id that refers to it. */
const child = (gateway: SnapshotResource, collection: string, id: string | null): unknown =>
  listAt(gateway.body, `properties.${collection}`).find((item) => textAt(item, 'name') === (id === null ? null : lastSegment(id)));

interface Listener {
  readonly name: string;
  readonly side: 'public' | 'private';
  readonly port: number | null;
  readonly policy: SnapshotResource | null;
}

function listenersOf(snapshot: Snapshot, gateway: SnapshotResource): readonly Listener[] {
  return listAt(gateway.body, 'properties.httpListeners').map((listener) => {
    const frontend = child(gateway, 'frontendIPConfigurations', textAt(listener, 'properties.frontendIPConfiguration.id'));
    const policyId = textAt(listener, 'properties.firewallPolicy.id');
    const policies = ofType(snapshot, 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies');
    return {
      name: `${gateway.name}/${textAt(listener, 'name') ?? ''}`,
      side: at(frontend, 'properties.publicIPAddress') === undefined ? 'private' : 'public',
      port: numberAt(child(gateway, 'frontendPorts', textAt(listener, 'properties.frontendPort.id')), 'properties.port'),
      policy: policies.find((policy) => policyId !== null && sameId(policy.id, policyId)) ?? null,
    };
  });
}

/** Conditions of enabled blocking custom rules of a policy in prevention mode: what really keeps somebody out. */
const blockingConditions = (policy: SnapshotResource | null): readonly unknown[] =>
  textAt(policy?.body, 'properties.policySettings.mode') === 'Prevention' && textAt(policy?.body, 'properties.policySettings.state') === 'Enabled'
    ? listAt(policy?.body, 'properties.customRules')
        .filter((rule) => textAt(rule, 'action') === 'Block' && textAt(rule, 'state') === 'Enabled' && listAt(rule, 'matchConditions').length === 1)
        .flatMap((rule) => listAt(rule, 'matchConditions'))
    : [];

export const fdidBound: Rule = {
  name: 'public listeners take this Front Door alone',
  why: "the service tag lets every tenant's Front Door in; only X-Azure-FDID tells ours from theirs",
  check: (snapshot) => {
    const profiles = ofType(snapshot, 'Microsoft.Cdn/profiles');
    const isOurs = (value: string): boolean => profiles.some((profile) => value.includes(profile.id) && value.endsWith('.frontDoorId]'));
    return gateways(snapshot).flatMap((gateway) =>
      listenersOf(snapshot, gateway)
        .filter((listener) => listener.side === 'public')
        .filter(
          (listener) =>
            !blockingConditions(listener.policy).some((condition) => {
              const values = textsAt(condition, 'matchValues');
              return (
                textAt(condition, 'matchVariables.0.variableName') === 'RequestHeaders' &&
                textAt(condition, 'matchVariables.0.selector')?.toLowerCase() === 'x-azure-fdid' &&
                textAt(condition, 'operator') === 'Equal' &&
                at(condition, 'negationConditon') === true &&
                values.length === 1 &&
                values.every(isOurs)
              );
            }),
        )
        .map((listener) => `${listener.name}: no blocking rule on X-Azure-FDID with this profile's frontDoorId`),
    );
  },
};

export const privateListener: Rule = {
  name: 'each gateway has a private listener for the control plane',
  why: "the proof before a shift goes through the stamp's own gateway, and the public listener takes Front Door only",
  check: (snapshot) => {
    const functions = functionPrefixes(snapshot);
    return gateways(snapshot).flatMap((gateway) => {
      const listeners = listenersOf(snapshot, gateway);
      const own = listeners.filter((listener) => listener.side === 'private');
      return [
        ...(own.length === 0 ? [`${gateway.name}: no private listener`] : []),
        ...own
          .filter((listener) => listeners.some((other) => other.side === 'public' && other.port === listener.port))
          .map((listener) => `${listener.name}: shares port ${listener.port} with the public listener`),
        ...own
          .filter(
            (listener) =>
              !blockingConditions(listener.policy).some((condition) => {
                const values = textsAt(condition, 'matchValues');
                return (
                  textAt(condition, 'matchVariables.0.variableName') === 'RemoteAddr' &&
                  at(condition, 'negationConditon') === true &&
                  values.length > 0 &&
                  values.every((value) => functions.includes(value))
                );
              }),
          )
          .map((listener) => `${listener.name}: its policy lets more in than the control plane's subnets`),
      ];
    });
  },
};

export const gatewayServiceTag: Rule = {
  name: "the gateway's subnet is open to Front Door and the control plane alone",
  why: 'an origin that the Internet reaches is an origin without a WAF in front',
  check: (snapshot) => {
    const functions = functionPrefixes(snapshot);
    const allowed = new Set(['AzureFrontDoor.Backend', 'GatewayManager', 'AzureLoadBalancer', ...functions]);
    return gateways(snapshot).flatMap((gateway) => {
      const rules = rulesOfSubnet(snapshot, textAt(gateway.body, 'properties.gatewayIPConfigurations.0.properties.subnet.id'));
      if (rules === null) return [`${gateway.name}: its subnet has no network security group`];
      const inbound = rules.filter((rule) => textAt(rule, 'properties.direction') === 'Inbound');
      const sources = (rule: unknown): readonly string[] => [
        ...[textAt(rule, 'properties.sourceAddressPrefix')].filter((source) => source !== null),
        ...textsAt(rule, 'properties.sourceAddressPrefixes'),
      ];
      const open = inbound.filter((rule) => textAt(rule, 'properties.access') === 'Allow' && sources(rule).some((source) => !allowed.has(source)));
      const frontDoor = inbound.some((rule) => sources(rule).includes('AzureFrontDoor.Backend') && textAt(rule, 'properties.destinationPortRange') === '443');
      const closed = inbound.some(
        (rule) => textAt(rule, 'properties.access') === 'Deny' && textAt(rule, 'properties.sourceAddressPrefix') === '*' && textAt(rule, 'properties.protocol') === '*',
      );
      return [
        ...open.map((rule) => `${gateway.name}: rule ${textAt(rule, 'name') ?? ''} lets ${sources(rule).join(', ')} in`),
        ...(frontDoor ? [] : [`${gateway.name}: no rule lets AzureFrontDoor.Backend in on 443`]),
        ...(closed ? [] : [`${gateway.name}: nothing denies the rest`]),
      ];
    });
  },
};

function rulesOfSubnet(snapshot: Snapshot, subnetId: string | null): readonly unknown[] | null {
  if (subnetId === null) return null;
  const networkId = subnetId.slice(0, subnetId.lastIndexOf('/subnets/'));
  const network = ofType(snapshot, 'Microsoft.Network/virtualNetworks').find((resource) => sameId(resource.id, networkId));
  const subnet = listAt(network?.body, 'properties.subnets').find((item) => textAt(item, 'name') === lastSegment(subnetId));
  const groupId = textAt(subnet, 'properties.networkSecurityGroup.id');
  const group = ofType(snapshot, 'Microsoft.Network/networkSecurityGroups').find((resource) => groupId !== null && sameId(resource.id, groupId));
  return group === undefined ? null : listAt(group.body, 'properties.securityRules');
}

/** Prefixes of the subnets that Functions apps run in: the control plane, and nothing else. */
export function functionPrefixes(snapshot: Snapshot): readonly string[] {
  return ofType(snapshot, 'Microsoft.Network/virtualNetworks')
    .flatMap((network) => listAt(network.body, 'properties.subnets'))
    .filter((subnet) => listAt(subnet, 'properties.delegations').some((delegation) => textAt(delegation, 'properties.serviceName') === 'Microsoft.App/environments'))
    .map((subnet) => textAt(subnet, 'properties.addressPrefix') ?? '');
}
