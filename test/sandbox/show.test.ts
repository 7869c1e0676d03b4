import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createShow } from '../../sandbox/cli/show.ts';
import type { StartOptions } from '../../sandbox/cli/options.ts';
import type { Frame } from '../../sandbox/play/playScenario.ts';
import { loadScenario } from '../../sandbox/scenarios/index.ts';
import { sample } from '../world/support.ts';

const scenario = loadScenario('grey-region');
const options: StartOptions = { scenario: 'grey-region', seed: 7, speed: 'max', report: null, deployment: null, state: null, action: 'run' };

function frame(): Frame {
  const { world, run } = sample();
  run(30);
  return { at: world.clock.now(), secondsSinceFault: -90, world: world.snapshot(), regions: null, ledgerEntries: 3 };
}

/** A terminal that keeps what is on its screen: lines, the cursor moved up, all below erased. */
class Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  #lines: string[] = [];

  constructor(isTTY: boolean, columns: number) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): boolean {
    const eraseUp = text.endsWith('A\u001B[0J');
    if (eraseUp) this.#lines = this.#lines.slice(0, this.#lines.length - Number.parseInt(text.slice(2), 10));
    const shown = eraseUp ? '' : stripVTControlCharacters(text);
    for (const line of shown.split('\n').slice(0, -1)) this.#lines.push(...this.#wrapped(line));
    return true;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  #wrapped(line: string): readonly string[] {
    return this.isTTY && line.length > this.columns ? (line.match(new RegExp(`.{1,${this.columns}}`, 'g')) ?? []) : [line];
  }
}

const tablesOn = (screen: Screen): number => screen.lines.filter((line) => line.startsWith('region ')).length;

describe('a long line', () => {
  const shown = (why: string): string => {
    const screen = new Screen(false, 0);
    const assessment = { at: 0, stamps: [], observerSuspect: false };
    createShow(screen as unknown as WriteStream, scenario, options).entry({ id: 'd', runId: 'watch', at: 0, controlRegion: 'x', epoch: 0, stamps: [], seq: 0, previousHash: '', hash: '', event: { type: 'Decided', decision: 'nothing', why, assessment } });
    return screen.lines.join('');
  };

  it('ends with a whole part of it', () => {
    const part = 'this is one thing that there is to say of a region';
    const line = shown(Array.from({ length: 12 }, () => part).join('; '));
    expect(line).toMatch(/of a region …$/);
    expect(line.length).toBeLessThan(350);
    expect(shown('short')).toMatch(/short$/);
  });

  it('is cut all the same where it has no parts', () => {
    expect(shown('x'.repeat(1000)).length).toBeLessThan(350);
  });
});

describe('the show on a terminal', () => {
  it.each([200, 120, 100, 80, 40, 30])('keeps one table, whole, below what happened: %i columns', (columns) => {
    const screen = new Screen(true, columns);
    const show = createShow(screen as unknown as WriteStream, scenario, options);
    show.begin();
    for (let round = 0; round < 3; round += 1) {
      show.frame(frame());
      show.log({ level: 'error', message: `something happened, ${'at length '.repeat(30)}` } as Parameters<typeof show.log>[0]);
    }
    expect(tablesOn(screen)).toBe(1);
    const table = screen.lines.slice(screen.lines.findLastIndex((line) => line.startsWith('region ')));
    expect(table.map((line) => line.slice(0, 7).trim())).toEqual(['region', 'eastus2', 'central', 'westus3']);
  });

  it.each([
    [200, ['region', 'share', 'requests/s', 'errors', 'latency', 'nodes', 'pods', 'origin', 'gate', 'assessed', 'signals']],
    [80, ['region', 'share', 'errors', 'assessed']],
  ])('leaves out what matters least where it is narrow: %i columns', (columns, titles) => {
    const screen = new Screen(true, columns);
    createShow(screen as unknown as WriteStream, scenario, options).frame(frame());
    expect(screen.lines[1]?.split(/\s+/)).toEqual(expect.arrayContaining(titles));
    expect(screen.lines[1]?.includes('signals')).toBe(columns > 150);
  });

  it('is plain lines where it is piped: every table whole, no control characters', () => {
    const screen = new Screen(false, 0);
    const show = createShow(screen as unknown as WriteStream, scenario, options);
    show.frame(frame());
    show.frame(frame());
    expect(tablesOn(screen)).toBe(2);
    expect(screen.lines[1]).toContain('signals');
  });
});
