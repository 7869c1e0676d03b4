import { z } from 'zod';
import type { Fleet } from '../../../domain/fleet.ts';
import { answer, defineRoute, nothingGiven } from '../route.ts';

export const getFleet = defineRoute({
  name: 'getFleet', method: 'GET', path: 'fleet', access: 'Reader', durable: 'none',
  summary: 'The fleet file as the app has read it', description: 'With all defaults. Of the addresses that are called for notices, hooks and checks only scheme and host are shown: the rest may hold a secret.',
  params: nothingGiven, query: nothingGiven, requestHeaders: nothingGiven, body: null, problems: [],
  answers: { 200: { description: 'The fleet; docs/fleet-file.md explains every field.', schema: z.looseObject({ name: z.string(), stamps: z.array(z.looseObject({ name: z.string() })) }).meta({ id: 'Fleet' }) } },
  async handle({ deps }) {
    return answer(200, withoutSecrets(deps.fleet));
  },
});

function withoutSecrets(fleet: Fleet): Fleet {
  const { webhookUrl } = fleet.notify;
  return {
    ...fleet,
    notify: { webhookUrl: webhookUrl === null ? null : hostOf(webhookUrl) },
    postShiftHooks: fleet.postShiftHooks.map((hook) => ({ ...hook, url: hostOf(hook.url) })),
    preShiftChecks: fleet.preShiftChecks.map((check) => (check.kind === 'http' ? { ...check, url: hostOf(check.url) } : check)),
  };
}

const hostOf = (address: string): string => new URL(address).origin;
