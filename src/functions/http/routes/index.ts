import type { Route } from '../route.ts';
import { getCertificate, simulate } from './capacity.ts';
import { getControls, setControls } from './controls.ts';
import { abortRun, approveRun } from './decideRun.ts';
import { drainRegion } from './drainRegion.ts';
import { getFleet } from './fleet.ts';
import { getHealth, getReady } from './health.ts';
import { receiveAlert } from './receiveAlert.ts';
import { getRegion, listRegions } from './regions.ts';
import { restoreRegion } from './restoreRegion.ts';
import { getRun, listRunEvents, listRuns } from './runs.ts';

/** Every route of the app. */
export const routes: readonly Route[] = [
  getHealth, getReady, getFleet,
  listRegions, getRegion, drainRegion, restoreRegion,
  listRuns, getRun, listRunEvents, abortRun, approveRun,
  getControls, setControls,
  getCertificate, simulate,
  receiveAlert,
];
