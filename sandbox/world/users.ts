import type { UserLedger } from './types.ts';

/** A user sends so many requests per second while using the shop: how requests become users. */
export const requestsPerSecondPerUser = 0.2;
/** Nobody waits longer: an answer after this counts as failed. */
export const patienceMs = 10_000;

export interface UsersState {
  requests: number;
  failedRequests: number;
  userErrorMinutes: number;
}

/**
 * What users suffered. A request fails when it is answered with an error, meets nobody, or takes longer than 10 s.
 * User-error-minutes are the sum, over minutes and points of presence, of the users there (requests per second over
 * 0.2 per user) times the fraction of their requests that failed: 1,000 users for whom half of the requests fail
 * for 4 minutes suffer 2,000 of them.
 */
export class Users implements UserLedger {
  readonly state: UsersState;
  readonly #settle: () => void;

  constructor(state: UsersState, settle: () => void) {
    this.state = state;
    this.#settle = settle;
  }

  totals(): { readonly requests: number; readonly failedRequests: number; readonly userErrorMinutes: number } {
    this.#settle();
    return this.view();
  }

  /** As of the last step, whole requests and tenths of a minute. */
  view(): { readonly requests: number; readonly failedRequests: number; readonly userErrorMinutes: number } {
    const { requests, failedRequests, userErrorMinutes } = this.state;
    return { requests: Math.round(requests), failedRequests: Math.round(failedRequests), userErrorMinutes: Math.round(userErrorMinutes * 10) / 10 };
  }

  /** The users of one point of presence for one step. */
  note(requestsPerSecond: number, failedFraction: number, seconds: number): void {
    this.state.requests += requestsPerSecond * seconds;
    if (failedFraction === 0) return;
    this.state.failedRequests += requestsPerSecond * seconds * failedFraction;
    this.state.userErrorMinutes += (requestsPerSecond / requestsPerSecondPerUser) * failedFraction * (seconds / 60);
  }
}
