import { describe, expect, it } from 'vitest';
import type { ActivityName } from '../../src/activities/contracts.ts';
import type { RunRequest } from '../../src/domain/run.ts';
import { runHost, type Disturb, type RunHost } from './runHost.ts';

/**
 * Every step of a run, failed and repeated (I11): once before it had an effect, and once after it, as when a host dies
 * between the effect and its record. In CI every step once per orchestration; SPILLWAY_TEST_SCOPE=full takes every call of every step.
 */
const scope = process.env['SPILLWAY_TEST_SCOPE'] === 'full' ? 'full' : 'sample';

interface Case {
  readonly name: string;
  readonly request: Partial<RunRequest>;
  /** What must have happened before, such as the drain that a failback takes back. */
  readonly before?: Partial<RunRequest>;
}

const operator = { by: 'operator', subject: 'subject', name: 'op' } as const;
const cases: readonly Case[] = [
  { name: 'failover', request: {} },
  { name: 'ungraceful failover', request: { mode: 'ungraceful' } },
  { name: 'drain', request: { kind: 'drain', trigger: operator } },
  { name: 'failback', before: { kind: 'drain', trigger: operator }, request: { kind: 'failback', trigger: operator } },
  { name: 'drill', request: { kind: 'drill', stamps: ['centralus'], drill: 'monthly-centralus', trigger: { by: 'drillSchedule', drill: 'monthly-centralus' } } },
];

async function play({ request, before }: Case, disturb?: Disturb): Promise<{ readonly run: RunHost; readonly output: unknown; readonly steps: ReadonlyMap<ActivityName, number> }> {
  let isPreparing = true;
  const run = await runHost(disturb === undefined ? {} : { disturb: (...args) => (isPreparing ? undefined : disturb(...args)) });
  if (before !== undefined) {
    await run.finish((await run.start(before)).runId);
    await run.runFor(1);
  }
  isPreparing = false;
  run.activityCalls.clear();
  const { runId } = await run.start(request);
  const output = await run.finish(runId);
  await run.host.stop();
  return { run, output, steps: new Map(run.activityCalls) };
}

function callsOf(steps: ReadonlyMap<ActivityName, number>): readonly (readonly [ActivityName, number])[] {
  return [...steps].flatMap(([name, count]) => {
    const calls = Array.from({ length: count }, (_, index) => index + 1);
    return (scope === 'full' ? calls : calls.slice(0, 1)).map((call) => [name, call] as const);
  });
}

describe.each(cases)('$name', (one) => {
  it('ends as if nothing had happened when any step fails once or is repeated', async () => {
    const calm = await play(one);
    expect(calm.output).toMatchObject({ outcome: 'completed' });
    const wanted = calm.run.ports.outside.settings();
    for (const [name, call] of callsOf(calm.steps)) {
      for (const moment of ['early', 'late'] as const) {
        const { run, output } = await play(one, (step, number, when) => {
          if (step === name && number === call && when === moment) throw new Error(`${name} call ${call} broken ${moment} by the test`);
        });
        expect.soft(output, `${name} call ${call}, ${moment}`).toMatchObject({ outcome: 'completed' });
        expect.soft(run.ports.outside.settings(), `${name} call ${call}, ${moment}`).toEqual(wanted);
        expect.soft(run.ports.outside.serving().length, 'I1').toBeGreaterThan(0);
      }
    }
  }, 600_000);

  it('freezes and leaves somebody serving when a step is broken for good', async () => {
    const calm = await play(one);
    for (const name of calm.steps.keys()) {
      const { run, output } = await play(one, (step, _call, when) => {
        if (step === name && when === 'early') throw new Error(`${name} is broken for good by the test`);
      });
      const isHarmless = name === 'callHooks' || name === 'enterPhase';
      if (!isHarmless && name !== 'closeRun') expect.soft(JSON.stringify(output), name).toContain('stopped where it was');
      expect.soft(run.ports.outside.serving().length, `I1, ${name}`).toBeGreaterThan(0);
      const proved = run.ports.eventsOf('CapacityProved').length > 0;
      const moved = run.ports.outside.writes.some((write) => /^(gate|origin)/.test(write));
      if (one.request.mode !== 'ungraceful' && one.before === undefined) expect.soft(!moved || proved, `I2, ${name}`).toBe(true);
    }
  }, 600_000);
});
