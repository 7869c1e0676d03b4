import { parse } from 'yaml';
import { z } from 'zod';

const fleet = z.object({ policy: z.object({ utilisationCeiling: z.number().default(0.8) }).default({ utilisationCeiling: 0.8 }) });

/** `policy.utilisationCeiling` of a fleet file, read leniently: a watch must run with a fleet that the application refuses. */
export const ceilingOf = (fleetText: string): number => fleet.parse(parse(fleetText)).policy.utilisationCeiling;
