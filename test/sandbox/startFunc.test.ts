import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const startFunc = path.resolve('tools/startFunc.ts');
const isPosix = process.platform !== 'win32';

let folder: string;
const inFolder = (...names: string[]): string => path.join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spillway-startfunc-'));
  for (const name of ['app', 'bin', 'tmp']) mkdirSync(inFolder(name));
  writeFileSync(inFolder('app/host.json'), '{"version":"2.0"}');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A stand-in for Azure Functions Core Tools: what it does stands in a script, run in the app's folder as func would be. */
function fakeFunc(script: string): void {
  const file = inFolder('bin/func');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  symlinkSync(process.execPath, inFolder('bin/node'));
}

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function start(pathFolders: readonly string[]): Run {
  const child = spawn(process.execPath, [startFunc, '--app', inFolder('app'), '--port', '7999'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // as in a shell into which the lines of another sandbox were pasted
    env: { ...process.env, PATH: pathFolders.join(path.delimiter), TMPDIR: inFolder('tmp'), SPILLWAY_ARM_ENDPOINT: 'https://localhost:1', AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, ended: new Promise((done) => child.once('close', (code) => done(code))) };
}

/** As npm makes it: the project's own Node first. */
const withSystem = (): readonly string[] => [path.resolve('node_modules/.bin'), inFolder('bin'), '/usr/local/bin', '/usr/bin', '/bin'];

async function until(what: string, holds: () => boolean): Promise<void> {
  const untilMs = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > untilMs) throw new Error(`waited in vain for ${what}`);
    await sleep(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // a zombie that nobody reaped yet has ended
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}

const nothingLeft = (): void => {
  expect(readdirSync(inFolder('tmp'))).toEqual([]);
  expect(existsSync(inFolder('app/local.settings.json'))).toBe(false);
};

describe('start:func', () => {
  it('says in one line how to install func where it is missing, and starts nothing', async () => {
    const run = start([inFolder('bin')]);
    expect(await run.ended).toBe(2);
    expect(run.output()).toBe('Azure Functions Core Tools (func) is not on PATH; install it with: npm i -g azure-functions-core-tools@4\n');
    nothingLeft();
  });

  it.skipIf(!isPosix)('gives func an Azure and a storage account that answer, ends with its exit code and clears up', async () => {
    fakeFunc(`
set -e
out='${folder}'
echo "$@" > "$out/arguments"
cp local.settings.json "$out/settings.json"
value() { sed -n "s/^ *\\"$1\\": \\"\\(.*\\)\\",*$/\\1/p" local.settings.json; }
endpoint() { value AzureWebJobsStorage | tr ';' '\\n' | sed -n "s/^$1Endpoint=//p"; }
[ "$NODE_EXTRA_CA_CERTS" = "$(value NODE_EXTRA_CA_CERTS)" ]
[ -z "$SPILLWAY_ARM_ENDPOINT$AzureWebJobsStorage" ]
command -v node > "$out/node"
curl -sS --cacert "$NODE_EXTRA_CA_CERTS" -H "X-IDENTITY-HEADER: $(value IDENTITY_HEADER)" "$(value IDENTITY_ENDPOINT)?resource=https://management.azure.com&api-version=2019-08-01&client_id=$(value AZURE_CLIENT_ID)" > "$out/token.json"
curl -sS --cacert "$NODE_EXTRA_CA_CERTS" "$(value SPILLWAY_ARM_ENDPOINT)/metadata/endpoints?api-version=2019-05-01" > "$out/arm.json"
for service in Blob Queue Table; do curl -sS -D "$out/$service" -o /dev/null "$(endpoint $service)?comp=list"; done
cp "$(value SPILLWAY_FLEET)" "$out/fleet.yaml"
exit 7`);
    const run = start(withSystem());
    const exitCode = await run.ended;
    expect({ exitCode, output: exitCode === 7 ? '' : run.output() }).toEqual({ exitCode: 7, output: '' });
    expect(readFileSync(inFolder('arguments'), 'utf8')).toBe('start --port 7999\n');
    expect(readFileSync(inFolder('node'), 'utf8')).toBe(`${inFolder('bin/node')}\n`);
    const settings = JSON.parse(readFileSync(inFolder('settings.json'), 'utf8')) as { readonly IsEncrypted: boolean; readonly Values: Record<string, string> };
    expect(settings.IsEncrypted).toBe(false);
    expect(settings.Values).toMatchObject({ FUNCTIONS_WORKER_RUNTIME: 'node', SPILLWAY_CONTROL_REGION: 'northcentralus' });
    expect(JSON.parse(readFileSync(inFolder('token.json'), 'utf8'))).toMatchObject({ access_token: expect.any(String), token_type: 'Bearer' });
    expect(JSON.parse(readFileSync(inFolder('arm.json'), 'utf8'))).toHaveProperty('authentication');
    for (const service of ['Blob', 'Queue', 'Table']) expect(readFileSync(inFolder(service), 'utf8')).toMatch(/^server: Azurite/im);
    const fleet = readFileSync(inFolder('fleet.yaml'), 'utf8');
    expect(fleet).toContain('https://localhost:');
    expect(fleet).not.toContain('sandbox.test');
    nothingLeft();
  });

  it.skipIf(!isPosix)('leaves no process and no file behind on Ctrl-C, even where func heeds nothing and has a worker', async () => {
    fakeFunc(`
trap '' INT TERM
sleep 600 &
ps -eo pid,args | sed -n 's/^ *\\([0-9]*\\) .*azurite\\.js.*${folder.replaceAll('/', String.raw`\/`)}.*/\\1/p' > '${folder}/azurite.pid'
echo "$$ $!" > '${folder}/pids.new' && mv '${folder}/pids.new' '${folder}/pids'
wait
sleep 600`);
    const run = start(withSystem());
    await until('func', () => existsSync(inFolder('pids')));
    const pids = `${readFileSync(inFolder('pids'), 'utf8')} ${readFileSync(inFolder('azurite.pid'), 'utf8')}`.trim().split(/\s+/).map(Number);
    expect(pids).toHaveLength(3);
    expect(pids.filter(isAlive)).toEqual(pids);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(pids.filter(isAlive)).toEqual([]);
    nothingLeft();
  }, 60_000);
});
