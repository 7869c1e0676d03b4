import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Fleet } from '../domain/fleet.ts';
import { findFleetProblems, type FleetProblem } from './fleetRules.ts';
import { fleetSchema } from './fleetSchema.ts';
import { allowedKeys } from './schemaLookup.ts';
import { pathText } from './pathText.ts';

export type FleetLoaded =
  | { readonly kind: 'loaded'; readonly fleet: Fleet }
  | { readonly kind: 'invalid'; readonly problems: readonly FleetProblem[] };

/**
 * Reads a fleet from a file (relative paths start at `baseFolder`), or from inline YAML or JSON: text that
 * starts with "{" or holds a line break. Never throws: a file that is not there is a problem at path "".
 */
export function loadFleet(source: string, baseFolder: string = process.cwd()): FleetLoaded {
  if (source.trimStart().startsWith('{') || source.includes('\n')) return parseFleet(source);
  const file = resolve(baseFolder, source);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { kind: 'invalid', problems: [{ path: '', message: `the fleet file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}` }] };
  }
  return parseFleet(text);
}

/** YAML 1.2 text, of which JSON is a part. */
export function parseFleet(text: string): FleetLoaded {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    return { kind: 'invalid', problems: document.errors.map((error) => ({ path: '', message: `not readable as YAML or JSON: ${error.message}` })) };
  }
  return validateFleet(document.toJS());
}

/** For a fleet that is an object already. */
export function validateFleet(value: unknown): FleetLoaded {
  const parsed = fleetSchema.safeParse(value);
  if (!parsed.success) return { kind: 'invalid', problems: parsed.error.issues.flatMap(problemsOf) };
  const problems = findFleetProblems(parsed.data);
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'loaded', fleet: parsed.data };
}

function problemsOf(issue: z.core.$ZodIssue): FleetProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const allowed = allowedKeys(fleetSchema, issue.path);
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      message: `unknown field${allowed.length > 0 ? `; known here are ${allowed.join(', ')}` : ''}`,
    }));
  }
  return [{ path: pathText(issue.path), message: issue.message }];
}
