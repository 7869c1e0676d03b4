import type { HttpCall } from './orchestratorAction.ts';
import type { JsonText } from './jsonText.ts';

/** Something that the replay scheduled and that is not in the history yet. `id` is its EventId. */
export type Decision =
  | { readonly kind: 'scheduleActivity'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'scheduleHttp'; readonly id: number; readonly request: HttpCall }
  | { readonly kind: 'createSubOrchestration'; readonly id: number; readonly name: string; readonly instanceId: string; readonly version: string | undefined; readonly inputText: JsonText | null }
  | { readonly kind: 'createTimer'; readonly id: number; readonly fireAtMs: number }
  | { readonly kind: 'sendEvent'; readonly id: number; readonly targetInstanceId: string; readonly eventName: string; readonly inputText: JsonText };

/** What becomes of the instance after an episode. */
export type EpisodeEnd =
  | { readonly kind: 'goesOn' }
  | { readonly kind: 'completed'; readonly outputText: JsonText }
  | { readonly kind: 'failed'; readonly message: string; readonly details: string }
  | { readonly kind: 'terminated'; readonly reason: string | null }
  | { readonly kind: 'continuedAsNew'; readonly inputText: JsonText | null; readonly carriedEventIndexes: readonly number[] };

export interface EpisodeOutcome {
  readonly decisions: readonly Decision[];
  readonly end: EpisodeEnd;
  readonly isSuspended: boolean;
  readonly suspendReason: string | null;
  /** The EventId that the next scheduled thing would get; the completion takes it. */
  readonly nextEventId: number;
}
