import { lastSegment, sameId } from '../armId.ts';
import { addressCount, overlaps, parseCidr } from '../cidr.ts';
import type { Range } from '../cidr.ts';
import type { Rule } from '../rule.ts';
import type { Snapshot } from '../snapshot.ts';
import { listAt, numberAt, ofType, textAt, textsAt } from '../snapshot.ts';

/**
 * A full drain is planned for "everyone goes to the nearest survivor": in the worst case one stamp serves two stamps'
 * load. So room for a surge is twice what runs on a quiet day.
 */
export const worstSurgeFactor = 2;

/** Azure keeps five addresses of every subnet; one more goes to the ingress controller's load balancer. */
const keptAddresses = 6;

const clusters = (snapshot: Snapshot) =>
  ofType(snapshot, 'Microsoft.ContainerService/managedClusters').map((cluster) => ({
    cluster,
    pools: listAt(cluster.body, 'properties.agentPoolProfiles').map((pool) => ({
      name: textAt(pool, 'name') ?? '',
      mode: textAt(pool, 'mode') ?? '',
      minCount: numberAt(pool, 'minCount') ?? 0,
      maxCount: numberAt(pool, 'maxCount') ?? 0,
      autoscaled: numberAt(pool, 'minCount') !== null,
      subnetId: textAt(pool, 'vnetSubnetID') ?? '',
      upgradeSurge: Number.parseFloat(textAt(pool, 'upgradeSettings.maxSurge') ?? '10%') / 100,
    })),
  }));

export const surgeRoom: Rule = {
  name: 'user pools hold the surge of a lost neighbour',
  why: 'maxCount is where room ends: a survivor must hold two stamps, since everybody may go to the nearest',
  check: (snapshot) =>
    clusters(snapshot).flatMap(({ cluster, pools }) => [
      ...(pools.some((pool) => pool.mode === 'User') ? [] : [`${cluster.name}: no user pool`]),
      ...pools.filter((pool) => !pool.autoscaled).map((pool) => `${cluster.name}: pool ${pool.name} has no autoscaler bounds`),
      ...pools
        .filter((pool) => pool.mode === 'User' && pool.autoscaled && pool.maxCount < worstSurgeFactor * pool.minCount)
        .map((pool) => `${cluster.name}: pool ${pool.name} grows to ${pool.maxCount}, a surge may need ${worstSurgeFactor * pool.minCount}`),
    ]),
};

export const addressRoom: Rule = {
  name: 'subnets and pod addresses hold the surge',
  why: 'a node without an address never joins, and a subnet cannot grow with nodes in it',
  check: (snapshot) =>
    clusters(snapshot).flatMap(({ cluster, pools }) => {
      const nodes = pools.reduce((sum, pool) => sum + pool.maxCount + Math.ceil(pool.maxCount * pool.upgradeSurge), 0);
      const subnets = [...new Set(pools.map((pool) => pool.subnetId))];
      const addresses = subnets.reduce((sum, id) => sum + subnetSize(snapshot, id), 0) - subnets.length * keptAddresses;
      const podNodes = Math.floor(addressCount(parseCidr(textAt(cluster.body, 'properties.networkProfile.podCidr') ?? '0.0.0.0/32')) / 256);
      return [
        ...(nodes <= addresses ? [] : [`${cluster.name}: ${nodes} nodes with upgrade surge, ${addresses} addresses`]),
        ...(nodes <= podNodes ? [] : [`${cluster.name}: ${nodes} nodes with upgrade surge, pod addresses for ${podNodes}`]),
      ];
    }),
};

function subnetSize(snapshot: Snapshot, subnetId: string): number {
  const network = ofType(snapshot, 'Microsoft.Network/virtualNetworks').find((item) => sameId(item.id, subnetId.slice(0, subnetId.lastIndexOf('/subnets/'))));
  const subnet = listAt(network?.body, 'properties.subnets').find((item) => textAt(item, 'name') === lastSegment(subnetId));
  const prefix = textAt(subnet, 'properties.addressPrefix');
  return prefix === null ? 0 : addressCount(parseCidr(prefix));
}

export const addressesDisjoint: Rule = {
  name: 'address spaces do not overlap',
  why: 'overlapping networks cannot be peered, and pods that shadow a network cannot reach it',
  check: (snapshot) => {
    const networks = ofType(snapshot, 'Microsoft.Network/virtualNetworks').flatMap((network) =>
      textsAt(network.body, 'properties.addressSpace.addressPrefixes').map((prefix) => ({ name: network.name, range: parseCidr(prefix) })),
    );
    const betweenNetworks = networks.flatMap((left, index) =>
      networks.slice(index + 1).filter((right) => overlaps(left.range, right.range)).map((right) => `${left.name} and ${right.name} overlap`),
    );
    const inside = ofType(snapshot, 'Microsoft.Network/virtualNetworks').flatMap((network) => overlapping(network.name, subnetRanges(network.body)));
    const withPods = ofType(snapshot, 'Microsoft.ContainerService/managedClusters').flatMap((cluster) => {
      const own = ['podCidr', 'serviceCidr'].map((name) => ({ name, range: parseCidr(textAt(cluster.body, `properties.networkProfile.${name}`) ?? '0.0.0.0/32') }));
      return own.flatMap((cidr) => networks.filter((network) => overlaps(network.range, cidr.range)).map((network) => `${cluster.name}: ${cidr.name} overlaps ${network.name}`));
    });
    return [...betweenNetworks, ...inside, ...withPods];
  },
};

const subnetRanges = (network: unknown): readonly Range[] =>
  listAt(network, 'properties.subnets').map((subnet) => parseCidr(textAt(subnet, 'properties.addressPrefix') ?? '0.0.0.0/32'));

const overlapping = (name: string, ranges: readonly Range[]): readonly string[] =>
  ranges.flatMap((left, index) => ranges.slice(index + 1).filter((right) => overlaps(left, right)).map((right) => `${name}: ${left.text} and ${right.text} overlap`));
