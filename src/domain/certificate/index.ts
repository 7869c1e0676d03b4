export { assessLoss, type LossOutcome } from './assessLoss.ts';
export type { UnknownNeed } from './unknownInputs.ts';
export { certifyFleet, type Certificate, type CertifiedLoss, type CertifyInput } from './certifyFleet.ts';
