import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRecord } from './answers.ts';

/** Which port each service had, by its name. */
export type Ports = Readonly<Record<string, number>>;

/** The folder given, or a new one under the machine's temporary folder. */
export function ensureFolder(folder: string | undefined): string {
  if (folder === undefined) return mkdtempSync(path.join(tmpdir(), 'spillway-sandbox-'));
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

const fileOf = (folder: string): string => path.join(folder, 'ports.json');

/** Ports of an earlier life: clients that were started then find the services where they were. */
export function readPorts(folder: string): Ports {
  if (!existsSync(fileOf(folder))) return {};
  const saved: unknown = JSON.parse(readFileSync(fileOf(folder), 'utf8'));
  if (!isRecord(saved)) return {};
  return Object.fromEntries(Object.entries(saved).flatMap(([name, port]) => (typeof port === 'number' ? [[name, port]] : [])));
}

export function writePorts(folder: string, ports: Ports): void {
  writeFileSync(fileOf(folder), `${JSON.stringify(ports, null, 2)}\n`);
}
