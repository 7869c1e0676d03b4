import { spawn } from 'node:child_process';

export interface CommandResult {
  /** null: the program is not there. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program to its end; output is stdout and stderr as they came. */
export function runCommand(program: string, args: readonly string[], folder: string, input = ''): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', () => resolve({ exitCode: null, output: `${program} is not there`, stdout: '' }));
    child.on('close', (exitCode) => resolve({ exitCode: exitCode ?? 1, output, stdout }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
