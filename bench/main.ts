/**
 * `npm run bench [-- --json FILE]`: what Spillway costs on this machine, as work per second and percentiles.
 * Figures of one machine, named at the top; compare ratios, not numbers, between machines.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { bench as benchHost } from '../sandbox/host/bench.ts';
import { benchDomain } from './domain/domainBench.ts';
import { benchFailovers } from './failovers.ts';
import { benchWebhook } from './webhook.ts';

const { values } = parseArgs({ options: { json: { type: 'string' }, failovers: { type: 'string', default: '20' }, workers: { type: 'string', default: '2' } } });
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
console.log(`machine: ${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}\n`);

console.log('domain');
const domain = benchDomain(() => performance.now());
print(domain);

console.log('\nwebhook, through the local host, real time');
const webhook = await benchWebhook();
print(webhook);

console.log('\nDurable engine of the local host, virtual time');
const host = await benchHost();
print(host);

console.log(`\nsimulated failovers from detection to settled, ${values.workers} worker processes, in memory, the production app and SDKs`);
const failovers = await benchFailovers(Number(values.workers), Number(values.failovers));
print(failovers);

if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ machine, ...domain, webhook, host, failovers }, null, 2)}\n`);
process.exit(0);

function print(figures: unknown, prefix = ''): void {
  for (const [name, value] of Object.entries(figures as Record<string, unknown>)) {
    if (typeof value === 'object' && value !== null) print(value, `${prefix}${name}.`);
    else console.log(`  ${`${prefix}${name}`.padEnd(44)} ${typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : String(value)}`);
  }
}
