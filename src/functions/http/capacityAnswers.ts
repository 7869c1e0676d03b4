import { readAssessment } from '../../activities/readAssessment.ts';
import { readCertificate } from '../../activities/certify.ts';
import type { RecentFacts } from '../../activities/recentFacts.ts';
import { certifyFleet, type Certificate } from '../../domain/certificate/index.ts';
import { simulateLoss } from '../../domain/simulate/index.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CertificateAnswer } from './capacitySchemas.ts';
import type { CapacityAnswers } from './deps.ts';

/** Questions about capacity, answered from facts at most a minute old; nothing is changed by asking. */
export function capacityAnswers(ports: Ports, facts: RecentFacts): CapacityAnswers {
  const assessed = async () => (await readAssessment(ports)) ?? { at: ports.clock.now(), stamps: [], observerSuspect: false };
  return {
    async certificate(scope) {
      const certificate = scope === 'pairs' ? certifyFleet({ fleet: ports.fleet, facts: await facts.read(), assessment: await assessed(), losses: 'pairs' }) : await readCertificate(ports);
      return certificate === null ? null : certificateAnswer(certificate);
    },
    async simulate({ lose, demandFactor, policy }) {
      return simulateLoss({ fleet: ports.fleet, facts: await facts.read(), assessment: await assessed(), lose, demandFactor, policy });
    },
  };
}

function certificateAnswer({ at, losses }: Certificate): CertificateAnswer {
  return {
    at: new Date(at).toISOString(),
    losses: losses.map(({ lose, survives, binding, readyInSeconds, unknown }) => ({ lose: [...lose], survives, binding, readyInSeconds, unknown: unknown.map(({ input, why }) => ({ input, why })) })),
  };
}
