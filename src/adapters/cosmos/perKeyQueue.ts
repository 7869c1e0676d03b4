/** Runs calls of one key one after the other, of different keys side by side. */
export function perKeyQueue(): <T>(key: string, call: () => Promise<T>) => Promise<T> {
  const ends = new Map<string, Promise<unknown>>();
  return (key, call) => {
    const started = (ends.get(key) ?? Promise.resolve()).then(call, call);
    const end = started.catch(() => undefined);
    ends.set(key, end);
    void end.then(() => {
      if (ends.get(key) === end) ends.delete(key);
    });
    return started;
  };
}
