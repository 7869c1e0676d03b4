import { createWorld, readFleetForWorld, specFromFleet, type SimulatedWorld, type WorldClock, type WorldSpec } from '../world/index.ts';
import { fleetDocumentOf, type Scenario } from './scenario.ts';

export interface UsersTotals {
  readonly requests: number;
  readonly failedRequests: number;
  readonly userErrorMinutes: number;
}

export function startOf(scenario: Scenario): number {
  return Date.parse(scenario.startAt);
}

/** How old a world is when its scenario begins: there are metrics to read by then. */
export const warmUpMs = 10 * 60_000;

/** The world of a scenario, before anything has gone wrong. */
export function worldSpecOf(scenario: Scenario): WorldSpec {
  const { latencyWindowMs, sessionAffinity, hpaManager, freeCores, deployment, clusters, workloads } = scenario.fleet;
  return specFromFleet(readFleetForWorld(fleetDocumentOf(scenario)), {
    ...(latencyWindowMs === undefined ? {} : { latencyWindowMs }),
    ...(sessionAffinity === undefined ? {} : { sessionAffinity }),
    ...(hpaManager === undefined ? {} : { hpaManager }),
    ...(freeCores === undefined ? {} : { freeCores }),
    ...(deployment === undefined ? {} : { deployment }),
    clusters,
    workloads,
  });
}

/**
 * Injects and heals the scenario's faults on the world's clock, counted from `startMs`.
 * @param playedUntilMs of a world of an earlier life: what lies before has been injected or healed already.
 * @returns ends what has not happened yet.
 */
export function playFaults(scenario: Scenario, world: SimulatedWorld, startMs: number, playedUntilMs = Number.NEGATIVE_INFINITY): () => void {
  const cancels = scenario.faults.map(({ at, heal, fault }) => {
    const injectAtMs = startMs + at * 1000;
    let cancelHeal: (() => void) | null = null;
    const healLater = (id: string): void => {
      if (heal !== undefined) cancelHeal = world.clock.setTimer(startMs + heal * 1000, () => world.faults.heal(id));
    };
    if (injectAtMs <= playedUntilMs) {
      const active = world.faults.list().find((entry) => entry.since >= injectAtMs && entry.fault.kind === fault.kind && entry.fault.stamp === fault.stamp);
      if (active !== undefined) healLater(active.id);
      return (): void => cancelHeal?.();
    }
    const cancelStart = world.clock.setTimer(injectAtMs, () => healLater(world.faults.inject(definedOnly(fault))));
    return (): void => {
      cancelStart();
      cancelHeal?.();
    };
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/**
 * The same seed without Spillway: Front Door's probes, the HPAs and the cluster autoscaler alone, on the same physics.
 * @param untilSeconds simulated seconds from the scenario's start.
 * @returns what users suffered from `faultAt` until then.
 */
export function usersWithoutSpillway(scenario: Scenario, seed: number, untilSeconds: number): UsersTotals {
  const clock = new SteppedClock(startOf(scenario) - warmUpMs);
  const world = createWorld(worldSpecOf(scenario), { clock, seed });
  clock.runUntil(startOf(scenario));
  playFaults(scenario, world, startOf(scenario));
  clock.runUntil(startOf(scenario) + scenario.faultAt * 1000);
  const before = world.users.totals();
  clock.runUntil(startOf(scenario) + untilSeconds * 1000);
  const suffered = difference(world.users.totals(), before);
  world.dispose();
  return suffered;
}

export function difference(after: UsersTotals, before: UsersTotals): UsersTotals {
  return {
    requests: after.requests - before.requests,
    failedRequests: after.failedRequests - before.failedRequests,
    userErrorMinutes: Math.round((after.userErrorMinutes - before.userErrorMinutes) * 10) / 10,
  };
}

/** A clock with nobody else on it. */
class SteppedClock implements WorldClock {
  readonly #timers: { readonly atMs: number; fire: (() => void) | null }[] = [];
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(atMs: number, fire: () => void): () => void {
    const timer: { readonly atMs: number; fire: (() => void) | null } = { atMs: Math.max(atMs, this.#nowMs), fire };
    this.#timers.push(timer);
    return () => {
      timer.fire = null;
    };
  }

  runUntil(untilMs: number): void {
    for (;;) {
      const next = this.#timers.filter((timer) => timer.fire !== null && timer.atMs <= untilMs).toSorted((left, right) => left.atMs - right.atMs)[0];
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      const { fire } = next;
      next.fire = null;
      fire?.();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}

/** zod leaves keys of optional fields out or undefined; a fault has them or has them not. */
function definedOnly(fault: Scenario['faults'][number]['fault']): Parameters<SimulatedWorld['faults']['inject']>[0] {
  const { stamp, severity, ...rest } = fault;
  return { ...rest, ...(stamp === undefined ? {} : { stamp }), ...(severity === undefined ? {} : { severity }) };
}
