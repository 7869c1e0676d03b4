import { z } from 'zod';
import type { Certificate } from '../../../domain/certificate/index.ts';
import { certificateAnswer, simulateAnswer, simulateRequest, type CertificateAnswer } from '../capacitySchemas.ts';
import { problem } from '../problem.ts';
import { noSuchRegion } from '../regionParams.ts';
import { answer, defineRoute, nothingGiven } from '../route.ts';

export const getCertificate = defineRoute({
  name: 'getCertificate', method: 'GET', path: 'certificate', access: 'Reader', durable: 'none',
  summary: 'Would the fleet survive the loss of a region now?', description: 'For every single region, and for every two when asked; with the constraint that binds first. What is unknown is not certified.',
  params: nothingGiven, query: z.object({ losses: z.enum(['singles', 'pairs']).default('singles').describe('pairs: every two regions as well.') }),
  requestHeaders: nothingGiven, body: null, problems: ['capacityUnknown'],
  answers: { 200: { description: 'The certificate.', schema: certificateAnswer } },
  async handle({ deps, query }) {
    const certificate = await deps.capacity.certificate(query.losses);
    return certificate === null ? problem('capacityUnknown', 'no certificate has been computed yet') : answer(200, answerOf(certificate));
  },
});

function answerOf({ at, losses, standsOn }: Certificate): CertificateAnswer {
  return {
    at: new Date(at).toISOString(),
    standsOn: standsOn.map(({ input, source }) => ({ input, source })),
    losses: losses.map(({ lose, survives, binding, readyInSeconds, unknown }) => ({ lose: [...lose], survives, binding, readyInSeconds, unknown: unknown.map(({ input, why }) => ({ input, why })) })),
  };
}

export const simulate = defineRoute({
  name: 'simulate', method: 'POST', path: 'simulate', access: 'Reader', durable: 'none',
  summary: 'What if these regions were lost?', description: 'Loads, replicas, nodes, shortfalls, cost, time and the users affected, with other demand or policy if asked. Writes nothing.',
  params: nothingGiven, query: nothingGiven, requestHeaders: nothingGiven,
  body: { schema: simulateRequest, maxBytes: 64 * 1024 }, problems: ['unknownRegion', 'capacityUnknown'],
  answers: { 200: { description: 'The answer.', schema: simulateAnswer } },
  async handle({ deps, body }) {
    const lose = body.lose.map((name) => name.toLowerCase());
    const stranger = lose.findIndex((name) => !deps.fleet.stamps.some((stamp) => stamp.name === name));
    if (stranger >= 0) return noSuchRegion(deps, body.lose[stranger] ?? '', `lose[${stranger}]`);
    return answer(200, await deps.capacity.simulate({ ...body, lose: [...new Set(lose)] }));
  },
});
