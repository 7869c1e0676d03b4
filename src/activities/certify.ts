import { certifyFleet, type Certificate } from '../domain/certificate/index.ts';
import type { FleetFacts } from '../domain/facts.ts';
import type { StampName } from '../domain/fleet.ts';
import type { Shortfall } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';
import { readAssessment } from './readAssessment.ts';

const certificateKey: StateKey = { kind: 'certificate', id: 'fleet' };

export const readCertificate = async (ports: Ports): Promise<Certificate | null> => (await ports.state.read<Certificate>(certificateKey))?.value ?? null;

/**
 * Would the fleet survive each single loss now? Kept for the API, and put on record and told to people when an answer
 * changes. Without an assessment nothing is certified.
 */
export async function certify(ports: Ports, facts: FleetFacts): Promise<Certificate | null> {
  const assessment = await readAssessment(ports);
  if (assessment === null) return null;
  const certificate = certifyFleet({ fleet: ports.fleet, facts, assessment, losses: 'singles' });
  const before = await ports.state.read<Certificate>(certificateKey);
  const written = await ports.state.write(certificateKey, certificate, before?.etag ?? null);
  // The other control-plane region was first, and has told.
  if (written.kind === 'conflict') return certificate;
  if (before === null || answersOf(before.value) !== answersOf(certificate)) await recordChange(ports, certificate);
  return certificate;
}

async function recordChange(ports: Ports, certificate: Certificate): Promise<void> {
  const survives = Object.fromEntries(certificate.losses.map(({ lose, survives }) => [lose.join('+'), survives]));
  const bindingText = certificate.losses.flatMap(({ lose, binding }) => (binding === null ? [] : [bindingLine(lose, binding)]))[0] ?? null;
  const now = ports.clock.now();
  await ports.ledger.record({
    id: `certificate:${now}`,
    runId: `watch-${ports.controlRegion}-${new Date(now).toISOString().slice(0, 10)}`,
    at: now,
    controlRegion: ports.controlRegion,
    epoch: 0,
    stamps: ports.fleet.stamps.map(({ name }) => name),
    event: { type: 'CertificateChanged', survives, binding: bindingText },
  });
  const notSurvived = certificate.losses.filter(({ survives }) => survives !== 'yes').map(({ lose, survives }) => `${lose.join(', ')}: ${survives}`);
  if (notSurvived.length === 0) return;
  await ports.notify.notify({ kind: 'certificateChanged', runId: null, title: 'The fleet would not survive every single loss', text: [...notSurvived, bindingText ?? ''].join('\n'), until: null });
}

const bindingLine = (lose: readonly StampName[], { stamp, missing, unit, constraint, fix }: Shortfall): string =>
  `if ${lose.join(' and ')} is lost, ${stamp} lacks ${missing} ${unit} (${constraint}): ${fix}`;

const answersOf = ({ losses }: Certificate): string => JSON.stringify(losses.map(({ lose, survives, binding }) => [lose, survives, binding?.stamp ?? null, binding?.constraint ?? null]));
