import type { HistoryEntry } from './historyEvents.ts';
import { neverPlayed } from './historyEvents.ts';
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

/** Keeps the JSON of the events whose IsPlayed no longer changes, so that an episode only writes what is new. */
export class HistoryText {
  #settled = '';
  #settledCount = 0;

  /** The history as a JSON array, as the episode with this number sees it. */
  render(history: readonly HistoryEntry[], episode: number): JsonText {
    let isSettling = true;
    let tail = '';
    for (let index = this.#settledCount; index < history.length; index += 1) {
      const entry = history[index];
      if (entry === undefined) break;
      const { beforeIsPlayed, afterIsPlayed } = textOf(entry);
      const text = `${index === 0 ? '' : ','}${beforeIsPlayed}${isPlayedAt(entry, episode)}${afterIsPlayed}`;
      isSettling &&= entry.playedFrom === neverPlayed || episode >= entry.playedFrom;
      if (isSettling) {
        this.#settled += text;
        this.#settledCount = index + 1;
      } else {
        tail += text;
      }
    }
    return `[${this.#settled}${tail}]`;
  }
}

export interface OrchestrationTrigger {
  readonly historyText: JsonText;
  readonly inputText: JsonText | null;
  readonly instanceId: string;
  readonly isReplaying: boolean;
  readonly parentInstanceId: string | null;
  readonly defaultHttpSleepMs: number;
}

/** The one RPC string that an orchestrator function gets (the real one is indented). */
export function toOrchestrationTriggerText(trigger: OrchestrationTrigger): JsonText {
  return (
    `{"history":${trigger.historyText},"input":${trigger.inputText ?? 'null'},"instanceId":${JSON.stringify(trigger.instanceId)},` +
    `"isReplaying":${trigger.isReplaying},"parentInstanceId":${JSON.stringify(trigger.parentInstanceId)},"upperSchemaVersion":1,"upperSchemaVersionNew":3,` +
    `"longRunningTimerIntervalDuration":"3.00:00:00","maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":${trigger.defaultHttpSleepMs}}`
  );
}
