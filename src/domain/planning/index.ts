export { planHandBack, type HandBack } from './planHandBack.ts';
export { planRun } from './planRun.ts';
export type { PlanInput } from './planContext.ts';
export { factsChanged, reassessPlan, type Reassessed } from './reassessPlan.ts';
export { verifyCapacity, type CapacityProof } from './verifyCapacity.ts';
export { withoutLateNodes } from './withoutLateNodes.ts';
export { shortfallText } from './planNotes.ts';
