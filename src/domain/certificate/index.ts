export { assessLoss, type LossOutcome, type UnknownNeed } from './assessLoss.ts';
export { certifyFleet, type Certificate, type CertifiedLoss, type CertifyInput } from './certifyFleet.ts';
