/** Keys that somebody has for himself. */
export interface Grip {
  /** False: another process may have taken over, so nothing more may be written. Costs a question only when time is short. */
  stillHeld(): Promise<boolean>;
}

/** `busy`: another process has one of the keys and did not let go in time; nothing was done. */
export type Alone<Value> = { readonly kind: 'done'; readonly value: Value } | { readonly kind: 'busy' };

/** Work is done one at a time per key; work with no key in common runs side by side. */
export interface KeyedMutex {
  run<Value>(keys: readonly string[], work: (grip: Grip) => Promise<Value>): Promise<Alone<Value>>;
}

/** Within one process nobody can take a key away. */
const FIRM: Grip = { stillHeld: () => Promise.resolve(true) };

/** A mutex for this process. */
export function createKeyedMutex(): KeyedMutex {
  const line = createKeyLine();
  return {
    async run(keys, work) {
      const leave = await line.enter(keys);
      try {
        return { kind: 'done', value: await work(FIRM) };
      } finally {
        leave();
      }
    },
  };
}

export interface KeyLine {
  /** Resolves when these keys are the caller's; the function gives them back. */
  enter(keys: readonly string[]): Promise<() => void>;
}

/**
 * First come, first served within this process. Keys are taken in sorted order, so two that share several keys never
 * wait for each other in a circle; who holds keys must only enter for keys of a class that is always taken last.
 */
export function createKeyLine(): KeyLine {
  const tails = new Map<string, Promise<void>>();

  async function enterOne(key: string): Promise<() => void> {
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
    async enter(keys) {
      const leaves: (() => void)[] = [];
      for (const key of [...new Set(keys)].toSorted()) leaves.push(await enterOne(key));
      return () => {
        for (const leave of leaves) leave();
      };
    },
  };
}
