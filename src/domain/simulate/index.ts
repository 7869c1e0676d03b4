export { simulateLoss, type SimulateInput, type Simulation } from './simulateLoss.ts';
