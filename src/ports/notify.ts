/** Tells people. Never decides anything; a notice that cannot be delivered is recorded, not thrown. */
export interface Notify {
  notify(notice: Notice): Promise<{ readonly kind: 'delivered' } | { readonly kind: 'undelivered'; readonly why: string }>;
}

export interface Notice {
  readonly kind: 'approvalAsked' | 'runOpened' | 'runTakenOver' | 'runClosed' | 'observerSuspect' | 'drainExpiring' | 'frozen' | 'shiftOverdue' | 'roomOverdue' | 'certificateChanged';
  readonly runId: string | null;
  readonly title: string;
  readonly text: string;
  /** Epoch milliseconds; null where nothing runs out. */
  readonly until: number | null;
}
