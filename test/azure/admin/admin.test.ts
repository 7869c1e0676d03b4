import { beforeEach, describe, expect, it } from 'vitest';
import { createAzure, createClockControl, type Azure } from '../../../sandbox/azure/index.ts';
import { BusyTracker, Pacer, VirtualClock } from '../../../sandbox/clock/index.ts';
import { faultKinds } from '../../../sandbox/world/faultRules.ts';
import { createSampleWorld } from '../../../sandbox/world/index.ts';
import type { World } from '../../../sandbox/world/types.ts';
import { startMs } from '../sampleAzure.ts';

let clock: VirtualClock;
let world: World;
let azure: Azure;
let pacer: Pacer;
beforeEach(() => {
  clock = new VirtualClock(startMs);
  const tracker = new BusyTracker();
  pacer = new Pacer({ clock, tracker, pace: 'real' });
  world = createSampleWorld(clock, 7);
  azure = createAzure(world, { tracker, clockControl: createClockControl(clock, pacer) });
});

const call = (method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Response> =>
  azure.fetchLike(`https://admin.sandbox.test${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': contentType }, body: JSON.stringify(body) }) });

describe('the admin face', () => {
  it('shows the world as JSON and as a page that asks for nothing from elsewhere', async () => {
    const shown = (await (await call('GET', '/world')).json()) as { readonly stamps: readonly { readonly name: string; readonly share: number }[]; readonly pace: unknown };
    expect(shown.stamps.map((stamp) => stamp.name)).toEqual(['eastus2', 'centralus', 'westus3']);
    expect(shown.pace).toBe('real');
    const page = await call('GET', '/');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await page.text()).not.toMatch(/https?:\/\//);
  });

  it('injects a fault that physics feels, and heals it', async () => {
    const injected = await call('POST', '/faults', { kind: 'regionDead', stamp: 'eastus2' });
    expect(injected.status).toBe(201);
    const { id } = (await injected.json()) as { readonly id: string };
    expect(world.faults.active('regionDead', 'eastus2')).not.toBeNull();
    await expect(azure.fetchLike('https://eastus2.origin.sandbox.test/healthz', { signal: AbortSignal.timeout(200) })).rejects.toThrow();
    expect((await call('DELETE', `/faults/${id}`)).status).toBe(204);
    expect(world.faults.list()).toEqual([]);
    expect((await call('DELETE', `/faults/${id}`)).status).toBe(404);
  });

  it('heals everything at once', async () => {
    await call('POST', '/faults', { kind: 'armThrottled', severity: 0.2 });
    await call('POST', '/faults', { kind: 'slowNodes' });
    expect((await call('DELETE', '/faults')).status).toBe(204);
    expect(world.faults.list()).toEqual([]);
  });

  it.each([
    ['no kind', { stamp: 'eastus2' }, 'kind'],
    ['an unknown kind', { kind: 'meteor' }, 'kind'],
    ['a kind of the prototype', { kind: 'constructor' }, 'kind'],
    ['no stamp where one is needed', { kind: 'grey' }, 'stamp'],
    ['an unknown stamp', { kind: 'grey', stamp: 'mars' }, 'stamp'],
    ['a stamp where none can be', { kind: 'armDown', stamp: 'eastus2' }, 'stamp'],
    ['a parameter that would do nothing', { kind: 'grey', stamp: 'eastus2', factor: 2 }, 'factor'],
    ['a severity where there is none', { kind: 'regionDead', stamp: 'eastus2', severity: 0.5 }, 'severity'],
    ['a number as text', { kind: 'demandSurge', factor: '1.4' }, 'factor'],
    ['a way to be down that there is not', { kind: 'armDown', how: 'sideways' }, 'how'],
    ['a severity beyond 1', { kind: 'grey', stamp: 'eastus2', severity: 2 }, 'severity'],
  ])('refuses a fault with %s, naming the field', async (_name, body, field) => {
    const answer = await call('POST', '/faults', body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ field });
    expect(world.faults.list()).toEqual([]);
  });

  it('every kind of fault can be injected and healed', async () => {
    for (const [kind, scope] of Object.entries(faultKinds)) expect((await call('POST', '/faults', { kind, ...(scope === 'global' ? {} : { stamp: 'westus3' }) })).status).toBe(201);
    expect(world.faults.list().map((entry) => entry.fault.kind)).toEqual(Object.keys(faultKinds));
    await call('DELETE', '/faults');
  });

  it('has nothing below its resources', async () => {
    expect((await call('GET', '/world/x')).status).toBe(404);
    expect((await call('GET', '/clock/')).status).toBe(404);
  });

  it("takes no change from another site's form", async () => {
    expect((await call('POST', '/faults', { kind: 'armDown' }, 'text/plain')).status).toBe(415);
    expect(world.faults.list()).toEqual([]);
  });

  it('steps the clock while it runs, and sets its pace', async () => {
    const driven = pacer.drive();
    const stepped = await call('POST', '/clock', { step: 3600 });
    const { now } = (await stepped.json()) as { readonly now: string };
    expect(Date.parse(now)).toBeGreaterThanOrEqual(startMs + 3_600_000);
    expect(Date.parse(now)).toBeLessThan(startMs + 3_660_000);
    expect(pacer.pace).toBe('real');
    expect((await call('POST', '/clock', { pace: 30 })).status).toBe(200);
    expect(pacer.pace).toBe(30);
    pacer.stop();
    await driven;
  });

  it.each([{}, { step: 0 }, { step: 1.5 }, { step: 90_000 }, { pace: -1 }, { pace: 'fast' }])('refuses %o for the clock', async (body) => {
    expect((await call('POST', '/clock', body)).status).toBe(400);
  });

  it('says so where the clock runs by itself', async () => {
    azure = createAzure(world);
    expect((await call('POST', '/clock', { step: 1 })).status).toBe(501);
  });

  it('gives tokens for curl, and the lines for a shell', async () => {
    const token = await (await call('GET', '/token?as=operator&audience=api')).text();
    expect(azure.tokens.check(`Bearer ${token}`, ['3f6c1d2a-90b4-4c55-8f0e-7d1b6a2c4e90'])).toMatchObject({ kind: 'valid', claims: { roles: ['Reader', 'Operator'] } });
    expect((await call('GET', '/token?as=nobody')).status).toBe(400);
    expect(await (await call('GET', '/shell')).text()).toContain('az cloud register');
  });

  it('keeps the notices that the sink took', async () => {
    await azure.fetchLike('https://sink.sandbox.test/notices', { method: 'POST', body: '{"title":"x"}' });
    expect(await (await call('GET', '/notices')).json()).toEqual({ notices: [{ at: startMs, path: '/notices', body: { title: 'x' } }] });
  });
});
