/** Answers a read that is asked for again while it is under way from the one request: facts are read side by side by many. */
export function joinedReads<T>(): (key: string, read: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, read) => {
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const started = read().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}
