import { z } from 'zod';
import { problem } from '../problem.ts';
import { answer, defineRoute, nothingGiven } from '../route.ts';

export const getHealth = defineRoute({
  name: 'getHealth', method: 'GET', path: 'health', access: 'open', durable: 'none',
  summary: 'Liveness', description: 'Says that the app runs, and nothing more; the only route without a token.',
  params: nothingGiven, query: nothingGiven, requestHeaders: nothingGiven, body: null, problems: [],
  answers: { 200: { description: 'It runs.', schema: z.object({ status: z.literal('alive') }).meta({ id: 'Alive' }) } },
  async handle() {
    return answer(200, { status: 'alive' });
  },
});

/** Rounds of the watch that may be missing. */
const missedRounds = 4;

const check = z.object({ name: z.enum(['state', 'ledger', 'controls', 'watch']), result: z.enum(['passed', 'failed']), detail: z.string() });

export const getReady = defineRoute({
  name: 'getReady', method: 'GET', path: 'ready', access: 'Reader', durable: 'none',
  summary: 'Whether the app can do its work', description: 'State store, ledger, kill switch and mode, and whether the watch has looked lately.',
  params: nothingGiven, query: nothingGiven, requestHeaders: nothingGiven, body: null, problems: ['notReady'],
  answers: { 200: { description: 'All checks passed.', schema: z.object({ status: z.literal('ready'), checks: z.array(check) }).meta({ id: 'Ready' }) } },
  async handle({ deps }) {
    const checks = await Promise.all([
      attempt('state', async () => { await deps.view.readRuns(); return null; }),
      attempt('ledger', async () => { await deps.ledger.listRuns({ stamp: null, fromMs: null, toMs: null, limit: 1 }); return null; }),
      attempt('controls', async () => ((await deps.controls.readControls()).freshness === 'fresh' ? null : 'only the last known reading')),
      attempt('watch', async () => {
        const assessment = await deps.view.readAssessment();
        if (assessment === null) return 'the fleet has not been looked at yet';
        const ageSeconds = Math.round((deps.clock.now() - assessment.at) / 1000);
        return ageSeconds <= missedRounds * deps.fleet.signals.watchIntervalSeconds ? null : `the last look was ${ageSeconds} s ago`;
      }),
    ]);
    const failed = checks.filter((one) => one.result === 'failed');
    return failed.length === 0 ? answer(200, { status: 'ready', checks }) : problem('notReady', failed.map((one) => `${one.name}: ${one.detail}`).join('; '), { more: { checks } });
  },
});

interface Check {
  readonly name: 'state' | 'ledger' | 'controls' | 'watch';
  readonly result: 'passed' | 'failed';
  readonly detail: string;
}

async function attempt(name: Check['name'], run: () => Promise<string | null>): Promise<Check> {
  try {
    const trouble = await run();
    return { name, result: trouble === null ? 'passed' : 'failed', detail: trouble ?? 'ok' };
  } catch {
    return { name, result: 'failed', detail: 'does not answer' };
  }
}
