import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listScenarios } from '../../sandbox/scenarios/index.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })].toSorted();
const scenarios = listScenarios().map((scenario) => scenario.name);
const decisions = pages.filter((page) => /^docs\/adr\/\d{4}-/.test(page));
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
const all = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** Targets of a page's links that lead to the repository itself. */
const linksOf = (page: string): readonly string[] => all(withoutCode(read(page)), /\]\(([^)\s]+)\)/g).filter((target) => !/^[a-z]+:/.test(target));

/** Path from the root, and the anchor; a folder stands for its README. */
function resolved(page: string, link: string): { readonly path: string; readonly anchor: string | null } {
  const [file = '', anchor = null] = link.split('#');
  const path = file === '' ? page : relative(root, join(root, dirname(page), file));
  return { path: existsSync(join(root, path)) && statSync(join(root, path)).isDirectory() ? join(path, 'README.md') : path, anchor };
}

/** As GitHub makes them: lower case, no punctuation, a hyphen for each space. */
const anchorsOf = (page: string): readonly string[] =>
  all(read(page).replaceAll(/^```[\s\S]*?^```/gm, ''), /^#+ (.*)$/gm).map((heading) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(' ', '-'));

describe.each(pages)('%s', (page) => {
  test('its links lead somewhere', () => {
    const dead = linksOf(page).filter((link) => {
      const { path, anchor } = resolved(page, link);
      return !existsSync(join(root, path)) || (anchor !== null && !anchorsOf(path).includes(anchor));
    });
    expect(dead).toEqual([]);
  });

  test('its commands, scenarios and files exist', () => {
    const text = read(page);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> }; // our own file
    expect(all(text, /npm run ([a-z][a-z:]*)/g).filter((name) => !(name in scripts))).toEqual([]);
    expect(all(text, /--scenario ([a-z][a-z-]*)/g).filter((name) => !scenarios.includes(name))).toEqual([]);
    expect(all(text, /`((?:src|sandbox|infra|gitops|test|tools|docs|bench|schema)\/[\w./-]+)/g).filter((path) => !path.includes('NAME') && !existsSync(join(root, path)))).toEqual([]);
    expect(all(text, /ADR (\d{4})/g).filter((number) => !decisions.some((decision) => basename(decision).startsWith(number)))).toEqual([]);
  });
});

test('every page is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const { path } = resolved(page, link);
      if (pages.includes(path)) reached.add(path);
    }
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

test('every decision has a number of its own, and stands in the index under its title', () => {
  const numbers = decisions.map((decision) => basename(decision).slice(0, 4));
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  const entries = decisions.map((decision) => `- [${/^# (.*)$/m.exec(read(decision))?.[1] ?? ''}](${basename(decision)})`);
  expect(read('docs/adr/README.md').split('\n').filter((line) => line.startsWith('- ')).toSorted()).toEqual(entries.toSorted());
  expect(decisions.filter((decision, index) => !read(decision).startsWith(`# ${numbers[index]} `))).toEqual([]);
});

test('what plays a failure mode exists', () => {
  const named = all(read('docs/failure-modes.md'), /\| ([^|\n]*) \|$/gm).flatMap((cell) => all(cell, /`([^`]+)`/g));
  expect(named.length).toBeGreaterThan(30);
  const tests = globSync('test/**/*.test.ts', { cwd: root }).map((path) => basename(path));
  expect(named.filter((name) => !scenarios.includes(name) && !tests.includes(name))).toEqual([]);
});

test('every constraint that docs/capacity.md lists has a scenario that it binds, and stands beside it', () => {
  const page = (read('docs/capacity.md').split('## 6. ')[1] ?? '').split('## 7. ')[0] ?? '';
  const constraints = all(page, /^\| `(\w+)` \| .* \| .* \|$/gm);
  const binds = new Map(listScenarios().flatMap(({ name, expect: { binds: told } }) => (told === undefined ? [] : [[name, told.constraint] as const])));
  expect(constraints.length).toBeGreaterThan(15);
  expect(constraints.filter((constraint) => ![...binds.values()].includes(constraint))).toEqual([]);
  const rows = [...page.matchAll(/^\| (`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) \| (`\w+`.*) \|$/gm)].map(([, names = '', told = '']) => ({ names: all(names, /`([^`]+)`/g), told: all(told, /`([^`]+)`/g) }));
  expect(rows.flatMap(({ names }) => names).toSorted()).toEqual([...binds.keys()].toSorted());
  expect(rows.flatMap(({ names, told }) => names.filter((name) => !told.includes(binds.get(name) ?? '')))).toEqual([]);
});
