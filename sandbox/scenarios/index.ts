export { defaultScenario, fleetDocumentOf, listScenarios, loadScenario, parseScenario } from './scenario.ts';
export type { ControllerDeath, Expectation, ExpectedRun, OperatorAction, RunOutcome, Scenario } from './scenario.ts';
export { difference, playFaults, startOf, usersWithoutSpillway, warmUpMs, worldSpecOf, type UsersTotals } from './play.ts';
export { onDeployment, type Deployment } from './onDeployment.ts';
export { judge, type Happened } from './judge.ts';
