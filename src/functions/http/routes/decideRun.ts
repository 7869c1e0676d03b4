import { z } from 'zod';
import { problem } from '../problem.ts';
import { answer, defineRoute, nothingGiven } from '../route.ts';
import { runPath } from '../runAnswer.ts';
import { readRun, runParams } from './runs.ts';

const taken = z.object({ runId: z.string(), decision: z.enum(['approve', 'abort']), by: z.string(), self: z.string() }).meta({ id: 'DecisionTaken' });
const maxBytes = 16 * 1024;

export const abortRun = defineRoute({
  name: 'abortRun', method: 'POST', path: 'runs/{id}/abort', access: 'Operator', durable: 'client',
  summary: 'Abort a run',
  description: 'The run stops before its next write and undoes what it has changed, in reverse. Also declines a run that waits for approval.',
  params: runParams, query: nothingGiven, requestHeaders: nothingGiven,
  body: { maxBytes, schema: z.strictObject({ reason: z.string().trim().min(1).max(500).describe('Why; goes on record.') }).meta({ id: 'AbortRequest' }) },
  answers: { 202: { description: 'On record; the run takes it up at its next step.', schema: taken } },
  problems: ['unknownRun', 'runClosed'],
  async handle({ deps, params, body, caller, starter }) {
    const read = await readRun(deps, params.id);
    if (read.kind === 'problem') return read;
    if (read.view.outcome !== null) return problem('runClosed', `it ended ${read.view.outcome}`, { more: { outcome: read.view.outcome } });
    await starter().raiseDecision(params.id, { decision: 'abort', by: caller.name, reason: body.reason });
    return answer(202, { runId: params.id, decision: 'abort', by: caller.name, self: runPath(params.id) }, { Location: runPath(params.id), 'Retry-After': '5' });
  },
});

export const approveRun = defineRoute({
  name: 'approveRun', method: 'POST', path: 'runs/{id}/approve', access: 'Approver', durable: 'client',
  summary: 'Approve a run that asks for it',
  description: 'In mode approve, a run makes room and then waits: traffic moves only after this, and only before the deadline.',
  params: runParams, query: nothingGiven, requestHeaders: nothingGiven,
  body: { maxBytes, schema: z.strictObject({ reason: z.string().trim().max(500).default('').describe('Goes on record.') }).meta({ id: 'ApproveRequest' }) },
  answers: { 202: { description: 'On record; the run goes on.', schema: taken } },
  problems: ['unknownRun', 'runClosed', 'approvalNotAsked', 'alreadyApproved', 'approvalOver', 'killSwitchOn'],
  async handle({ deps, params, body, caller, starter }) {
    const [read, { controls }] = await Promise.all([readRun(deps, params.id), deps.controls.readControls()]);
    if (read.kind === 'problem') return read;
    const { outcome, approval } = read.view;
    if (outcome !== null) return problem('runClosed', `it ended ${outcome}`, { more: { outcome } });
    if (approval.state === 'given') return problem('alreadyApproved', `by ${approval.by ?? 'somebody'}`);
    if (approval.state === 'none') return problem('approvalNotAsked', 'it does not wait for one');
    if (approval.state === 'missed' || (approval.until !== null && approval.until <= deps.clock.now())) return problem('approvalOver', 'no traffic moves in this run; the room it made stays until its expiry');
    if (controls.killSwitch === 'on') return problem('killSwitchOn', `it was set by ${controls.setBy}`);
    await starter().raiseDecision(params.id, { decision: 'approve', by: caller.name, reason: body.reason });
    return answer(202, { runId: params.id, decision: 'approve', by: caller.name, self: runPath(params.id) }, { Location: runPath(params.id), 'Retry-After': '5' });
  },
});
