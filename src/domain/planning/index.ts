export { loadBefore } from './loadBefore.ts';
export { planHandBack, type LentRoom, type RoomInUse } from './planHandBack.ts';
export { planRun } from './planRun.ts';
export type { PlanInput } from './planContext.ts';
export { judgeSettings, judgeShares, judgeSharesAtLast, wantedShares, type ShiftVerdict } from './judgeShift.ts';
export { failedOthers, reassessRun, type Reassessed } from './reassessRun.ts';
export { verifyCapacity } from './verifyCapacity.ts';
export { withoutLateNodes } from './withoutLateNodes.ts';
export { shortfallText } from './planNotes.ts';
