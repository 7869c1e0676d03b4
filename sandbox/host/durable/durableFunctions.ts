import type { WorkerError } from './functionFailures.ts';
import type { JsonText } from './jsonText.ts';
import type { OrchestrationTrigger } from './orchestrationTrigger.ts';

/** What came of calling an orchestrator or entity function. */
export type FunctionAnswer =
  | { readonly kind: 'returned'; readonly state: unknown }
  /** `state` is what the SDK put behind the label in its error's message; undefined when the error came from elsewhere. */
  | { readonly kind: 'threw'; readonly error: WorkerError; readonly state: unknown };

export type ActivityAnswer = { readonly kind: 'completed'; readonly resultText: JsonText | null } | { readonly kind: 'failed'; readonly error: WorkerError };

export type DurableFunctionKind = 'orchestrator' | 'activity' | 'entity';

/** The app's functions as the engine calls them. Names are found without regard to case. */
export interface DurableFunctions {
  has(kind: DurableFunctionKind, name: string): boolean;
  /** The registered names of a kind. */
  names(kind: DurableFunctionKind): readonly string[];
  callOrchestrator(name: string, trigger: OrchestrationTrigger, instanceId: string): Promise<FunctionAnswer>;
  callActivity(name: string, input: unknown, instanceId: string): Promise<ActivityAnswer>;
  callEntity(name: string, triggerText: JsonText): Promise<FunctionAnswer>;
}
