import { z } from 'zod';
import type { Controls } from '../../../domain/run.ts';
import { includesRole } from '../auth/roles.ts';
import type { HttpDeps } from '../deps.ts';
import { isoInstants } from '../isoInstants.ts';
import { problem } from '../problem.ts';
import { answer, defineRoute, nothingGiven } from '../route.ts';

const killSwitch = z.enum(['on', 'off']);
const mode = z.enum(['observe', 'approve', 'auto']);

const controlsAnswer = z.object({
  killSwitch: killSwitch.describe('on: nothing is written, by no run, at no step.'),
  mode: mode.describe('observe writes nothing, approve asks before traffic moves, auto acts.'),
  setBy: z.string(),
  setAt: z.iso.datetime(),
  freshness: z.enum(['fresh', 'lastKnown']).describe('lastKnown: the store did not answer; such a reading stops runs and starts none.'),
}).meta({ id: 'Controls' });

export const getControls = defineRoute({
  name: 'getControls', method: 'GET', path: 'controls', access: 'Reader', durable: 'none',
  summary: 'Kill switch and mode', description: 'Read before every write (I8).',
  params: nothingGiven, query: nothingGiven, requestHeaders: nothingGiven, body: null, problems: [],
  answers: { 200: { description: 'As set now.', schema: controlsAnswer } },
  async handle({ deps }) {
    const { controls, freshness } = await deps.controls.readControls();
    return answer(200, isoInstants({ ...controls, freshness }));
  },
});

export const setControls = defineRoute({
  name: 'setControls', method: 'PUT', path: 'controls', access: 'Operator', durable: 'none',
  summary: 'Set the kill switch or the mode',
  description: 'What holds automation back (kill switch on, a stricter mode) an Operator may set; what lets it go further (kill switch off, a freer mode) needs an Approver, or an Operator could do without approval.',
  params: nothingGiven, query: nothingGiven, requestHeaders: nothingGiven,
  body: {
    maxBytes: 16 * 1024,
    schema: z.strictObject({ killSwitch: killSwitch.optional(), mode: mode.optional() })
      .refine((body) => body.killSwitch !== undefined || body.mode !== undefined, 'give killSwitch, mode or both').meta({ id: 'ControlsChange' }),
  },
  answers: { 200: { description: 'As set now.', schema: controlsAnswer } },
  problems: [],
  async handle({ deps, body, caller }) {
    const change = { ...(body.killSwitch === undefined ? {} : { killSwitch: body.killSwitch }), ...(body.mode === undefined ? {} : { mode: body.mode }) };
    if (!includesRole(caller.roles, 'Approver') && loosens(change, (await deps.controls.readControls()).controls)) {
      return problem('forbidden', 'to let automation go further than now the role Approver is needed');
    }
    const controls = await deps.controls.setControls(change, caller.name);
    await recordChange(deps, controls);
    return answer(200, isoInstants({ ...controls, freshness: 'fresh' }));
  },
});

const freedom: readonly Controls['mode'][] = ['observe', 'approve', 'auto'];

function loosens(change: Partial<Pick<Controls, 'killSwitch' | 'mode'>>, now: Controls): boolean {
  if (change.killSwitch === 'off' && now.killSwitch === 'on') return true;
  return change.mode !== undefined && freedom.indexOf(change.mode) > freedom.indexOf(now.mode);
}

/** The switch is thrown by then: a ledger that is down must not make it look as if it were not. */
async function recordChange(deps: HttpDeps, controls: Controls): Promise<void> {
  try {
    await deps.ledger.record({
      id: `controls:${controls.setAt}:${deps.randomId().slice(0, 8)}`,
      runId: `watch-${deps.controlRegion}-${new Date(controls.setAt).toISOString().slice(0, 10)}`,
      at: controls.setAt,
      controlRegion: deps.controlRegion,
      epoch: 0,
      stamps: [],
      event: { type: 'ControlsSet', controls },
    });
  } catch (error) {
    deps.log('kill switch or mode was set and could not be put in the ledger', error);
  }
}
