import { listRecordings, readRecording } from './recordings.ts';
import { replayCase } from './replayCase.ts';
import { compareCase } from './compareCase.ts';
const only = process.argv.slice(2);
const t0 = performance.now();
let ok = 0, bad = 0;
for (const name of listRecordings() ?? []) {
  if (only.length > 0 && !only.includes(name)) continue;
  const t = performance.now();
  try {
    const r = readRecording(name);
    const seen = await replayCase(r);
    const m = compareCase(r, seen);
    if (m.length === 0) { ok++; } else { bad++;
      console.log(`## ${name}: ${m.length} (${Math.round(performance.now() - t)} ms)`);
      for (const x of m.slice(0, only.length > 0 ? 60 : 4)) console.log('   ', x.at, '\n        R', (JSON.stringify(x.recorded) ?? 'undefined').slice(0, only.length ? 1500 : 260), '\n        S', (JSON.stringify(x.seen) ?? 'undefined').slice(0, only.length ? 1500 : 260)); }
  } catch (e) { bad++; console.log(`## ${name}: THREW`, e instanceof Error ? e.stack?.slice(0, 500) : e); }
}
console.log({ ok, bad, ms: Math.round(performance.now() - t0) });
process.exit(0);
