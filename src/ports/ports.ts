import type { Fleet } from '../domain/fleet.ts';
import type { Checks } from './checks.ts';
import type { Clock } from './clock.ts';
import type { Compute } from './compute.ts';
import type { ControlsStore } from './controls.ts';
import type { Demand } from './demand.ts';
import type { Fence } from './fence.ts';
import type { Gate } from './gate.ts';
import type { Headroom } from './headroom.ts';
import type { Ledger } from './ledger.ts';
import type { Notify } from './notify.ts';
import type { Prices } from './prices.ts';
import type { Signals } from './signals.ts';
import type { StateStore } from './state.ts';
import type { Traffic } from './traffic.ts';
import type { Workloads } from './workloads.ts';

/** Everything outside, as the activities see it. Built once by main.ts. */
export interface Ports {
  readonly fleet: Fleet;
  readonly controlRegion: string;
  readonly clock: Clock;
  readonly traffic: Traffic;
  readonly compute: Compute;
  readonly workloads: Workloads;
  readonly signals: Signals;
  readonly demand: Demand;
  readonly headroom: Headroom;
  readonly ledger: Ledger;
  readonly state: StateStore;
  readonly controls: ControlsStore;
  readonly fence: Fence;
  readonly gate: Gate;
  readonly notify: Notify;
  readonly checks: Checks;
  readonly prices: Prices;
}
