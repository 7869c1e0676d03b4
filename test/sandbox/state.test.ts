import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { request } from 'node:https';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compactCosmosChanges, type CosmosChange } from '../../sandbox/azure/cosmos/index.ts';
import { verifyChain } from '../../src/domain/ledgerView/verifyChain.ts';
import type { ChainedEntry, LedgerEvent } from '../../src/domain/ledgerEvent.ts';

const root = path.resolve('.');
let folder: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spillway-state-test-'));
});

/** An app of this test's own, since dist/app may be built anew by others meanwhile. */
function buildApp(): void {
  for (const name of ['src', 'host.json', 'node_modules', 'package.json']) symlinkSync(path.join(root, name), path.join(folder, name));
  execFileSync(process.execPath, [path.join(root, 'tools/build.ts'), '--quiet'], { cwd: folder });
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const stateFolder = (): string => path.join(folder, 'state');
const sandboxFolder = (): string => path.join(folder, 'sandbox');

interface Life {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<void>;
}

const live = (): Life => start(['test/sandbox/fixtures/serve.ts', path.join(folder, 'dist/app'), '--serve', '--scenario', 'grey-region', '--seed', '7', '--speed', '60', '--state', stateFolder()]);

function start(args: readonly string[]): Life {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, ended: new Promise((done) => child.once('close', () => done())) };
}

async function kill({ child, ended }: Life): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** As it lies on the disk: what a later life would read. */
function ledger(): readonly ChainedEntry[] {
  const file = path.join(stateFolder(), 'cosmos.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return compactCosmosChanges(lines.map((line) => JSON.parse(line) as CosmosChange))
    .flatMap((change) => (change.type === 'put' && change.container === 'ledger' ? [change.document as unknown as ChainedEntry] : []))
    .toSorted((a, b) => a.at - b.at || a.seq - b.seq);
}

/** Runs that change something, each with its entries. */
function runs(): readonly (readonly ChainedEntry[])[] {
  const opened = ledger().filter(({ event }) => event.type === 'RunOpened');
  return opened.map(({ runId }) => ledger().filter((entry) => entry.runId === runId).toSorted((a, b) => a.seq - b.seq));
}

const eventsOf = <T extends LedgerEvent['type']>(entries: readonly ChainedEntry[], type: T): Extract<LedgerEvent, { type: T }>[] =>
  entries.flatMap(({ event }) => (event.type === type ? [event as Extract<LedgerEvent, { type: T }>] : [])); // narrowed by the comparison

async function until(what: string, life: Life, holds: () => boolean): Promise<void> {
  const untilMs = Date.now() + 90_000;
  while (!holds()) {
    if (life.child.exitCode !== null || Date.now() > untilMs) throw new Error(`waited in vain for ${what}:\n${life.output()}\n${ledger().map(({ event }) => event.type).join(' ')}`);
    await sleep(20);
  }
}

/** One HTTPS call that trusts the sandbox's CA. */
function call(method: string, url: string, options: { readonly token?: string; readonly body?: unknown } = {}): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { 'content-type': 'application/json', ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, ca: readFileSync(path.join(sandboxFolder(), 'ca.pem')) }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
    outgoing.once('error', reject);
    outgoing.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

const clockOf = (): number => Number(readFileSync(path.join(stateFolder(), 'clock'), 'utf8'));

describe('--state', () => {
  it('survives kill -9 before, and in the middle of, the writes of a failover, which ends as if nothing had been', async () => {
    buildApp();
    const first = live();
    await until('a plan', first, () => eventsOf(ledger(), 'PlanMade').length > 0);
    await kill(first);
    const atFirstDeath = { clock: clockOf(), writes: eventsOf(ledger(), 'WriteSucceeded').length, ports: readFileSync(path.join(stateFolder(), 'ports.json'), 'utf8') };

    const second = live();
    await until('another write on record', second, () => eventsOf(ledger(), 'WriteSucceeded').length > atFirstDeath.writes);
    await kill(second);
    expect(second.output()).toContain('goes on from');
    expect(readFileSync(path.join(stateFolder(), 'ports.json'), 'utf8')).toBe(atFirstDeath.ports);
    expect(clockOf()).toBeGreaterThan(atFirstDeath.clock);
    expect(eventsOf(ledger(), 'RunClosed')).toEqual([]);
    const before = ledger();

    const third = live();
    await until('the end of the run', third, () => eventsOf(ledger(), 'RunClosed').length > 0);
    third.child.kill('SIGTERM');
    await third.ended;

    expect(ledger().slice(0, before.length)).toEqual(before);
    const [run, ...others] = runs();
    if (run === undefined) throw new Error('there is no run');
    expect(others).toEqual([]);
    expect(eventsOf(run, 'RunOpened')[0]?.request).toMatchObject({ kind: 'failover', stamps: ['eastus2'] });
    expect(eventsOf(run, 'RunClosed').map(({ outcome }) => outcome)).toEqual(['completed']);
    for (const runId of new Set(ledger().map((entry) => entry.runId))) {
      expect(verifyChain(ledger().filter((entry) => entry.runId === runId).toSorted((a, b) => a.seq - b.seq))).toMatchObject({ kind: 'intact' });
    }
    const epochs = ledger().filter(({ event }) => event.type === 'WriteIntended').map(({ epoch }) => epoch);
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    const shifted = eventsOf(run, 'WriteSucceeded').filter(({ write }) => write.target === 'origin').map(({ write }) => (write.target === 'origin' ? `${write.originGroup}/${write.origin}` : ''));
    expect(shifted.length).toBeGreaterThan(0);
    for (const origin of new Set(shifted)) expect(shifted.filter((one) => one === origin).length).toBeLessThanOrEqual(2);
    expect(eventsOf(run, 'ShiftVerified').length).toBeGreaterThan(0);
  }, 300_000);

  it('keeps what a client of the sandbox alone was just told, its token and its addresses; one process at a time', async () => {
    const args = ['sandbox/cli/sandbox.ts', '--state', sandboxFolder()];
    const first = start(args);
    await until('the sandbox', first, () => first.output().includes('export SPILLWAY_FLEET'));
    const ports = JSON.parse(readFileSync(path.join(sandboxFolder(), 'ports.json'), 'utf8')) as Record<string, number>;
    const [arm, admin] = [`https://localhost:${ports['arm']}`, `https://localhost:${ports['admin']}`];
    const { text: token } = await call('GET', `${admin}/token?as=owner&audience=arm`);
    const origin = `${arm}/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/rg-shop-global/providers/Microsoft.Cdn/profiles/afd-shop/originGroups/web/origins/web-eastus2?api-version=2024-02-01`;

    const second = start(args);
    await second.ended;
    expect(second.child.exitCode).toBe(2);
    expect(second.output()).toBe(`process ${first.child.pid} lives in ${sandboxFolder()}: one at a time (where that is another program, remove ${path.join(sandboxFolder(), 'pid')})\n`);

    expect((await call('POST', `${admin}/faults`, { body: { kind: 'grey', stamp: 'eastus2', severity: 0.5 } })).status).toBeLessThan(300);
    expect((await call('PATCH', origin, { token, body: { properties: { weight: 123 } } })).status).toBe(202);
    // started again at once, while what was killed may not be gone yet
    first.child.kill('SIGKILL');

    const third = start(args);
    await until('the sandbox again', third, () => third.output().includes('export SPILLWAY_FLEET'));
    expect(third.output()).toContain('goes on from');
    const { status, text } = await call('GET', origin, { token });
    expect({ status, body: JSON.parse(text) as unknown }).toMatchObject({ status: 200, body: { properties: { weight: 123 } } });
    expect(JSON.parse((await call('GET', `${admin}/faults`)).text)).toMatchObject({ faults: [{ id: 'fault-1', fault: { kind: 'grey', stamp: 'eastus2', severity: 0.5 } }] });
    third.child.kill('SIGTERM');
    await third.ended;
    expect(third.child.exitCode).toBe(0);
    expect(existsSync(path.join(sandboxFolder(), 'pid'))).toBe(false);
  }, 120_000);
});
