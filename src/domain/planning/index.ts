export { planRun } from './planRun.ts';
export type { PlanInput } from './planContext.ts';
export { reassessPlan, factsChanged, type Reassessed } from './reassessPlan.ts';
export { verifyCapacity, type CapacityProof } from './verifyCapacity.ts';
