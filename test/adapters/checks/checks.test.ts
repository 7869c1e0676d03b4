import { describe, expect, test } from 'vitest';
import { httpChecks, proofRequests } from '../../../src/adapters/checks/checks.ts';
import type { FleetMetrics } from '../../../src/adapters/monitor/fleetMetrics.ts';
import { webhookNotify } from '../../../src/adapters/notify/webhook.ts';
import { known, unknown, type Reading } from '../../../src/domain/reading.ts';
import { fakeContext } from '../support/fakeContext.ts';
import { fakeHttp, inTurn, type Answer } from '../support/fakeHttp.ts';
import { sampleFleet, stampOf } from '../support/fleet.ts';

const eastus2 = stampOf(sampleFleet(), 'eastus2');

function checks(answer: Parameters<typeof fakeHttp>[0], newest: Reading<number> = unknown('not asked', 0)) {
  const http = fakeHttp(answer);
  const metrics: Pick<FleetMetrics, 'newest'> = { newest: () => Promise.resolve(newest) };
  return { checks: httpChecks(fakeContext(http.client), metrics as FleetMetrics), asked: http.asked }; // a check asks for nothing else
}

describe('pre-shift checks', () => {
  const http = { name: 'orders can be written', kind: 'http', url: 'https://orders.test/ready', expectStatus: 204 } as const;
  const metric = { name: 'replication', kind: 'metric', resourceId: '/r', metric: 'ReplicationLatency', atMost: 500 } as const;

  test.each<[Answer, string]>([
    [{ status: 204 }, 'passed'],
    [{ status: 200 }, 'failed'],
    [{ status: 503 }, 'failed'],
    [{ fails: 'ECONNREFUSED' }, 'unknown'],
    [{ fails: 'timeout' }, 'unknown'],
  ])('%j is %s', async (answer, kind) => {
    expect(await checks(inTurn(answer)).checks.runCheck(http)).toMatchObject({ kind });
  });

  test.each<[Reading<number>, string]>([
    [known(500, 0), 'passed'],
    [known(501, 0), 'failed'],
    [unknown('no data', 0), 'unknown'],
  ])('a metric of %j is %s', async (reading, kind) => {
    expect(await checks(inTurn({ status: 200 }), reading).checks.runCheck(metric)).toMatchObject({ kind });
  });
});

describe('the proof through the gateway', () => {
  test('asks a bounded number of times, at the private listener alone', async () => {
    const { checks: c, asked } = checks(inTurn({ status: 200 }));
    expect(await c.proveThroughGateway(eastus2)).toMatchObject({ kind: 'passed' });
    expect(asked).toHaveLength(proofRequests);
    expect(new Set(asked.map(({ url }) => url.href))).toEqual(new Set([eastus2.gateway.privateUrl]));
  });

  test('one bad answer fails it; the application\'s own 404 does not', async () => {
    expect(await checks((_asked, index) => ({ status: index === 3 ? 502 : 200 })).checks.proveThroughGateway(eastus2)).toMatchObject({ kind: 'failed', detail: expect.stringContaining('9 of 10') });
    expect(await checks(inTurn({ status: 404 })).checks.proveThroughGateway(eastus2)).toMatchObject({ kind: 'passed' });
  });

  test('no answer at all is unknown: the private path may be closed to us', async () => {
    expect(await checks(inTurn({ fails: 'timeout' })).checks.proveThroughGateway(eastus2)).toMatchObject({ kind: 'unknown' });
  });

  test('some silence is a failure', async () => {
    expect(await checks((_asked, index) => (index === 0 ? { fails: 'ECONNRESET' } : { status: 200 })).checks.proveThroughGateway(eastus2)).toMatchObject({ kind: 'failed' });
  });

  test('without a private listener there is no proof', async () => {
    const { checks: c, asked } = checks(inTurn({ status: 200 }));
    expect(await c.proveThroughGateway({ ...eastus2, gateway: { ...eastus2.gateway, privateUrl: null } })).toMatchObject({ kind: 'unknown' });
    expect(asked).toHaveLength(0);
  });
});

test('a hook is told its run', async () => {
  const { checks: c, asked } = checks(inTurn({ status: 202 }));
  expect(await c.callHook({ name: 'warm caches', url: 'https://hooks.test/warm' }, 'run-1')).toMatchObject({ kind: 'passed' });
  expect(asked[0]).toMatchObject({ method: 'POST', body: { hook: 'warm caches', runId: 'run-1' } });
});

describe('notices', () => {
  const notice = { kind: 'approvalAsked', runId: 'run-1', title: 't', text: 'x', until: Date.UTC(2026, 10, 22, 13) } as const;
  const notify = (answer: Parameters<typeof fakeHttp>[0], url: string | null = 'https://sink.test/n') => {
    const http = fakeHttp(answer);
    return { outcome: webhookNotify(fakeContext(http.client), url).notify(notice), asked: http.asked };
  };

  test('are posted as JSON with an ISO 8601 deadline', async () => {
    const { outcome, asked } = notify(inTurn({ status: 204 }));
    expect(await outcome).toEqual({ kind: 'delivered' });
    expect(asked[0]).toMatchObject({ method: 'POST', body: { kind: 'approvalAsked', until: '2026-11-22T13:00:00.000Z' } });
  });

  test('are tried again, and then answered as undelivered, never thrown', async () => {
    const once = notify(inTurn({ status: 500 }, { status: 200 }));
    expect(await once.outcome).toEqual({ kind: 'delivered' });
    const never = notify(inTurn({ fails: 'ECONNREFUSED' }));
    expect(await never.outcome).toMatchObject({ kind: 'undelivered', why: expect.stringContaining('ECONNREFUSED') });
    expect(never.asked).toHaveLength(3);
  });

  test('without a webhook go nowhere, and that is said', async () => {
    const { outcome, asked } = notify(inTurn({ status: 200 }), null);
    expect(await outcome).toMatchObject({ kind: 'undelivered' });
    expect(asked).toHaveLength(0);
  });
});
