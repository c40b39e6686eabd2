/**
 * What a bell says: something in the ledger may be due. An id or a destination's name, never a payload:
 * losing every bell delays work (the sweeper rings again) and loses nothing.
 */
export type Bell = { readonly kind: 'event' } | { readonly kind: 'run'; readonly destination: string };

/** The doorbell between receivers and workers. */
export interface Queue {
  /** Wakes a worker, now or at `atMs` (epoch). Never throws, never waits. */
  ring(bell: Bell, atMs?: number): void;
  /**
   * Registers the worker that answers bells; returns a function that stops it. While the promise that a bell was answered
   * with is open, the worker has its hands full: a queue with several workers gives the next bell of that name to others.
   */
  answer(onBell: (bell: Bell) => void | Promise<void>): () => void;
}
