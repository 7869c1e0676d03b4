/**
 * `npm run build`: the deployable folder dist/app. One bundled file, host.json and a package.json without dependencies,
 * so that a worker starts cold on one read. `@azure/functions-core` is supplied by the worker itself. `--out DIR` is another folder,
 * which is emptied first.
 */
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const { out: folder, quiet } = parseArgs({ strict: true, options: { out: { type: 'string', default: 'dist/app' }, quiet: { type: 'boolean', default: false } } }).values;
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // node:punycode is deprecated and says so at every start; what asks for it (whatwg-url of node-fetch 2) gets the library
  alias: { punycode: 'punycode/punycode.js' },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
};
/** The exporter is a file of its own, read only where a connection string is set. */
const exporterApart: Plugin = {
  name: 'exporter-apart',
  setup(build) {
    build.onResolve({ filter: /^@azure\/monitor-opentelemetry$/ }, () => ({ path: './telemetry.js', external: true }));
  },
};
await build({ ...shared, entryPoints: ['src/main.ts'], outfile: `${folder}/main.js`, external: ['@azure/functions-core'], plugins: [exporterApart] });
await build({ ...shared, stdin: { contents: "export { useAzureMonitor } from '@azure/monitor-opentelemetry';", resolveDir: '.' }, outfile: `${folder}/telemetry.js` });
await cp('host.json', `${folder}/host.json`);
await writeFile(`${folder}/package.json`, `${JSON.stringify({ name: 'spillway', version: '0.1.0', private: true, main: 'main.js' }, null, 2)}\n`);
const { size } = await stat(`${folder}/main.js`);
if (!quiet) console.log(`${folder}: main.js ${(size / 1e6).toFixed(1)} MB, telemetry.js, host.json, package.json`);
