import type { ProbeAnswer, World } from '../../world/types.ts';
import { empty, json, text } from '../answers.ts';
import { ConnectionFault, type Face, type FaceRequest, type FaceResponse } from '../face.ts';
import type { Waits } from '../transport/waits.ts';

/**
 * A stamp as it is met from outside: its public origin, which its gate can close, and the private listener of its
 * gateway, where neither gate nor Front Door play a part. Latency is played in the world's time.
 */
export function createOriginFace(world: World, stampName: string, through: 'origin' | 'gateway', waits: Waits): Face {
  return async (request) => {
    world.settle();
    const stamp = world.stamps.get(stampName);
    if (stamp === undefined) return json(404, { error: `no stamp '${stampName}'` });
    if (request.method !== 'GET' && request.method !== 'HEAD') return empty(405, { allow: 'GET, HEAD' });
    return await play(through === 'origin' ? stamp.probeOrigin() : stamp.probeGateway(), request, stampName, waits);
  };
}

async function play(answer: ProbeAnswer, request: FaceRequest, stampName: string, waits: Waits): Promise<FaceResponse> {
  switch (answer.kind) {
    case 'refused':
      throw new ConnectionFault('refused');
    case 'timeout':
      throw new ConnectionFault('timeout');
    case 'answered':
      await waits.pass(answer.latencyMs, request.signal);
      return text(answer.status, answer.status === 200 ? `ok ${stampName}\n` : `${answer.status} ${stampName}\n`);
  }
}
