import { z } from 'zod';

/** Run as it was accepted: where to look, and when. */
export const runAccepted = z.object({ runId: z.string(), status: z.literal('accepted'), self: z.string().describe('Path of the run.') }).meta({ id: 'RunAccepted' });

const finding = z.object({ severity: z.enum(['error', 'warning']), invariant: z.string(), message: z.string() });

export const dryRunAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('planned'), plan: z.looseObject({ kind: z.string(), mode: z.string(), stamps: z.array(z.string()) }), findings: z.array(finding), rendering: z.string().describe('The plan as text.') }),
  z.object({ kind: z.literal('blocked'), reasons: z.array(z.looseObject({ code: z.string(), message: z.string() })), rendering: z.string() }),
]).meta({ id: 'DryRun' });

export const runPath = (runId: string): string => `/api/runs/${encodeURIComponent(runId)}`;
