import { KeptState, type Beginning } from '../keptState.ts';

/** The folder of --state, null without one. Ends the process, saying why in a line, where it cannot be had. */
export async function openState(folder: string | null, begin: () => Promise<Beginning>): Promise<KeptState | null> {
  if (folder === null) return null;
  try {
    return await KeptState.open(folder, begin);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
