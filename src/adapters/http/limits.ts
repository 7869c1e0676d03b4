/**
 * How long one request may take, attempts and waits together. Every activity ends within seconds: what needs longer is
 * waited for on durable timers. A port's write is several requests; `writeTimeLimitMs` bounds them together (I3).
 */
export const readBudgetMs = 20_000;
export const writeBudgetMs = 20_000;
/** One attempt of a read; a hung connection must leave time for a second one. */
export const readAttemptMs = 8_000;
export const writeAttemptMs = 15_000;
/** A store in the same region answers in milliseconds; what takes longer goes to the outbox. */
export const cosmosAttemptMs = 6_000;
export const maxAttempts = 4;
export const firstDelayMs = 400;
export const maxDelayMs = 8_000;
export const userAgentPrefix = 'spillway';
