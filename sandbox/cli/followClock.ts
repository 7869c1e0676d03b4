import { RealClock } from '../clock/index.ts';

/**
 * A clock for another process that shows what the sandbox's shows and runs as fast. It follows the pace of that instant: who sets
 * another, or steps, leaves it behind. Both run by the machine's clock, so that they stay within a step of the sandbox's pacer.
 *
 * @param admin address of the admin face.
 * @throws Error where the sandbox's clock cannot be followed, saying why.
 */
export async function followClock(admin: string): Promise<RealClock> {
  const response = await fetch(`${admin}/clock`);
  // the admin face's own shape
  const { now, pace } = (await response.json()) as { readonly now: string; readonly pace: 'real' | 'max' | number | null };
  if (pace === 'max') throw new Error(`the sandbox's clock jumps from event to event, and no other process can follow that: POST ${admin}/clock {"pace":"real"} first`);
  return new RealClock({ factor: typeof pace === 'number' ? pace : 1, startMs: Date.parse(now) });
}
