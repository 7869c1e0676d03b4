/** One awaitable thing of the replay: knows only whether it is over and how. */
export class ReplayTask {
  isDone = false;
  isFailed = false;
  /** JSON text of a completed activity's or child's result, where somebody asks for it. */
  resultText: string | null = null;
  #listeners: ((task: ReplayTask) => void)[] = [];

  static done(): ReplayTask {
    const task = new ReplayTask();
    task.isDone = true;
    return task;
  }

  complete(resultText: string | null = null): void {
    if (this.isDone) return;
    this.resultText = resultText;
    this.#end();
  }

  fail(): void {
    if (this.isDone) return;
    this.isFailed = true;
    this.#end();
  }

  /** Called at once when the task is over already. */
  whenOver(listener: (task: ReplayTask) => void): void {
    if (this.isDone) listener(this);
    else this.#listeners.push(listener);
  }

  #end(): void {
    this.isDone = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener(this);
  }
}

/** Over when every child is over; failed when one failed. */
export function whenAllOver(children: readonly ReplayTask[]): ReplayTask {
  const task = new ReplayTask();
  let remaining = children.length;
  if (remaining === 0) return ReplayTask.done();
  for (const child of children) {
    child.whenOver(() => {
      remaining -= 1;
      if (remaining > 0) return;
      if (children.some((each) => each.isFailed)) task.fail();
      else task.complete();
    });
  }
  return task;
}

/** Over when the first child is over, failed or not; failure of a child is not its own. */
export function whenAnyOver(children: readonly ReplayTask[]): ReplayTask {
  const task = new ReplayTask();
  for (const child of children) {
    child.whenOver(() => {
      task.complete();
    });
  }
  return task;
}
