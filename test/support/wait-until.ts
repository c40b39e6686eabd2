import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Completes "waited for …": it stands in the error. */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Asks again until the answer is neither null, undefined nor false, and resolves to it; throws when time is up. */
export async function waitUntil<Value>(
  ask: () => Value | Promise<Value>,
  { what, timeoutMs = 15_000, everyMs = 20 }: WaitOptions,
): Promise<NonNullable<Exclude<Value, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) {
      return answer as NonNullable<Exclude<Value, false>>;
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await pause(everyMs);
  }
}
