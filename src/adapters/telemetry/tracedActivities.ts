import { inSpan } from './inSpan.ts';
import { runContext } from './runTrace.ts';

/** The same activities, each in a span of its run's trace; those outside a run have a trace of their own. */
export function tracedActivities<A extends { readonly [N in keyof A]: (...given: never[]) => Promise<unknown> }>(activities: A): A {
  const wrapped = Object.entries(activities).map(([name, activity]: [string, unknown]) => {
    const run = activity as (...given: readonly unknown[]) => Promise<unknown>; // the record's values are its activities
    return [
      name,
      (...given: readonly unknown[]) => {
        const runId = runIdOf(given[0]);
        const attributes = runId === null ? {} : { 'spillway.run': runId };
        return inSpan({ name: `activity ${name}`, attributes, ...(runId === null ? {} : { parent: runContext(runId) }) }, () => run(...given));
      },
    ] as const;
  });
  return Object.fromEntries(wrapped) as unknown as A; // the same names, the same signatures
}

/** An activity's input names its run as `runId`, in its `request`, in its `hold`, or in its `step`. */
function runIdOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null) return null;
  if ('runId' in input && typeof input.runId === 'string') return input.runId;
  for (const part of ['request', 'step', 'hold'] as const) {
    const found = part in input ? runIdOf((input as Record<string, unknown>)[part]) : null; // `in` has shown that it is there
    if (found !== null) return found;
  }
  return null;
}
