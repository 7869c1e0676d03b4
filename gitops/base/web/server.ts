// The sample workload: answers with its stamp's name, says when it is alive and when it is ready, and leaves politely.
import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** Seconds between "not ready" and the end: load balancers need to notice before connections are refused. */
const drainSeconds = 15;

export interface SampleServer {
  readonly server: Server;
  readonly drain: () => void;
}

/** GET / answers the stamp, /livez and /readyz answer 200; /readyz answers 503 once draining has begun. */
export function createSampleServer(stamp: string): SampleServer {
  let draining = false;
  const server = createServer((request, response) => {
    const ready = request.url === '/readyz' && draining ? 503 : 200;
    response.writeHead(ready, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(`${stamp}\n`);
  });
  return {
    server,
    drain: () => {
      draining = true;
    },
  };
}

if (import.meta.main) {
  const sample = createSampleServer(process.env.STAMP ?? 'unknown');
  sample.server.listen(8080);
  process.on('SIGTERM', () => {
    sample.drain();
    setTimeout(() => sample.server.close(() => process.exit(0)), drainSeconds * 1000);
  });
}
