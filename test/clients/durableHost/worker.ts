/**
 * A process of its own for an app on the real Durable extension: `node worker.ts HOST-DLL APP-FOLDER PORT TIMERS-FOLDER`, settings and
 * AzureWebJobsStorage from the environment. Says `up ORIGIN` when it is. To be killed together with the process that it starts.
 */
import { readHostJson } from '../../../sandbox/host/functions/loadApp.ts';
import { startDurableHost } from './durableHost.ts';

const [hostDll = '', folder = '', port = '0', timersFolder = ''] = process.argv.slice(2);
const host = await startDurableHost({
  hostDll,
  app: { kind: 'folder', folder },
  hostJson: readHostJson(folder),
  storage: process.env['AzureWebJobsStorage'] ?? '',
  port: Number(port),
  timersFolder,
  onLog: ({ level, functionName, message }) => {
    if (['warning', 'error', 'critical'].includes(level)) console.log(`${level} ${functionName ?? ''} ${message}`);
  },
  onHostOutput: (text) => process.stderr.write(text),
});
console.log(`up ${host.origin}`);
// ends with its parent, however that ends
process.stdin.on('close', () => process.exit()).resume();
