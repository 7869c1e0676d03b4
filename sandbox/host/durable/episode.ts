import { replayActions } from './actionReplay.ts';
import type { Decision, EpisodeEnd } from './decisions.ts';
import type { DurableFunctions, FunctionAnswer } from './durableFunctions.ts';
import type { DurableSettings } from './durableSettings.ts';
import { eventTypes, toHistoryEntry, toTimestamp, type ExecutionStartedEvent, type HistoryEntry, type HistoryEvent } from './historyEvents.ts';
import type { InstanceRecord } from './hubState.ts';
import { toJsonText, type JsonText } from './jsonText.ts';
import { parseOrchestratorState, type OrchestratorState } from './orchestratorAction.ts';
import { SettledHistory, toOrchestrationTrigger } from './orchestrationTrigger.ts';

export interface EpisodeDependencies {
  readonly functions: DurableFunctions;
  readonly settings: DurableSettings;
  readonly nowMs: () => number;
  /** 32 hex digits. */
  readonly newExecutionId: () => string;
}

/** One generation of an instance while it is worked on. */
export interface Generation {
  readonly record: InstanceRecord;
  readonly history: readonly HistoryEntry[];
  /** Of the history so far; a new generation has a new one. */
  readonly settledHistory: SettledHistory;
}

export interface EpisodeResult {
  readonly record: InstanceRecord;
  /** How many entries of `history` were in the generation that went in; 0 with `isNewHistory`. */
  readonly history: readonly HistoryEntry[];
  readonly settledHistory: SettledHistory;
  readonly isNewHistory: boolean;
  /** Decisions of every generation that ran, with the execution that made them. */
  readonly decisions: readonly { readonly executionId: string; readonly decision: Decision }[];
  readonly end: EpisodeEnd;
}

/** Customs status limit of the extension: 16 KB of UTF-16. */
const maxCustomStatusBytes = 16 * 1024;

/**
 * Gives `newEvents` to a generation: calls its function once, and again for every generation that continueAsNew starts at once
 * in the same turn, until one has to wait or is over.
 */
export async function runEpisode(dependencies: EpisodeDependencies, start: Generation, newEvents: readonly HistoryEvent[]): Promise<EpisodeResult> {
  const decisions: { executionId: string; decision: Decision }[] = [];
  const episode = start.record.episodes;
  const started: HistoryEvent = { EventType: eventTypes.orchestratorStarted, EventId: -1, Timestamp: toTimestamp(dependencies.nowMs()) };
  let isNewHistory = false;
  let generation: Generation = {
    ...start,
    history: [...start.history, toHistoryEntry(started, episode), ...newEvents.map((event) => toHistoryEntry(event, episode))],
  };
  for (;;) {
    const { record, history } = generation;
    const state = await callFunction(dependencies, generation);
    const outcome = replayActions(
      {
        functionName: record.name,
        instanceId: record.instanceId,
        executionId: record.executionId,
        isKnown: (kind, name) => dependencies.functions.has(kind, name),
        defaultHttpSleepMs: dependencies.settings.defaultHttpAsyncRequestSleepTimeMs,
      },
      history,
      state,
    );
    const nowMs = dependencies.nowMs();
    const at = toTimestamp(nowMs);
    for (const decision of outcome.decisions) decisions.push({ executionId: record.executionId, decision });
    if (outcome.end.kind === 'continuedAsNew') {
      const carried = outcome.end.carriedEventIndexes.map((index) => history[index]?.event).filter((event) => event !== undefined);
      generation = nextGeneration(dependencies, record, outcome.end.inputText, carried, state);
      isNewHistory = true;
      continue;
    }
    const ended = toEndedFields(outcome.end);
    const produced = [
      ...outcome.decisions.map((decision) => toDecisionEvent(decision, at, dependencies.settings.defaultVersion)),
      ...(ended === undefined ? [] : [{ EventType: eventTypes.executionCompleted, OrchestrationStatus: ended.runtimeStatus, Result: ended.historyResult, FailureDetails: null, EventId: outcome.nextEventId, Timestamp: at } as const]),
      // a generation begun by continueAsNew has one already, and gets another only if it led to something
      ...(isNewHistory && outcome.decisions.length === 0 ? [] : [{ EventType: eventTypes.orchestratorCompleted, EventId: -1, Timestamp: at } as const]),
    ];
    return {
      record: {
        ...record,
        runtimeStatus: ended?.runtimeStatus ?? (outcome.isSuspended ? 'Suspended' : 'Running'),
        outputText: ended?.outputText ?? (outcome.isSuspended ? toJsonText(outcome.suspendReason) : null),
        customStatusText: outcome.isSuspended && ended === undefined ? record.customStatusText : state.customStatusText,
        updatedAtMs: nowMs,
        episodes: record.episodes + 1,
      },
      history: [...history, ...produced.map((event) => toHistoryEntry(event, record.episodes))],
      settledHistory: generation.settledHistory,
      isNewHistory,
      decisions,
      end: outcome.end,
    };
  }
}

async function callFunction({ functions, settings }: EpisodeDependencies, { record, history, settledHistory }: Generation): Promise<OrchestratorState> {
  if (!functions.has('orchestrator', record.name)) {
    const known = functions.names('orchestrator').map((name) => `'${name}'`).join(', ');
    return failedState(`The function '${record.name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: The following are the known orchestrator functions: ${known}.`);
  }
  const trigger = toOrchestrationTrigger({
    history,
    settledHistory,
    episode: record.episodes,
    inputText: record.inputText,
    instanceId: record.instanceId,
    parentInstanceId: record.parent?.OrchestrationInstance.InstanceId ?? null,
    defaultHttpSleepMs: settings.defaultHttpAsyncRequestSleepTimeMs,
  });
  return limitCustomStatus(toState(await functions.callOrchestrator(record.name, trigger, record.instanceId)));
}

function toState(answer: FunctionAnswer): OrchestratorState {
  if (answer.kind === 'threw' && answer.state === undefined) return failedState(answer.error.message);
  return parseOrchestratorState(answer.state);
}

function failedState(error: string): OrchestratorState {
  return { isDone: false, actions: [], output: undefined, error, customStatusText: null };
}

function limitCustomStatus(state: OrchestratorState): OrchestratorState {
  if (state.customStatusText === null) return state;
  const bytes = state.customStatusText.length * 2;
  if (bytes <= maxCustomStatusBytes) return state;
  return failedState(`The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${Math.floor(bytes / 1024)} KB.`);
}

/** The new generation's first history: started, the execution, what was carried over (as already played), completed. */
function nextGeneration({ nowMs, newExecutionId }: EpisodeDependencies, previous: InstanceRecord, inputText: JsonText | null, carried: readonly HistoryEvent[], state: OrchestratorState): Generation {
  const executionId = newExecutionId();
  const at = toTimestamp(nowMs());
  const started = toExecutionStarted({ instanceId: previous.instanceId, executionId, name: previous.name, version: previous.version, parent: previous.parent, inputText, generation: null, at });
  const record: InstanceRecord = {
    ...previous,
    executionId,
    generation: null,
    inputText,
    shownInputText: inputText ?? previous.shownInputText,
    customStatusText: state.customStatusText,
    episodes: 0,
  };
  const history: HistoryEntry[] = [
    toHistoryEntry({ EventType: eventTypes.orchestratorStarted, EventId: -1, Timestamp: at }, 0),
    toHistoryEntry(started, 0),
    ...carried.map((event) => ({ event, playedFrom: 0 })),
    // the one OrchestratorCompleted that is ever marked as played
    { event: { EventType: eventTypes.orchestratorCompleted, EventId: -1, Timestamp: at }, playedFrom: 1 },
  ];
  return { record, history, settledHistory: new SettledHistory() };
}

export interface ExecutionStart {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly parent: InstanceRecord['parent'];
  readonly inputText: JsonText | null;
  readonly generation: number | null;
  readonly at: string;
}

export function toExecutionStarted(start: ExecutionStart): ExecutionStartedEvent {
  return {
    OrchestrationInstance: { InstanceId: start.instanceId, ExecutionId: start.executionId },
    EventType: eventTypes.executionStarted,
    ParentInstance: start.parent,
    Name: start.name,
    Version: start.version,
    Input: start.inputText,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: start.generation,
    GenerateNewTrace: false,
    EventId: -1,
    Timestamp: start.at,
  };
}

function toDecisionEvent(decision: Decision, at: string, defaultVersion: string | null): HistoryEvent {
  const tail = { EventId: decision.id, Timestamp: at } as const;
  switch (decision.kind) {
    case 'scheduleActivity':
      return { EventType: eventTypes.taskScheduled, Name: decision.name, Version: '', Input: null, ParentTraceContext: null, Tags: null, ...tail };
    case 'scheduleHttp':
      return { EventType: eventTypes.taskScheduled, Name: 'BuiltIn::HttpActivity', Version: '', Input: null, ParentTraceContext: null, Tags: null, ...tail };
    case 'createSubOrchestration':
      return { EventType: eventTypes.subOrchestrationCreated, Name: decision.name, Version: decision.version ?? defaultVersion, InstanceId: decision.instanceId, Input: null, ClientSpanId: null, Tags: null, ...tail };
    case 'createTimer':
      return { EventType: eventTypes.timerCreated, FireAt: toTimestamp(decision.fireAtMs), ...tail };
    case 'sendEvent':
      return { EventType: eventTypes.eventSent, InstanceId: decision.targetInstanceId, Name: decision.eventName, Input: decision.inputText, ...tail };
  }
}

interface EndedFields {
  readonly runtimeStatus: 'Completed' | 'Failed' | 'Terminated';
  readonly outputText: JsonText;
  readonly historyResult: string | null;
}

function toEndedFields(end: EpisodeEnd): EndedFields | undefined {
  switch (end.kind) {
    case 'goesOn':
    case 'continuedAsNew':
      return undefined;
    case 'completed':
      return { runtimeStatus: 'Completed', outputText: end.outputText, historyResult: end.outputText };
    case 'failed':
      return { runtimeStatus: 'Failed', outputText: toJsonText(end.message), historyResult: toJsonText(end.message) };
    case 'terminated':
      return { runtimeStatus: 'Terminated', outputText: toJsonText(end.reason), historyResult: toJsonText(end.reason) };
  }
}

