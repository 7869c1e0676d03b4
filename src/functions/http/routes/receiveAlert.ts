import { z } from 'zod';
import type { AlertRecord } from '../../../ports/state.ts';
import { readAlertContext } from '../alerts/alertContexts.ts';
import { commonAlert, publishedAlert, severityOf, stateBeganAt } from '../alerts/commonAlert.ts';
import { stampsNamed } from '../alerts/stampsNamed.ts';
import { storeAlert } from '../alerts/storeAlert.ts';
import type { HttpDeps } from '../deps.ts';
import { problem } from '../problem.ts';
import { answer, defineRoute, fieldErrors, nothingGiven } from '../route.ts';

/** Azure Monitor sends at most this much. */
const maxBytes = 256 * 1024;

/**
 * Store, then answer: Azure Monitor repeats a delivery a few times and then leaves the endpoint alone for 15 minutes, so nothing
 * here waits for what it can do without. The look at the fleet that the alert asks for runs on its own.
 */
export const receiveAlert = defineRoute({
  name: 'receiveAlert',
  method: 'POST',
  path: 'alerts/azure-monitor',
  access: 'actionGroup',
  summary: 'Take an alert of Azure Monitor',
  description: 'Secure webhook of an action group, common alert schema, every kind of alert. The alert is stored as a signal and asks for a look at the fleet; it orders nothing. Delivered again, it is answered the same way and changes nothing.',
  params: nothingGiven,
  query: nothingGiven,
  requestHeaders: nothingGiven,
  body: { schema: z.unknown(), maxBytes, documented: publishedAlert },
  durable: 'client',
  answers: { 202: { description: 'Stored, or known already.', schema: z.object({ alertId: z.string(), result: z.enum(['stored', 'duplicate', 'outdated']), stamps: z.array(z.string()).describe('Stamps that the alert names.') }).meta({ id: 'AlertTaken' }) } },
  problems: ['notCommonAlertSchema'],
  async handle({ deps, body, starter }) {
    const parsed = commonAlert.safeParse(body);
    if (!parsed.success) {
      return problem('notCommonAlertSchema', 'switch the common alert schema on in the action group', { errors: fieldErrors(parsed.error, '') });
    }
    const { essentials, alertContext } = parsed.data.data;
    const at = stateBeganAt(essentials);
    if (at === null) {
      return problem('notCommonAlertSchema', 'the alert does not say when it was fired', { errors: [{ field: 'data.essentials.firedDateTime', message: 'is missing' }] });
    }
    const targets = [...(essentials.alertTargetIDs ?? []), ...(essentials.configurationItems ?? [])];
    const record: AlertRecord = {
      alertId: essentials.alertId,
      rule: essentials.alertRule ?? 'unnamed rule',
      severity: severityOf(essentials),
      condition: essentials.monitorCondition === 'Fired' ? 'fired' : 'resolved',
      at,
      stamps: stampsNamed(deps.fleet, targets, readAlertContext(alertContext)),
    };
    const result = await storeAlert(deps.state, record);
    if (result === 'stored') {
      await Promise.all([
        tolerated(deps, 'the alert could not be put in the ledger', recordAlert(deps, record)),
        tolerated(deps, 'no look at the fleet could be started', starter().requestAssessment(`alert ${record.rule}`)),
      ]);
    }
    return answer(202, { alertId: record.alertId, result, stamps: record.stamps });
  },
});

const recordAlert = (deps: HttpDeps, { alertId, rule, condition, at, stamps }: AlertRecord): Promise<unknown> => {
  const now = deps.clock.now();
  return deps.ledger.record({
    id: `alert:${alertId.split('/').at(-1) ?? alertId}:${condition}:${at}`,
    runId: `watch-${deps.controlRegion}-${new Date(now).toISOString().slice(0, 10)}`,
    at: now,
    controlRegion: deps.controlRegion,
    epoch: 0,
    stamps,
    event: { type: 'AlertReceived', rule, condition, alertId },
  });
};

/** The alert is stored and the watch reads it at its next round: what fails here must not make Azure Monitor turn away. */
async function tolerated(deps: HttpDeps, what: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    deps.log(what, error);
  }
}
