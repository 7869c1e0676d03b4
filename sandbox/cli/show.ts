import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { describeEvent } from '../../src/domain/ledgerView/describeEvent.ts';
import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { Audience, Frame } from '../play/playScenario.ts';
import type { Summary } from '../play/summary.ts';
import type { Scenario } from '../scenarios/index.ts';
import type { LogLine } from '../host/index.ts';
import type { StartOptions } from './options.ts';
import type { Paint } from './paint.ts';
import { statusTable } from './statusTable.ts';
import { summaryLines } from './summaryLines.ts';

export interface Show extends Audience {
  begin(): void;
  end(summary: Summary): void;
}

/** Plain lines where output is piped; colours, and a status table that stays below the events, on a terminal. */
export function createShow(output: WriteStream, scenario: Scenario, options: StartOptions): Show {
  const isTerminal = output.isTTY;
  const paint: Paint = (colour, text) => (isTerminal ? styleText(colour, text) : text);
  let tableHeight = 0;
  let faultAtMs: number | null = null;
  const clear = (): void => {
    if (tableHeight > 0) output.write(`\u001B[${tableHeight}A\u001B[0J`);
    tableHeight = 0;
  };
  let frameShown: Frame | null = null;
  /** Cut to the terminal's width as it is now: a line that wraps would stay behind when the table is drawn again. */
  const redraw = (): void => {
    if (!isTerminal || frameShown === null) return;
    const table = statusTable(frameShown, output.columns || 80);
    for (const { text, colour } of table) output.write(`${paint(colour, text)}\n`);
    tableHeight = table.length;
  };
  const say = (lines: readonly string[]): void => {
    clear();
    for (const line of lines) output.write(`${line}\n`);
    redraw();
  };
  const stamp = (at: number): string => {
    const seconds = faultAtMs === null ? null : Math.round((at - faultAtMs) / 1000);
    return paint('dim', `${new Date(at).toISOString().slice(11, 19)} ${seconds === null ? '' : `${seconds < 0 ? '' : '+'}${seconds} s`.padStart(7)}`);
  };
  return {
    begin() {
      const speed = options.speed === 'real' ? 'in real time' : options.speed === 'max' ? 'as fast as it can' : `at ${options.speed} simulated seconds a second`;
      faultAtMs = Date.parse(scenario.startAt) + scenario.faultAt * 1000;
      say([
        paint('bold', `Spillway, scenario ${scenario.name}: ${scenario.title}`),
        `The clock runs ${speed}; seed ${options.seed}. An Azure on loopback, the Functions app unchanged in a local host.`,
        `Times are UTC and simulated; behind them the seconds from the start of the fault.`,
        '',
      ]);
    },
    entry(entry) {
      const lines = entryLines(entry, paint);
      if (lines.length > 0) say(lines.map((line, index) => (index === 0 ? `${stamp(entry.at)}  ${line}` : `${' '.repeat(18)}${line}`)));
    },
    frame(frame: Frame) {
      clear();
      frameShown = frame;
      if (isTerminal) redraw();
      else for (const { text } of statusTable(frame, Number.POSITIVE_INFINITY)) output.write(`${text}\n`);
    },
    log(line: LogLine) {
      if (line.level === 'error' || line.level === 'critical') say([paint('red', `app log: ${line.message.split('\n')[0]?.slice(0, 300) ?? ''}`)]);
    },
    note(at, text) {
      say([`${stamp(at)}  ${paint('magenta', text)}`]);
    },
    end(summary) {
      tableHeight = 0;
      for (const line of summaryLines(summary, scenario, paint)) output.write(`${line}\n`);
    },
  };
}

/** What a glance should catch has a colour; intents are left to the ledger itself, their outcomes are shown. */
function entryLines({ event }: ChainedEntry, paint: Paint): readonly string[] {
  switch (event.type) {
    case 'WriteIntended':
      return [];
    case 'PlanMade':
      return [paint('cyan', `plan, revision ${event.plan.revision}`), ...event.rendering.split('\n'), ...event.findings.map(({ severity, invariant, message }) => paint('yellow', `${severity} ${invariant}: ${message}`))];
    case 'Decided':
      return [paint(event.decision === 'nothing' ? 'dim' : 'magenta', shorten(describeEvent(event)))];
    case 'WriteSucceeded':
    case 'CapacityProved':
    case 'ShiftVerified':
      return [paint('green', describeEvent(event))];
    case 'WriteRefused':
    case 'CapacityNotProved':
    case 'PlanBlocked':
    case 'ShiftUnverified':
      return [paint('red', describeEvent(event))];
    case 'RunClosed':
      return [paint(event.outcome === 'completed' ? 'green' : 'yellow', describeEvent(event))];
    default:
      return [shorten(describeEvent(event))];
  }
}

const longestLine = 320;

/** A long text ends with a whole part of it, so that what is left can be read; one that has no parts is cut where it must be. */
function shorten(text: string): string {
  if (text.length <= longestLine) return text;
  const start = text.slice(0, longestLine - 2);
  const end = Math.max(...['; ', ' | ', ' (', ': ', ', '].map((mark) => start.lastIndexOf(mark)));
  return `${end > longestLine / 2 ? start.slice(0, end) : start} …`;
}
