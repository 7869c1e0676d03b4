import { readAssessment } from './readAssessment.ts';
import { readCertificate } from './certify.ts';
import type { CapacityAnswers } from './contracts.ts';
import type { RecentFacts } from './recentFacts.ts';
import type { FleetAssessment } from '../domain/assessment.ts';
import { certifyFleet, type Certificate } from '../domain/certificate/index.ts';
import type { FleetFacts } from '../domain/facts.ts';
import { simulateLoss } from '../domain/simulate/index.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';

/** The certificate's own rhythm is a minute; one that is older than this is computed again before it is shown. */
const certificateHoldsMs = 90_000;

/** Questions about capacity, answered from facts at most a minute old; nothing is changed by asking. */
export function capacityAnswers(ports: Ports, facts: RecentFacts): CapacityAnswers {
  /** Facts with the age that they have now, not the one at which they were read. */
  const factsNow = async (): Promise<FleetFacts> => {
    const read = await facts.read();
    return { ...read, at: Math.max(read.at, ports.clock.now()) };
  };
  const computed = async (assessment: FleetAssessment, losses: 'singles' | 'pairs'): Promise<Certificate> => certifyFleet({ fleet: ports.fleet, facts: await factsNow(), assessment, losses });

  return {
    async certificate(losses) {
      const kept = losses === 'singles' ? await keptCertificate(ports) : null;
      if (kept !== null && ports.clock.now() - kept.at <= certificateHoldsMs) return kept;
      const assessment = await readAssessment(ports);
      return assessment === null ? null : computed(assessment, losses);
    },
    async simulate({ lose, demandFactor, policy }) {
      const assessment = (await readAssessment(ports)) ?? { at: ports.clock.now(), stamps: [], observerSuspect: false };
      return simulateLoss({ fleet: ports.fleet, facts: await factsNow(), assessment, lose, demandFactor, policy });
    },
  };
}

/** A store that does not answer keeps nothing from being computed. */
async function keptCertificate(ports: Ports): Promise<Certificate | null> {
  try {
    return await readCertificate(ports);
  } catch (error) {
    if (error instanceof TransientError) return null;
    throw error;
  }
}
