import type { Mode } from '../../domain/fleet.ts';
import type { Controls } from '../../domain/run.ts';
import type { ControlsStore } from '../../ports/controls.ts';
import { TransientError } from '../../ports/outcome.ts';
import type { StateStore } from '../../ports/state.ts';
import type { SdkContext } from '../http/sdkContext.ts';

const key = { kind: 'controls', id: 'fleet' } as const;

/** Two people at once is rare; more rounds than this and something else is wrong. */
const maxRounds = 4;

/**
 * Kill switch and mode over the state store (I8). While the store is unreachable the last value read is given as
 * `lastKnown`; with none read yet by this process, as with the kill switch on: it may stop a run, never start one.
 */
export function storedControls(context: SdkContext, state: StateStore, initialMode: Mode): ControlsStore {
  const initial: Controls = { killSwitch: 'off', mode: initialMode, setBy: 'fleet file', setAt: 0 };
  let last: Controls | null = null;

  return {
    async readControls() {
      try {
        last = (await state.read<Controls>(key))?.value ?? initial;
        return { controls: last, freshness: 'fresh' };
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        return { controls: last ?? { ...initial, killSwitch: 'on', setBy: 'unknown: the store has not answered yet' }, freshness: 'lastKnown' };
      }
    },

    async setControls(change, by) {
      for (let round = 1; round <= maxRounds; round += 1) {
        const found = await state.read<Controls>(key);
        const next: Controls = { ...(found?.value ?? initial), ...change, setBy: by, setAt: context.clock.now() };
        const written = await state.write(key, next, found?.etag ?? null);
        if (written.kind === 'written') {
          last = next;
          return next;
        }
      }
      throw new TransientError('the controls kept changing while they were being set', null);
    },
  };
}
