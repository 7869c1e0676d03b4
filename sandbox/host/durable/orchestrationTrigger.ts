import { eventTypes, neverPlayed, type HistoryEntry } from './historyEvents.ts';
import type { JsonText } from './jsonText.ts';

interface EventText {
  readonly beforeIsPlayed: string;
  readonly afterIsPlayed: string;
}

const texts = new WeakMap<HistoryEntry, EventText>();

/** Each event is serialised once; IsPlayed, which changes, is put in between. */
function textOf(entry: HistoryEntry): EventText {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const { Timestamp, ...rest } = entry.event;
  const text: EventText = { beforeIsPlayed: `${JSON.stringify(rest).slice(0, -1)},"IsPlayed":`, afterIsPlayed: `,"Timestamp":"${Timestamp}"}` };
  texts.set(entry, text);
  return text;
}

function isPlayedAt(entry: HistoryEntry, episode: number): boolean {
  return entry.playedFrom !== neverPlayed && episode >= entry.playedFrom;
}

/** Whether an event's IsPlayed stays what it is in this episode. */
function isSettledAt(entry: HistoryEntry, episode: number): boolean {
  return entry.playedFrom === neverPlayed || episode >= entry.playedFrom;
}

/** Keeps what of a generation's history no longer changes, as JSON or as objects: an episode makes only what is new. */
export class SettledHistory {
  #settled = '';
  #settledCount = 0;
  readonly #values: unknown[] = [];
  /** Where in `#values` the events lie whose dates an application gets hold of. */
  readonly #started: number[] = [];

  /** The history as a JSON array, as the episode with this number sees it. */
  toText(history: readonly HistoryEntry[], episode: number): JsonText {
    let isSettling = true;
    let tail = '';
    for (let index = this.#settledCount; index < history.length; index += 1) {
      const entry = history[index];
      if (entry === undefined) break;
      const { beforeIsPlayed, afterIsPlayed } = textOf(entry);
      const text = `${index === 0 ? '' : ','}${beforeIsPlayed}${isPlayedAt(entry, episode)}${afterIsPlayed}`;
      isSettling &&= isSettledAt(entry, episode);
      if (isSettling) {
        this.#settled += text;
        this.#settledCount = index + 1;
      } else {
        tail += text;
      }
    }
    return `[${this.#settled}${tail}]`;
  }

  /** The history as objects, as the episode with this number sees it. */
  toValues(history: readonly HistoryEntry[], episode: number): unknown[] {
    const values = this.#values.slice();
    for (const index of this.#started) {
      const entry = history[index];
      if (entry !== undefined) values[index] = toEventValue(entry, episode);
    }
    let isSettling = true;
    for (let index = values.length; index < history.length; index += 1) {
      const entry = history[index];
      if (entry === undefined) break;
      const value = toEventValue(entry, episode);
      values.push(value);
      isSettling &&= isSettledAt(entry, episode);
      if (!isSettling) continue;
      this.#values.push(value);
      if (entry.event.EventType === eventTypes.orchestratorStarted) this.#started.push(index);
    }
    return values;
  }
}

/** What an orchestrator function is called with, in either form. */
export interface OrchestrationTrigger {
  /** The one RPC string of the protocol (the real one is indented). */
  toText(): JsonText;
  /** The same, already parsed; events are shared between episodes and must not be changed. */
  toValue(): unknown;
}

export interface OrchestrationTriggerParts {
  readonly history: readonly HistoryEntry[];
  readonly settledHistory: SettledHistory;
  /** Number of the episode within its generation. */
  readonly episode: number;
  readonly inputText: JsonText | null;
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  readonly defaultHttpSleepMs: number;
}

const fixedMembers = {
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 3,
  longRunningTimerIntervalDuration: '3.00:00:00',
  maximumShortTimerDuration: '6.00:00:00',
} as const;

const fixedText = JSON.stringify(fixedMembers).slice(1, -1);

export function toOrchestrationTrigger(parts: OrchestrationTriggerParts): OrchestrationTrigger {
  const { history, settledHistory, episode, inputText, instanceId, parentInstanceId, defaultHttpSleepMs } = parts;
  const isReplaying = episode > 0;
  return {
    toText: () =>
      `{"history":${settledHistory.toText(history, episode)},"input":${inputText ?? 'null'},"instanceId":${JSON.stringify(instanceId)},` +
      `"isReplaying":${isReplaying},"parentInstanceId":${JSON.stringify(parentInstanceId)},${fixedText},"defaultHttpAsyncRequestSleepTimeMillseconds":${defaultHttpSleepMs}}`,
    toValue: () => {
      const trigger = {
        input: inputText === null ? null : (JSON.parse(inputText) as unknown),
        instanceId,
        isReplaying,
        parentInstanceId,
        ...fixedMembers,
        defaultHttpAsyncRequestSleepTimeMillseconds: defaultHttpSleepMs,
      };
      // not enumerable: the SDK goes through every member of every event in search of instants that are text, and these are dates
      return Object.defineProperty(trigger, 'history', { value: settledHistory.toValues(history, episode) });
    },
  };
}

const values = new WeakMap<HistoryEntry, { readonly played: unknown; readonly unplayed: unknown }>();

/** Timestamps are dates, as the SDK makes them. An application gets hold of the dates of OrchestratorStarted only: those are made anew. */
function toEventValue(entry: HistoryEntry, episode: number): unknown {
  if (entry.event.EventType === eventTypes.orchestratorStarted) return { ...entry.event, IsPlayed: false, Timestamp: new Date(entry.event.Timestamp) };
  let known = values.get(entry);
  if (known === undefined) {
    const Timestamp = new Date(entry.event.Timestamp);
    known = { played: { ...entry.event, IsPlayed: true, Timestamp }, unplayed: { ...entry.event, IsPlayed: false, Timestamp } };
    values.set(entry, known);
  }
  return isPlayedAt(entry, episode) ? known.played : known.unplayed;
}
