import type { FleetFile } from '../../src/config/fleetSchema.ts';

/**
 * The same fleet with addresses that the sandbox answers: what is deployed and what is drilled differ in host names
 * only. Resource ids, origins, weights, pools and policy stay as they are.
 */
export function withSandboxAddresses(file: FleetFile): FleetFile {
  return {
    ...file,
    stamps: file.stamps.map((stamp) => ({
      ...stamp,
      gateway: { ...stamp.gateway, privateUrl: `https://${stamp.name}.gateway.sandbox.test/` },
      gate: stamp.gate === null || stamp.gate === undefined ? null : { blobUrl: `https://blob.sandbox.test/${accountOf(stamp.gate.blobUrl)}/gates/${stamp.name}.json` },
      probe: { url: `https://${stamp.name}.origin.sandbox.test/healthz` },
    })),
  };
}

const accountOf = (blobUrl: string): string => new URL(blobUrl).hostname.split('.')[0] ?? 'gates';
