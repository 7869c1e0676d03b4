import { spawnSync, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const graceMs = 5000;
const started = new Set<ChildProcess>();

/**
 * A child that leads a process group of its own (POSIX, `detached`), so that its own children end with it, and a Ctrl-C of the
 * terminal reaches it through us. None outlives this process, unless that is killed outright.
 */
export function startTree(start: () => ChildProcess): ChildProcess {
  const child = start();
  started.add(child);
  return child;
}

process.on('exit', () => {
  for (const child of started) signalTree(child, 'SIGKILL');
});

export const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Asks the whole group to end, then makes it. Resolves when the group is gone. */
export async function endTree(child: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  signalTree(child, signal);
  const untilMs = Date.now() + graceMs;
  while (isGroupAlive(child) && Date.now() < untilMs) await sleep(50);
  signalTree(child, 'SIGKILL');
  started.delete(child);
}

function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (!isOver(child)) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone
  }
}

function isGroupAlive(child: ChildProcess): boolean {
  if (child.pid === undefined) return false;
  if (process.platform === 'win32') return !isOver(child);
  try {
    process.kill(-child.pid, 0);
    return true;
  } catch {
    return false;
  }
}
