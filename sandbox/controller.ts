import type { LocalHost } from './host/index.ts';

/** A control-plane region: the app in a host of its own, with a task hub of its own, beside others on one Azure. */
export interface Controller {
  readonly region: string;
  /** Null while it is dead. */
  readonly host: LocalHost | null;
  /** As its process dies: at once, with what is under way left where it is. */
  kill(): Promise<void>;
  /** A new process on the same task hub: orchestrations resume where they were. Nothing, while it lives. */
  start(): Promise<void>;
}

export async function startController(region: string, open: () => Promise<LocalHost>): Promise<Controller> {
  let host: LocalHost | null = await open();
  return {
    region,
    get host() {
      return host;
    },
    async kill() {
      const dying = host;
      host = null;
      await dying?.kill();
    },
    async start() {
      host ??= await open();
    },
  };
}
