export { assessLoss, type LossOutcome } from './assessLoss.ts';
export { certifyFleet, type Certificate } from './certifyFleet.ts';
