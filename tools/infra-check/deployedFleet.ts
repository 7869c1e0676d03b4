import { evaluateExpression } from './armExpression.ts';
import type { Snapshot } from './snapshot.ts';
import { isRecord, listAt, numberAt, textAt } from './snapshot.ts';

/** What a deployment says of its stamps: the outputs of infra/main.bicep, from Azure or from a snapshot. */
export interface DeployedFleet {
  readonly mode: 'deploy' | 'attach';
  readonly frontDoorProfileId: string;
  /** Null where the access log is not to be read. */
  readonly accessLogWorkspaceId: string | null;
  readonly stamps: readonly DeployedStamp[];
}

export interface DeployedStamp {
  readonly name: string;
  readonly region: string;
  readonly clusterId: string;
  readonly gatewayId: string;
  readonly nodeSubnetId: string;
  readonly gateBlobUrl: string;
  readonly origins: readonly { readonly originGroup: string; readonly origin: string; readonly normalWeight: number; readonly priority: number }[];
  readonly pools: readonly { readonly name: string; readonly surgeMaxCount: number }[];
  readonly privateUrl: string | null;
}

export const deployedFleetOf = (snapshot: Snapshot): DeployedFleet =>
  readDeployedFleet(Object.fromEntries(Object.entries(snapshot.outputs).map(([name, value]) => [name, typeof value === 'string' ? evaluateExpression(value) : value])));

/** `outputs` by name, each already its plain value. Throws where one is missing: the template and this file belong together. */
export function readDeployedFleet(outputs: Readonly<Record<string, unknown>>): DeployedFleet {
  const profile = outputs.frontDoorProfileId;
  if (typeof profile !== 'string') throw new Error('the deployment has no output frontDoorProfileId');
  return {
    mode: outputs.mode === 'attach' ? 'attach' : 'deploy',
    frontDoorProfileId: profile,
    accessLogWorkspaceId: textAt(outputs, 'accessLogWorkspaceId'),
    stamps: listAt(outputs, 'stamps').map((stamp) => ({
      name: required(stamp, 'name'),
      region: required(stamp, 'region'),
      clusterId: required(stamp, 'clusterId'),
      gatewayId: required(stamp, 'gatewayId'),
      nodeSubnetId: required(stamp, 'nodeSubnetId'),
      gateBlobUrl: required(stamp, 'gateBlobUrl'),
      origins: listAt(stamp, 'origins').map((origin) => ({
        originGroup: required(origin, 'originGroup'),
        origin: required(origin, 'origin'),
        normalWeight: numberAt(origin, 'normalWeight') ?? 0,
        priority: numberAt(origin, 'priority') ?? 0,
      })),
      pools: listAt(stamp, 'pools').map((pool) => ({ name: required(pool, 'name'), surgeMaxCount: numberAt(pool, 'surgeMaxCount') ?? 0 })),
      privateUrl: textAt(stamp, 'privateUrl'),
    })),
  };
}

/** Outputs as `az deployment sub show` and `az stack sub show` print them: each value under `value`. */
export function plainOutputs(printed: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(printed)) throw new Error('deployment outputs must be an object');
  return Object.fromEntries(Object.entries(printed).map(([name, output]) => [name, isRecord(output) && 'value' in output ? output.value : output]));
}

function required(value: unknown, path: string): string {
  const found = textAt(value, path);
  if (found === null) throw new Error(`a stamp in the deployment's outputs has no ${path}`);
  return found;
}
