import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command's options; where they cannot be read, or help is asked for, says how it is called and ends the process. */
export function readArgs<Options extends NonNullable<ParseArgsConfig['options']>>(options: Options, usage: string): ReturnType<typeof parseArgs<{ strict: true; options: Options }>>['values'] {
  if (process.argv.slice(2).includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ strict: true, options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
