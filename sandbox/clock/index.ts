/**
 * The sandbox's time.
 *
 * - `Clock`: `now()` epoch ms, `setTimer(atMs, fn) -> cancel`. `RealClock({factor?, startMs?})` runs by itself;
 *   `new VirtualClock(startMs)` stands still until advanced (`advanceToNext`, `runUntil`, `nextAtMs`).
 * - `installGlobals(clock) -> uninstall`: Date, setTimeout, setInterval and AbortSignal.timeout of this process live on the clock.
 * - `BusyTracker`: what holds virtual time: `begin(describe?) -> end`, `park() -> end` for answers that wait for virtual time themselves
 *   (a delayed or hanging response MUST be parked while it waits), `touch()`.
 * - `trackOutbound(tracker) -> stop`: counts http(s) client requests, fetch and WebCrypto of this process by itself.
 * - `new Pacer({clock, tracker, pace})`: `drive({untilMs?, condition?})` moves the clock whenever all is quiet;
 *   pace `max`, N virtual seconds per real second, or `real`; `setPace`, `stop`.
 * - `livingIn(life, work)`: code of a host that may be killed alone; once `life.isOver`, it reaches nobody (`isLifeOver()`).
 * - `realTimers`, `nextTurn`, `sleepReal`: machine time for what must have it after installGlobals.
 */
export { BusyTracker, type EndWork } from './busyTracker.ts';
export type { CancelTimer, Clock } from './clock.ts';
export { installGlobals, type UninstallGlobals } from './installGlobals.ts';
export { Pacer, type DriveEnd, type DriveUntil, type Pace, type PacerOptions } from './pacer.ts';
export { isLifeOver, livingIn, type ProcessLife } from './processLife.ts';
export { RealClock, type RealClockOptions } from './realClock.ts';
export { nextTurn, realTimers, sleepReal } from './realTimers.ts';
export { trackOutbound, type StopTracking } from './trackOutbound.ts';
export { VirtualClock } from './virtualClock.ts';
