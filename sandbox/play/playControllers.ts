import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { ControllerDeath, Scenario } from '../scenarios/index.ts';
import type { Simulation } from '../simulation.ts';
import { whoActs } from './whoActs.ts';

/** Kills control-plane regions, and has them come back, as the scenario's file says. */
export interface Controllers {
  actIfDue(entries: readonly ChainedEntry[]): Promise<void>;
  /** When the last thing has happened and its consequences could be seen; null while something is due. */
  overAtMs(): number | null;
  /** Seconds from the death of the acting one until another took the fence for its run; null where that has not come. */
  takenOverSeconds(entries: readonly ChainedEntry[]): number | null;
  problems(): readonly string[];
}

/** What a controller that is back does in its first minutes is worth watching: it should do nothing. */
const watchedMs = 150_000;

interface Died {
  readonly death: ControllerDeath;
  readonly region: string;
  readonly runId: string | null;
  readonly atMs: number;
  backAtMs: number | null;
  isBack: boolean;
}

export function playControllers(scenario: Scenario, startMs: number, { clock, controllers }: Simulation, say: (text: string) => void): Controllers {
  const due = scenario.controllers.deaths.toSorted((a, b) => a.at - b.at);
  const died: Died[] = [];

  async function kill(death: ControllerDeath, entries: readonly ChainedEntry[]): Promise<boolean> {
    const acting = whoActs(entries);
    if (death.phase !== undefined && acting?.phase !== death.phase) return false;
    const victim = controllers.find(({ region, host }) => host !== null && (death.who === 'acting') === (region === acting?.region));
    if (victim === undefined) return false;
    await victim.kill();
    const atMs = clock.now();
    died.push({ death, region: victim.region, runId: death.who === 'acting' ? (acting?.runId ?? null) : null, atMs, backAtMs: death.backAfter === undefined ? null : atMs + death.backAfter * 1000, isBack: false });
    say(`the controller in ${victim.region} dies${death.backAfter === undefined ? ' for good' : ''}`);
    return true;
  }

  return {
    async actIfDue(entries) {
      const next = due[0];
      if (next !== undefined && startMs + next.at * 1000 <= clock.now() && (await kill(next, entries))) due.shift();
      for (const one of died) {
        if (one.isBack || one.backAtMs === null || one.backAtMs > clock.now()) continue;
        one.isBack = true;
        await controllers.find(({ region }) => region === one.region)?.start();
        say(`the controller in ${one.region} is back, with what it had under way`);
      }
    },
    overAtMs: () => (due.length > 0 ? null : Math.max(0, ...died.map(({ atMs, backAtMs }) => (backAtMs ?? atMs) + watchedMs))),
    takenOverSeconds(entries) {
      const first = died.find(({ runId }) => runId !== null);
      const taken = entries.find(({ runId, at, event }) => first !== undefined && runId === first.runId && at >= first.atMs && event.type === 'FenceTaken' && event.takenOverFrom === first.region);
      return first === undefined || taken === undefined ? null : (taken.at - first.atMs) / 1000;
    },
    problems: () => due.map(({ who, phase }) => `no ${who} controller could be killed${phase === undefined ? '' : ` in phase ${phase}`}`),
  };
}
