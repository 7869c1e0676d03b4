import type { DeploymentForWorld } from '../world/index.ts';
import { fleetDocumentOf, mergeInto, stampNamesOf, type Scenario } from './scenario.ts';

/** A fleet as it is deployed, or would be: its fleet file, and what is known of its physics. */
export interface Deployment {
  /** What a person calls it: the name of the file it was read from. */
  readonly source: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly physics: DeploymentForWorld;
}

/**
 * The same outage on another fleet. The first stamp of the scenario's own fleet becomes the first deployed one, and so on.
 * Scenarios are written for a fleet that acts by itself: the initial mode is auto where the scenario does not say otherwise.
 * @throws Error naming the stamps that the deployment has no counterpart for.
 */
export function onDeployment(scenario: Scenario, { source, document, physics }: Deployment): Scenario {
  const own = stampNamesOf(fleetDocumentOf(scenario));
  const deployed = stampNamesOf(document);
  const stamp = (name: string): string => {
    const counterpart = deployed[own.indexOf(name)];
    if (counterpart === undefined) throw new Error(`scenario ${scenario.name} speaks of ${name}, stamp ${own.indexOf(name) + 1} of its fleet; ${source} has ${deployed.length}: ${deployed.join(', ')}`);
    return counterpart;
  };
  return {
    ...scenario,
    title: `${scenario.title} (on the fleet of ${source})`,
    region: stamp(scenario.region),
    fleet: { ...scenario.fleet, clusters: Object.fromEntries(Object.entries(scenario.fleet.clusters).map(([name, options]) => [stamp(name), options])), document: { ...document }, deployment: physics, merge: mergeRecords({ policy: { initialMode: 'auto' } }, scenario.fleet.merge) },
    faults: scenario.faults.map((entry) => (entry.fault.stamp === undefined ? entry : { ...entry, fault: { ...entry.fault, stamp: stamp(entry.fault.stamp) } })),
    operator: scenario.operator.map((action) => ('region' in action && action.region !== undefined ? { ...action, region: stamp(action.region) } : action)),
    expect: { ...scenario.expect, runs: scenario.expect.runs.map((run) => ({ ...run, region: stamp(run.region) })), ...(scenario.expect.binds === undefined ? {} : { binds: { ...scenario.expect.binds, stamp: stamp(scenario.expect.binds.stamp) } }) },
  };
}

function mergeRecords(base: Readonly<Record<string, unknown>>, patch: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged = mergeInto(base, patch);
  return typeof merged === 'object' && merged !== null ? { ...merged } : {};
}
