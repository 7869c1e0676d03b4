import { expect, it } from 'vitest';
import { eventTypes, toHistoryEntry, toTimestamp, type HistoryEntry } from '../../sandbox/host/durable/historyEvents.ts';
import { SettledHistory, toOrchestrationTrigger } from '../../sandbox/host/durable/orchestrationTrigger.ts';

const startMs = Date.UTC(2026, 10, 23, 12);

it('an orchestrator is called with the same in either form, in every episode', () => {
  const asText = new SettledHistory();
  const asObjects = new SettledHistory();
  const history: HistoryEntry[] = [];
  for (let episode = 0; episode < 4; episode += 1) {
    const Timestamp = toTimestamp(startMs + episode * 1000);
    history.push(
      toHistoryEntry({ EventType: eventTypes.orchestratorStarted, EventId: -1, Timestamp }, episode),
      toHistoryEntry({ EventType: eventTypes.taskCompleted, TaskScheduledId: episode, Result: '{}', EventId: -1, Timestamp }, episode),
    );
    const parts = { history, episode, inputText: '{"n":1}', instanceId: 'one', parentInstanceId: null, defaultHttpSleepMs: 30_000 };
    const parsed = JSON.parse(toOrchestrationTrigger({ ...parts, settledHistory: asText }).toText()) as Readonly<Record<string, unknown>>; // written by toText
    const value = toOrchestrationTrigger({ ...parts, settledHistory: asObjects }).toValue() as Readonly<Record<string, unknown>>; // an object, by its contract
    expect(JSON.parse(JSON.stringify({ ...value, history: value['history'] }))).toEqual(parsed);
    history.push(
      toHistoryEntry({ EventType: eventTypes.taskScheduled, Name: 'next', Version: '', Input: null, ParentTraceContext: null, Tags: null, EventId: episode + 1, Timestamp }, episode),
      toHistoryEntry({ EventType: eventTypes.orchestratorCompleted, EventId: -1, Timestamp }, episode),
    );
  }
});
