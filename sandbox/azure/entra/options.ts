import type { FaultBoard } from '../../world/types.ts';
import type { Endpoints } from '../routing.ts';
import type { Tokens } from './tokens.ts';

export interface EntraOptions {
  readonly tokens: Tokens;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly faults: Pick<FaultBoard, 'active'>;
  /** The secret that the Functions host shares with its app. */
  readonly identityHeader: string;
  /** Under which addresses this Azure is known at the moment. */
  readonly addresses: () => readonly Endpoints[];
}
