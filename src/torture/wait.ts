import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until the answer is true, which it resolves to; to false when time is up. */
export async function waitUntil(
  ask: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await ask())) {
    if (performance.now() > deadline) return false;
    await pause(everyMs);
  }
  return true;
}

/** Resolves after the time, or at once when the signal comes. */
export async function holdOn(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}

/** What the promise resolves to, or null when it did not in time. */
export async function within<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value | null> {
  const controller = new AbortController();
  const late = pause(timeoutMs, null, { signal: controller.signal }).catch(() => null);
  try {
    return await Promise.race([promise, late]);
  } finally {
    controller.abort();
  }
}
