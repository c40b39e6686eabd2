/** Runs work one at a time per key; work with no key in common runs side by side. */
export interface KeyedMutex {
  run<Value>(keys: readonly string[], work: () => Promise<Value>): Promise<Value>;
}

/**
 * A mutex for this process. Keys are taken in sorted order, so two runs that share several keys never wait for each
 * other in a circle; a nested `run` must only take keys of a class that is always taken last.
 */
export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<void>>();

  async function acquire(key: string): Promise<() => void> {
    const before = tails.get(key);
    const { promise: tail, resolve } = Promise.withResolvers<void>();
    tails.set(key, tail);
    await before;
    return () => {
      if (tails.get(key) === tail) tails.delete(key);
      resolve();
    };
  }

  return {
    async run(keys, work) {
      const releases: (() => void)[] = [];
      try {
        for (const key of [...new Set(keys)].toSorted()) releases.push(await acquire(key));
        return await work();
      } finally {
        for (const release of releases) release();
      }
    },
  };
}
