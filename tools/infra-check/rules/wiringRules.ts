import { extensionScope, lastSegment, sameId } from '../armId.ts';
import type { Rule } from '../rule.ts';
import { listAt, ofType, recordAt, textAt, textsAt } from '../snapshot.ts';

/** What a private DNS zone's name holds, by the sub-resource whose records it keeps; suffixes of a cloud stay expressions. */
const zoneMarks: Readonly<Record<string, string>> = {
  blob: 'privatelink.blob',
  queue: 'privatelink.queue',
  table: 'privatelink.table',
  Sql: 'privatelink.documents',
  vault: 'privatelink.vaultcore',
  registry: 'suffixes.acrLoginServer',
};

export const endpointsResolve: Rule = {
  name: 'every private endpoint has a name that its network resolves',
  why: 'without a record in a linked zone the public name is asked, and the store refuses it',
  check: (snapshot) => {
    const networks = ofType(snapshot, 'Microsoft.Network/virtualNetworks');
    const links = ofType(snapshot, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks');
    return ofType(snapshot, 'Microsoft.Network/privateEndpoints').flatMap((endpoint) => {
      const subnet = textAt(endpoint.body, 'properties.subnet.id') ?? '';
      const networkId = subnet.slice(0, subnet.lastIndexOf('/subnets/'));
      // A network that is not ours has a resolver that is not ours: docs/deploy.md names the record to add.
      if (!networks.some((network) => sameId(network.id, networkId))) return [];
      const part = textAt(endpoint.body, 'properties.privateLinkServiceConnections.0.properties.groupIds.0') ?? '';
      const mark = zoneMarks[part] ?? 'unknown';
      const group = ofType(snapshot, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups').find((candidate) => sameId(candidate.id, `${endpoint.id}/privateDnsZoneGroups/default`));
      const kept = listAt(group?.body, 'properties.privateDnsZoneConfigs').some((config) => (textAt(config, 'properties.privateDnsZoneId') ?? '').includes(mark));
      const linked = links.some((link) => link.name.includes(mark) && sameId(textAt(link.body, 'properties.virtualNetwork.id') ?? '', networkId));
      return [
        ...(kept ? [] : [`${endpoint.name}: no zone keeps its record`]),
        ...(linked ? [] : [`${endpoint.name}: its network is linked to no zone for ${part}`]),
      ];
    });
  },
};

const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';

export const certificatesReadable: Rule = {
  name: 'who serves a certificate may read it',
  why: 'a gateway or a custom domain whose identity may not read the secret fails to deploy, or to renew months later',
  check: (snapshot) => {
    const readers = ofType(snapshot, 'Microsoft.Authorization/roleAssignments')
      .filter((assignment) => lastSegment(textAt(assignment.body, 'properties.roleDefinitionId') ?? '') === secretsUser)
      .map((assignment) => ({ secret: lastSegment(extensionScope(assignment.id) ?? ''), principal: textAt(assignment.body, 'properties.principalId') ?? '' }));
    const mayRead = (secret: string, holders: readonly string[]): boolean =>
      readers.some((reader) => reader.secret === secret && holders.some((holder) => reader.principal.includes(`'${holder}'`)));
    const ofGateways = ofType(snapshot, 'Microsoft.Network/applicationGateways').flatMap((gateway) => {
      const identities = Object.keys(recordAt(gateway.body, 'identity.userAssignedIdentities'));
      return listAt(gateway.body, 'properties.sslCertificates')
        .map((certificate) => secretName(textAt(certificate, 'properties.keyVaultSecretId') ?? ''))
        .filter((secret) => !mayRead(secret, identities))
        .map((secret) => `${gateway.name}: its identity may not read the certificate ${secret}`);
    });
    const ofDomains = ofType(snapshot, 'Microsoft.Cdn/profiles/secrets').filter((secret) => {
      const profileId = secret.id.slice(0, secret.id.lastIndexOf('/secrets/'));
      return !mayRead(lastSegment(textAt(secret.body, 'properties.parameters.secretSource.id') ?? ''), [profileId]);
    });
    return [...ofGateways, ...ofDomains.map((secret) => `${secret.name}: Front Door may not read its certificate`)];
  },
};

/** A vault's address is known to a running Azure only, so the id of a secret may be an expression that ends in its name. */
const secretName = (id: string): string => /'([\w-]+)'\)\]$/.exec(id)?.[1] ?? lastSegment(id);

export const originsReachGateways: Rule = {
  name: 'every origin is a gateway that knows its name',
  why: 'an origin whose host no listener takes, or no record resolves, is unhealthy from the first probe on',
  check: (snapshot) => {
    const gateways = ofType(snapshot, 'Microsoft.Network/applicationGateways');
    const records = ofType(snapshot, 'Microsoft.Network/dnsZones/A').map((record) => record.name.split('/').toReversed().join('.'));
    return ofType(snapshot, 'Microsoft.Cdn/profiles/originGroups/origins').flatMap((origin) => {
      const host = textAt(origin.body, 'properties.hostName') ?? '';
      const taken = gateways.some((gateway) => listAt(gateway.body, 'properties.httpListeners').some((listener) => textAt(listener, 'properties.hostName') === host));
      return [
        ...(textAt(origin.body, 'properties.originHostHeader') === host ? [] : [`${origin.name}: asks for another host than the one it is at`]),
        ...(taken ? [] : [`${origin.name}: no gateway listens for ${host}`]),
        ...(records.includes(host) ? [] : [`${origin.name}: no record resolves ${host}`]),
      ];
    });
  },
};

/** Beside the AKS tag, what AKS publishes as needed by Flux and by the policy add-on. */
const neededBeyondTag = ['dp.kubernetesconfiguration.azure.com', 'data.policy.', 'store.policy.'];

export const egressAllowed: Rule = {
  name: 'firewalls let out what clusters need',
  why: 'a node that cannot leave never joins, and Flux that cannot report brings no gate',
  check: (snapshot) => {
    const behind = ofType(snapshot, 'Microsoft.ContainerService/managedClusters').filter((cluster) => textAt(cluster.body, 'properties.networkProfile.outboundType') === 'userDefinedRouting');
    const rules = ofType(snapshot, 'Microsoft.Network/firewallPolicies/ruleCollectionGroups')
      .flatMap((group) => listAt(group.body, 'properties.ruleCollections'))
      .flatMap((collection) => listAt(collection, 'rules'));
    const tagged = rules.some((rule) => textsAt(rule, 'fqdnTags').includes('AzureKubernetesService'));
    const names = rules.flatMap((rule) => textsAt(rule, 'targetFqdns'));
    const missing = neededBeyondTag.filter((needed) => !names.some((name) => name.includes(needed)));
    return behind.flatMap((cluster) => [
      ...(tagged ? [] : [`${cluster.name}: no rule lets out what AKS needs`]),
      ...missing.map((needed) => `${cluster.name}: no rule lets it reach ${needed}`),
    ]);
  },
};

/** A whole set of properties that stayed an expression hides from every other rule. */
export const evaluated: Rule = {
  name: 'every resource is evaluated',
  why: 'what the snapshot shows as one expression, no rule can look into and no reviewer either',
  check: (snapshot) =>
    snapshot.resources.filter((resource) => typeof resource.body.properties === 'string').map((resource) => `${resource.type} ${resource.name}: its properties are an expression`),
};
