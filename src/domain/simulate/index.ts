export { simulateLoss, type SimulateInput, type SimulatedPolicy, type SimulatedShortfall, type SimulatedStamp, type Simulation } from './simulateLoss.ts';
