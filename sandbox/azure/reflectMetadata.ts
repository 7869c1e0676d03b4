type MetadataKey = string | symbol;

/**
 * The three metadata functions that the certificate library's dependency container asks for at import, where no polyfill
 * has provided them. Kept by target and key alone: the container attaches metadata to classes and nothing else.
 */
export function provideReflectMetadata(): void {
  if (Reflect.has(Reflect, 'getMetadata')) return;
  const kept = new WeakMap<object, Map<MetadataKey, unknown>>();
  const own = (key: MetadataKey, target: object): unknown => kept.get(target)?.get(key);
  const inherited = (key: MetadataKey, target: object): unknown => {
    for (let holder: object | null = target; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
      const value = own(key, holder);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const define = (key: MetadataKey, value: unknown, target: object): void => {
    const entries = kept.get(target) ?? new Map<MetadataKey, unknown>();
    entries.set(key, value);
    kept.set(target, entries);
  };
  Object.assign(Reflect, { getMetadata: inherited, getOwnMetadata: own, defineMetadata: define });
}
