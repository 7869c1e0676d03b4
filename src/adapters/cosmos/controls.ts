import type { Mode } from '../../domain/fleet.ts';
import type { Controls, StopOrder } from '../../domain/run.ts';
import type { ControlsStore } from '../../ports/controls.ts';
import { TransientError } from '../../ports/outcome.ts';
import type { StateStore } from '../../ports/state.ts';
import type { SdkContext } from '../http/sdkContext.ts';

const key = { kind: 'controls', id: 'fleet' } as const;

/** Two people at once is rare; more rounds than this and something else is wrong. */
const maxRounds = 4;

const stopsKeptMs = 7 * 24 * 3_600_000;

/** One document, because all of it is asked for before every write. Without `setAt` nobody has set mode or kill switch: the fleet file says the mode. */
type StoredControls = Partial<Controls> & { readonly stops?: Readonly<Record<string, StopOrder & { readonly at: number }>> };

/**
 * Kill switch, mode and orders to stop a run over the state store (I8). While the store is unreachable the last value read is
 * given as `lastKnown`; with none read yet by this process, as with the kill switch on: it may stop a run, never start one.
 */
export function storedControls(context: SdkContext, state: StateStore, initialMode: Mode): ControlsStore {
  const initial: Controls = { killSwitch: 'off', mode: initialMode, setBy: 'fleet file', setAt: 0 };
  const controlsOf = ({ killSwitch, mode, setBy, setAt }: StoredControls): Controls =>
    killSwitch === undefined || mode === undefined || setBy === undefined || setAt === undefined ? initial : { killSwitch, mode, setBy, setAt };
  let last: StoredControls | null = null;

  /** Writes what `change` makes of the document, again when somebody else was first; null where it leaves it as it is. */
  async function update(change: (now: StoredControls) => StoredControls | null): Promise<StoredControls | null> {
    for (let round = 1; round <= maxRounds; round += 1) {
      const found = await state.read<StoredControls>(key);
      const next = change(found?.value ?? {});
      if (next === null) return null;
      const written = await state.write(key, next, found?.etag ?? null);
      if (written.kind === 'written') {
        last = next;
        return next;
      }
    }
    throw new TransientError('the controls kept changing while they were being set', null);
  }

  return {
    async readControls() {
      try {
        last = (await state.read<StoredControls>(key))?.value ?? {};
        return { controls: controlsOf(last), stops: last.stops ?? {}, freshness: 'fresh' };
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        const controls: Controls = last === null ? { ...initial, killSwitch: 'on', setBy: 'unknown: the store has not answered yet' } : controlsOf(last);
        return { controls, stops: last?.stops ?? {}, freshness: 'lastKnown' };
      }
    },

    async setControls(change, by) {
      const written = await update((now) => ({ ...now, ...controlsOf(now), ...change, setBy: by, setAt: context.clock.now() }));
      return controlsOf(written ?? {});
    },

    async stopRun(runId, stop) {
      const at = context.clock.now();
      const written = await update((now) => {
        if (now.stops?.[runId] !== undefined) return null;
        const kept = Object.entries(now.stops ?? {}).filter(([, earlier]) => at - earlier.at < stopsKeptMs);
        return { ...now, stops: { ...Object.fromEntries(kept), [runId]: { ...stop, at } } };
      });
      return written === null ? 'alreadyOrdered' : 'ordered';
    },
  };
}
