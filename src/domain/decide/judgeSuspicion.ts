import type { FleetAssessment } from '../assessment.ts';
import type { RunRequest } from '../run.ts';
import { hasFailed } from './decideFailover.ts';

/** Suspicion alone makes room; only a confirmed failure moves traffic. A run that was asked for traffic in the first place needs no more. */
export function judgeSuspicion({ scope, stamps }: RunRequest, assessment: FleetAssessment | null): 'confirmed' | 'open' | 'cleared' {
  if (scope === 'full') return 'confirmed';
  const suspected = stamps.map((name) => assessment?.stamps.find(({ stamp }) => stamp === name));
  if (suspected.every((one) => one !== undefined && hasFailed(one))) return 'confirmed';
  return suspected.every((one) => one?.roundVerdict === 'healthy' && one.verdict !== 'unhealthy') ? 'cleared' : 'open';
}

/** What a run on suspicion becomes once the failure is confirmed: it plans anew, keeps the room, and waits for nothing where users have left already. */
export function confirmedRequest(request: RunRequest, assessment: FleetAssessment | null): RunRequest {
  const isGone = request.stamps.some((name) => assessment?.stamps.find(({ stamp }) => stamp === name)?.trafficAlreadyGone === true);
  return { ...request, scope: 'full', mode: isGone ? 'ungraceful' : request.mode };
}
