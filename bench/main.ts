/**
 * `npm run bench [-- --json FILE] [--only domain|webhook|host|failovers] [--plot FILE] [--oracle-plot FILE]`: what Spillway costs on
 * this machine, as work per second and percentiles. Figures of one machine, named at the top; compare ratios, not numbers,
 * between machines. `--plot` draws how a plan's cost grows, `--oracle-plot` the packing beside the optimum.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { bench as benchHost } from '../sandbox/host/bench.ts';
import { benchDomain } from './domain/domainBench.ts';
import { growthFigure } from './domain/growthFigure.ts';
import { oracleFigure } from './domain/oracleFigure.ts';
import type { Clocks } from './domain/timing.ts';
import { benchFailovers } from './failovers.ts';
import { readArgs } from '../tools/readArgs.ts';
import { benchWebhook } from './webhook.ts';

const parts = ['domain', 'webhook', 'host', 'failovers'];
const usage = `npm run bench -- [--json FILE] [--only ${parts.join('|')}] [--plot FILE] [--oracle-plot FILE] [--failovers N] [--workers N]`;
const values = readArgs(
  {
    json: { type: 'string' }, only: { type: 'string' }, plot: { type: 'string' }, 'oracle-plot': { type: 'string' },
    failovers: { type: 'string', default: '20' }, workers: { type: 'string', default: '2' },
  },
  usage,
);
if (values.only !== undefined && !parts.includes(values.only)) {
  console.error(`--only takes one of ${parts.join(', ')}, not ${values.only}\n\n${usage}`);
  process.exit(2);
}
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
const machineName = `${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}`;
console.log(`machine: ${machineName}`);

const clocks: Clocks = {
  now: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

const domain = isAsked('domain') ? report('domain', benchDomain(clocks)) : null;
const webhook = isAsked('webhook') ? report('webhook, through the local host, real time', await benchWebhook()) : null;
const host = isAsked('host') ? report('Durable engine of the local host, virtual time', await benchHost()) : null;
const failovers = isAsked('failovers')
  ? report(`simulated failovers from detection to settled, ${values.workers} worker processes, in memory, the production app and SDKs`, await benchFailovers(Number(values.workers), Number(values.failovers)))
  : null;

if (values.json !== undefined) {
  const measured = Object.entries({ webhook, host, failovers }).filter(([, figures]) => figures !== null);
  await writeFile(values.json, `${JSON.stringify({ machine, ...domain, ...Object.fromEntries(measured) }, null, 2)}\n`);
}
if (values.plot !== undefined && domain !== null) await writeFile(values.plot, growthFigure(domain.growth, machineName));
if (values['oracle-plot'] !== undefined) await writeFile(values['oracle-plot'], oracleFigure());
process.exit(0);

/** `--only domain` measures that part; without it all of them. */
function isAsked(part: 'domain' | 'webhook' | 'host' | 'failovers'): boolean {
  return values.only === undefined || values.only === part;
}

function report<T>(title: string, figures: T): T {
  console.log(`\n${title}`);
  print(figures);
  return figures;
}

function print(figures: unknown, prefix = ''): void {
  for (const [name, value] of Object.entries(figures as Record<string, unknown>)) {
    if (typeof value === 'object' && value !== null) print(value, `${prefix}${name}.`);
    else console.log(`  ${`${prefix}${name}`.padEnd(44)} ${typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : String(value)}`);
  }
}
