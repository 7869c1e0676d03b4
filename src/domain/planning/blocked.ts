import type { Blocked, BlockedReason } from '../plan.ts';

export const blocked = (reasons: readonly BlockedReason[]): Blocked => ({ kind: 'blocked', reasons });
