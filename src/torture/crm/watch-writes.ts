import type { Simulator } from './simulator.ts';

/** Resolves at the next write in any of these CRMs. */
export function watchWrites(crms: readonly Pick<Simulator, 'onDone'>[]): () => Promise<void> {
  let waiting: (() => void)[] = [];
  for (const crm of crms) {
    crm.onDone(({ method }, { status }) => {
      if (method === 'GET' || status >= 300) return;
      for (const tell of waiting) tell();
      waiting = [];
    });
  }
  return () => new Promise((resolve) => waiting.push(resolve));
}
