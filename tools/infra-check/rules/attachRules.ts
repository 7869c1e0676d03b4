import { resourceGroupOf } from '../armId.ts';
import type { Rule } from '../rule.ts';
import { ofType } from '../snapshot.ts';

/** What attach mode may create beside resources that are not its own. */
const allowedBeside = ['microsoft.authorization/roleassignments', 'microsoft.insights/metricalerts', 'microsoft.insights/activitylogalerts'];

export const attachChangesNothing: Rule = {
  name: 'a fleet that exists is left as it is',
  why: 'attach mode promises role assignments and alert rules, and nothing else',
  check: (snapshot) => {
    const own = ofType(snapshot, 'Microsoft.Resources/resourceGroups').map((group) => group.name.toLowerCase());
    return snapshot.resources
      .filter((resource) => {
        const group = resourceGroupOf(resource.id)?.toLowerCase();
        return group !== undefined && !own.includes(group) && !allowedBeside.includes(resource.type.toLowerCase());
      })
      .map((resource) => `${resource.type} ${resource.name}: lies in ${resourceGroupOf(resource.id) ?? '?'}, which is not Spillway's`);
  },
};
