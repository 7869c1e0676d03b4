import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { listScenarios } from '../scenarios/index.ts';
import { playScenario } from '../play/playScenario.ts';
import { chooseScenario } from './chooseScenario.ts';
import { readOptions, usage } from './options.ts';
import { serve } from './serve.ts';
import { createShow } from './show.ts';

const appDir = fileURLToPath(new URL('../../dist/app', import.meta.url));

const read = readOptions(process.argv.slice(2));
if (read.kind === 'problem') {
  console.error(read.message);
  process.exitCode = 2;
} else {
  const { options } = read;
  switch (options.action) {
    case 'help':
      console.log(usage);
      break;
    case 'list':
      for (const { name, title } of listScenarios()) console.log(`${name.padEnd(24)} ${title}`);
      break;
    case 'serve':
      await serve(options, appDir);
      break;
    case 'run': {
      if (options.state !== null) {
        console.error('--state goes with --serve');
        process.exit(2);
      }
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      const scenario = await chooseScenario(options);
      const show = createShow(process.stdout, scenario, options);
      show.begin();
      const summary = await playScenario({ scenario, seed: options.seed, pace: options.speed, app: { kind: 'folder', appDir }, audience: show });
      show.end(summary);
      if (options.report !== null) await writeFile(options.report, `${JSON.stringify(summary)}\n`);
      // What the app leaves open (keep-alive sockets, idle SDK timers) must not hold the process.
      process.exit(summary.violations.length === 0 && summary.ledgerVerified && summary.problems.length === 0 ? 0 : 1);
    }
  }
}
