import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findAzurite } from './findAzurite.ts';
import { buildDurableHost, extensionVersion, findDotnet } from './durableHost/findDotnet.ts';
import { playFailover, type FailoverOptions } from './durableHost/playFailover.ts';

const appDir = 'dist/app';
const isAsked = process.env['SPILLWAY_TEST_SCOPE'] === 'full';
const dotnet = findDotnet();
const azurite = findAzurite();
const missing = !isAsked ? 'takes half an hour of real time: npm run test:durable' : process.platform === 'win32' ? 'it kills process groups, which Windows has not' : dotnet.kind === 'none' ? dotnet.why : azurite.kind === 'none' ? azurite.why : !existsSync(`${appDir}/main.js`) ? `${appDir} is not built (npm run build)` : null;
console.log(missing === null ? `failover on the Durable extension ${extensionVersion}: found all it needs` : `failover on the Durable extension: skipped, ${missing}`);

const longestMs = 30 * 60_000;

/** The built app on the real extension, in real time, against the sandbox over TLS. */
describe.skipIf(missing !== null)('a whole failover on the real Durable extension', () => {
  const play = async (options: Pick<FailoverOptions, 'killIn'>) => playFailover({ hostDll: await buildDurableHost(), appDir, scenario: 'grey-region', tell: (line) => console.log(line), ...options });
  const completed = { runs: [{ kind: 'failover', regions: ['eastus2'], outcome: 'completed' }], violations: [], chains: 'intact' };

  it('completes', async () => {
    expect(await play({ killIn: null })).toMatchObject({ ...completed, settledSeconds: expect.any(Number) });
  }, longestMs);

  it('completes when host and worker are killed in the middle and started again', async () => {
    expect(await play({ killIn: 'surging' })).toMatchObject({ ...completed, settledSeconds: expect.any(Number), kills: 1 });
  }, longestMs);
});
