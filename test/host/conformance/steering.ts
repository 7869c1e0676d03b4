import type { ControlMessage } from '../../../sandbox/host/index.ts';
import type { RecordedEpisode, Recording } from './recordings.ts';

interface WantedEvent {
  readonly type: number;
  readonly key: string;
}

interface SteeredInstance {
  /** For every episode that was recorded, the events that it took in, in order. */
  readonly episodes: (readonly WantedEvent[])[];
  next: number;
}

interface RecordedEvent {
  readonly EventType: number;
  readonly IsPlayed: boolean;
  readonly EventId?: number;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly Name?: string;
  readonly Input?: string | null;
  readonly Reason?: string | null;
  readonly Data?: string | null;
  readonly OrchestrationInstance?: { readonly ExecutionId: string };
}

function toKey(event: RecordedEvent): string {
  switch (event.EventType) {
    case 0:
      return 'start';
    case 5:
    case 6:
    case 8:
    case 9:
      return String(event.TaskScheduledId);
    case 11:
      return String(event.TimerId);
    case 15:
      // answers of entities go by ids that are made anew
      return event.Input?.includes('ResponseMessage') === true ? 'answer' : `${event.Name}:${event.Input}`;
    default:
      return '';
  }
}

const takenIn = new Set([0, 3, 5, 6, 8, 9, 11, 15, 17, 19, 20]);

/**
 * Which completions share an episode is chance on the real host: this gives the local engine the batches that were recorded.
 * Every event must still come from the engine itself; one that never comes leaves the episode out, and that is a difference.
 */
export class Steering {
  readonly #instances = new Map<string, SteeredInstance>();
  readonly #executionIds = new Map<string, string[]>();

  constructor(recording: Recording) {
    const executions = new Map<string, string>();
    for (const episode of recording.episodes) {
      if (episode.kind === 'entity' && episode.instanceId !== undefined) this.#addEntityBatch(episode.instanceId, episode);
      if (episode.kind !== 'orchestrator' || episode.instanceId === undefined) continue;
      const history = readHistory(episode);
      const executionId = history.find((event) => event.EventType === 0)?.OrchestrationInstance?.ExecutionId ?? '';
      const isContinued = history[2]?.EventType === 13 && history.length === 3 || history.some((event, index) => index > 1 && event.EventType === 15 && event.IsPlayed && history.at(-1)?.EventType === 13);
      const known = this.#instances.get(episode.instanceId);
      const instance = known ?? { episodes: [], next: 0 };
      if (known === undefined) this.#instances.set(episode.instanceId, instance);
      if (executions.get(episode.instanceId) !== executionId) {
        executions.set(episode.instanceId, executionId);
        this.#executionIds.set(episode.instanceId, [...(this.#executionIds.get(episode.instanceId) ?? []), executionId]);
      }
      // a generation that continueAsNew starts runs within the episode before
      if (isContinued && episode.in !== null && !isReplaying(episode)) continue;
      const lastStart = history.findLastIndex((event) => event.EventType === 12);
      instance.episodes.push(history.slice(lastStart + 1).filter((event) => takenIn.has(event.EventType)).map((event) => ({ type: event.EventType, key: toKey(event) })));
    }
  }

  #addEntityBatch(instanceId: string, episode: RecordedEpisode): void {
    const { batch } = episode.in as { readonly batch: readonly { readonly name: string; readonly input: string | null }[] };
    const instance = this.#instances.get(instanceId) ?? { episodes: [], next: 0 };
    this.#instances.set(instanceId, instance);
    instance.episodes.push(batch.map((each) => ({ type: 15, key: `${each.name}:${each.input}` })));
  }

  /** The execution id that the recording has for the next execution of this instance. */
  nextGuid(instanceId: string): string | undefined {
    return this.#executionIds.get(instanceId)?.shift();
  }

  choose(instanceId: string, waiting: readonly ControlMessage[]): readonly ControlMessage[] {
    const instance = this.#instances.get(instanceId);
    const wanted = instance?.episodes[instance.next];
    if (instance === undefined || wanted === undefined) return waiting;
    // lock requests and releases are no operations: they pass
    const passing = waiting.filter((message) => toEntityKey(message) === 'passes');
    if (passing.length > 0) return passing;
    const left = [...waiting];
    const batch: ControlMessage[] = [];
    for (const { type, key } of wanted) {
      const index = left.findIndex((message) => message.event.EventType === type && (toEntityKey(message) ?? toKey(message.event as unknown as RecordedEvent)) === key);
      if (index < 0) return [];
      batch.push(...left.splice(index, 1));
    }
    instance.next += 1;
    return batch;
  }

  /** Episodes that were recorded and that the local engine had no events for. */
  leftOut(): readonly string[] {
    return [...this.#instances].flatMap(([instanceId, { episodes, next }]) =>
      // ids that the host made up are others here
      next >= episodes.length || /^[0-9a-f]{32}$/.test(instanceId) ? [] : [`${instanceId}: episode ${next} of ${episodes.length} waits for ${JSON.stringify(episodes[next])}`],
    );
  }
}

/** Operation and input of a message to an entity; undefined for every other message. */
function toEntityKey({ event }: ControlMessage): string | undefined {
  if (event.EventType !== 15) return undefined;
  if (event.Name === 'release') return 'passes';
  if (event.Name !== 'op') return undefined;
  const request = JSON.parse(event.Input ?? '{}') as { readonly op?: string | null; readonly input?: string; readonly lockset?: unknown };
  return request.lockset === undefined ? `${request.op}:${request.input ?? null}` : 'passes';
}

function readHistory(episode: RecordedEpisode): readonly RecordedEvent[] {
  return (episode.in as { readonly history?: readonly RecordedEvent[] }).history ?? [];
}

function isReplaying(episode: RecordedEpisode): boolean {
  return (episode.in as { readonly isReplaying?: boolean }).isReplaying === true;
}
