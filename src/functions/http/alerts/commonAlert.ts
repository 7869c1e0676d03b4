import { z } from 'zod';

/**
 * The common alert schema as Azure Monitor posts it. Extra fields are let through, and so is a context of a kind not
 * known here: an alert is a hint, and losing one over a new field helps nobody. Only what identifies an alert must be there.
 */
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'an instant such as 2026-11-22T19:00:00.0000000Z');
const severities = ['Sev0', 'Sev1', 'Sev2', 'Sev3', 'Sev4'] as const;

const publishedEssentials = z.looseObject({
  alertId: z.string().min(1).max(1024),
  alertRule: z.string().max(2048).nullish(),
  severity: z.enum(severities).nullish().describe('An unknown one counts as the lowest.'),
  signalType: z.string().nullish(),
  monitorCondition: z.enum(['Fired', 'Resolved']),
  monitoringService: z.string().nullish(),
  alertTargetIDs: z.array(z.string()).nullish(),
  configurationItems: z.array(z.string()).nullish(),
  originAlertId: z.string().nullish(),
  firedDateTime: instant.nullish(),
  resolvedDateTime: instant.nullish(),
  description: z.string().nullish(),
  essentialsVersion: z.string().nullish(),
  alertContextVersion: z.string().nullish(),
  targetResourceGroup: z.string().nullish(),
  targetResourceType: z.string().nullish(),
});

/** What does not identify the alert may be of another type than published, and then counts as not given. */
const essentials = publishedEssentials.extend({
  severity: z.enum(severities).nullish().catch('Sev4'),
  alertTargetIDs: z.array(z.string()).nullish().catch(null),
  configurationItems: z.array(z.string()).nullish().catch(null),
});

const envelope = <Schema extends z.ZodType>(schema: Schema) => z.looseObject({
  schemaId: z.literal('azureMonitorCommonAlertSchema'),
  data: z.looseObject({
    essentials: schema,
    alertContext: z.unknown().optional().describe('By kind of alert; every kind is taken.'),
    customProperties: z.unknown().optional().describe('What the rule\'s author added.'),
  }),
});

export const commonAlert = envelope(essentials);

/** The same as published, for the API's description. */
export const publishedAlert = envelope(publishedEssentials).meta({ id: 'CommonAlert' });

export type CommonAlert = z.output<typeof commonAlert>;
export type Essentials = z.output<typeof essentials>;

/** 0 is the worst. An alert without a severity counts as the lowest. */
export function severityOf({ severity }: Essentials): 0 | 1 | 2 | 3 | 4 {
  switch (severity) {
    case 'Sev0':
      return 0;
    case 'Sev1':
      return 1;
    case 'Sev2':
      return 2;
    case 'Sev3':
      return 3;
    case 'Sev4':
    case null:
    case undefined:
      return 4;
  }
}

/** Epoch milliseconds at which this state of the alert began; null when the alert does not say. */
export function stateBeganAt({ monitorCondition, firedDateTime, resolvedDateTime }: Essentials): number | null {
  const text = monitorCondition === 'Resolved' ? (resolvedDateTime ?? firedDateTime) : firedDateTime;
  return text === null || text === undefined ? null : Date.parse(text);
}
