import { parentPort, workerData } from 'node:worker_threads';
import { playScenario } from '../sandbox/play/playScenario.ts';
import { loadScenario } from '../sandbox/scenarios/index.ts';
import { inMemoryApp } from '../test/support/inMemoryApp.ts';

const { firstSeed, count } = workerData as { readonly firstSeed: number; readonly count: number };
const scenario = loadScenario('grey-region');
const app = await inMemoryApp();
const ignore = (): void => undefined;

async function play(seed: number): Promise<void> {
  const { outcome, ledgerVerified, violations } = await playScenario({ scenario, seed, pace: 'max', app, audience: { entry: ignore, frame: ignore, log: ignore } });
  if (outcome !== 'completed' || !ledgerVerified || violations.length > 0) throw new Error(`seed ${seed} ended as ${outcome}, ledger ${ledgerVerified ? 'verified' : 'broken'}, ${violations.length} violations`);
}

await play(firstSeed);
const cpuBefore = process.cpuUsage();
const from = process.hrtime.bigint();
for (let index = 1; index <= count; index += 1) await play(firstSeed + index);
const cpu = process.cpuUsage(cpuBefore);
parentPort?.postMessage({ seconds: Number(process.hrtime.bigint() - from) / 1e9, cpuSeconds: (cpu.user + cpu.system) / 1e6 });
