import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The life of a process that a local host stands for. Several of them share this one, and each must be able to die alone: code
 * that runs on after its host was killed gets nothing out any more, as if its sockets had gone with it.
 */
export interface ProcessLife {
  isOver: boolean;
}

const lives = new AsyncLocalStorage<ProcessLife>();

/** Everything that `work` begins, however late, belongs to that life. */
export const livingIn = <T>(life: ProcessLife, work: () => T): T => lives.run(life, work);

/** Whether whoever asks runs on after the end of its process. */
export const isLifeOver = (): boolean => lives.getStore()?.isOver === true;
