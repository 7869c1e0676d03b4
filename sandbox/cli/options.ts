import { parseArgs } from 'node:util';

export type Speed = 'real' | 'max' | number;

export interface StartOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly speed: Speed;
  readonly report: string | null;
  /** Folder that keeps everything between starts; null = nothing is kept. */
  readonly state: string | null;
  readonly action: 'run' | 'list' | 'serve' | 'help';
}

export type OptionsRead = { readonly kind: 'options'; readonly options: StartOptions } | { readonly kind: 'problem'; readonly message: string };

export const usage = `npm start -- [options]
  --scenario NAME|FILE  which outage to play (default grey-region; --list names them)
  --seed N              same seed, same world (default 7)
  --speed real|N|max    simulated seconds per real second (default 20)
  --report FILE         write the summary as JSON
  --serve               keep everything up for curl, kubectl and az; prints addresses and a shell snippet
  --state DIR           with --serve: keep everything in DIR; started again with it, all goes on where it ended or was killed
  --list                name the scenarios, one line each
  --help                this text`;

export function readOptions(args: readonly string[]): OptionsRead {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        scenario: { type: 'string', default: 'grey-region' },
        seed: { type: 'string', default: '7' },
        speed: { type: 'string', default: '20' },
        report: { type: 'string' },
        state: { type: 'string' },
        list: { type: 'boolean', default: false },
        serve: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed) || seed < 0) return problem(`--seed takes a whole number from 0, not "${values.seed}"`);
    const speed = speedOf(values.speed);
    if (speed === null) return problem(`--speed takes real, max or a number above 0, not "${values.speed}"`);
    const action = values.help ? 'help' : values.list ? 'list' : values.serve ? 'serve' : 'run';
    return { kind: 'options', options: { scenario: values.scenario, seed, speed, report: values.report ?? null, state: values.state ?? null, action } };
  } catch (error) {
    return problem(error instanceof Error ? error.message : String(error));
  }
}

function speedOf(text: string): Speed | null {
  if (text === 'real' || text === 'max') return text;
  const factor = Number(text);
  return Number.isFinite(factor) && factor > 0 ? factor : null;
}

const problem = (message: string): OptionsRead => ({ kind: 'problem', message: `${message}\n\n${usage}` });
