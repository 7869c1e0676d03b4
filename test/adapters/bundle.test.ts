import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

/**
 * The Functions worker is a Node 20 or a Node 24 and loads a bundle: every SDK must survive both. Which Nodes are tried:
 * the one that runs the tests, and those named in SPILLWAY_TEST_NODES (paths, separated by colons) or found at /usr/bin/node.
 */
const folder = mkdtempSync(join(tmpdir(), 'spillway-bundle-'));
const outfile = join(folder, 'adapters.cjs');
const nodes = [...new Set([process.execPath, ...(process.env['SPILLWAY_TEST_NODES'] ?? '/usr/bin/node').split(':')])].filter((path) => existsSync(path));

beforeAll(async () => {
  await build({
    stdin: {
      contents: "export { createPorts } from './src/adapters/createPorts.ts'; export { startTelemetry } from './src/adapters/telemetry/startTelemetry.ts';",
      resolveDir: join(import.meta.dirname, '../..'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(nodes)('the adapters\' bundle loads on %s, without telemetry and with it', (node) => {
  const program = `
    const { createPorts, startTelemetry } = require(${JSON.stringify(outfile)});
    startTelemetry({ connectionString: 'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://localhost:1/', credential: { getToken: () => Promise.resolve(null) } }).then((state) => {
      console.log(process.versions.node.split('.')[0], typeof createPorts, state);
      process.exit(0);
    });
  `;
  const output = execFileSync(node, ['-e', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_OPTIONS: '' } });
  expect(output.trim()).toMatch(/^(20|22|24) function exporting$/);
}, 60_000);
