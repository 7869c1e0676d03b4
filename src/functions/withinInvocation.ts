import type { InvocationContext } from '@azure/functions';

/** Does the work of one invocation so that what is logged meanwhile is known to belong to it. */
export type WithinInvocation = <T>(context: InvocationContext, work: () => Promise<T>) => Promise<T>;

export const justWork: WithinInvocation = (_context, work) => work();
