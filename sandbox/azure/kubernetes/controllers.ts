import { withDefaults } from './defaults.ts';
import { objectAt, sameJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { notServed } from './status.ts';

/**
 * What stands behind the API: `physics` follows scaling, cordons, deleted pods and nodes, and the HPAs of its workloads;
 * `none` is a bare store, as an API server without controllers is.
 */
export type Controllers = 'physics' | 'none';

type Act = 'creation' | 'deletion' | 'change';

/** Acts that would be answered with success and then followed by nothing: physics has its workloads from the fleet. */
const unfollowed: Readonly<Record<string, readonly Act[]>> = {
  Deployment: ['creation', 'deletion'],
  ReplicaSet: ['creation', 'deletion', 'change'],
  Pod: ['creation'],
  Node: ['creation'],
};

export function requireFollowed({ controllers, kind, subresource }: KubeRequest, act: Act): void {
  if (controllers === 'none' || unfollowed[kind.kind]?.includes(act) !== true) return;
  throw notServed(`the ${act} of ${kind.plural}${subresource === null ? '' : ` through ${subresource}`}: its physics would not follow`);
}

/** A new pod template would roll out on Azure; here every pod stays as the fleet has it. */
export function requireSameTemplate({ controllers, kind }: KubeRequest, live: JsonObject, next: JsonObject): void {
  if (controllers === 'none' || kind.kind !== 'Deployment') return;
  const templateOf = (object: JsonObject): Json | undefined => objectAt(withDefaults(kind.kind, object), 'spec')['template'];
  if (!sameJson(templateOf(live), templateOf(next))) throw notServed('changes of a pod template (a restart, an image, resources): its physics has no rollouts');
}
