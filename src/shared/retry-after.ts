import { DateTime } from 'luxon';

/** Longer wishes are cut: a run has to show up again within a day. */
const MAX_WAIT_MS = 86_400_000;

export type RetryAfterUnit = 'seconds' | 'milliseconds' | 'epoch_seconds' | 'epoch_milliseconds';

/**
 * When to come back, as epoch milliseconds, from a header such as `Retry-After` (RFC 9110 10.2.3: seconds or an HTTP
 * date; other headers count in other units). Undefined when it says nothing readable.
 */
export function readRetryAfter(
  value: string | undefined,
  nowMs: number,
  unit: RetryAfterUnit = 'seconds',
): number | undefined {
  const text = value?.trim() ?? '';
  const wait = /^\d+(?:\.\d+)?$/.test(text)
    ? toWait(Number(text), nowMs, unit)
    : DateTime.fromHTTP(text).toMillis() - nowMs;
  return Number.isFinite(wait) ? nowMs + Math.min(Math.max(0, wait), MAX_WAIT_MS) : undefined;
}

function toWait(count: number, nowMs: number, unit: RetryAfterUnit): number {
  switch (unit) {
    case 'seconds':
      return count * 1000;
    case 'milliseconds':
      return count;
    case 'epoch_seconds':
      return count * 1000 - nowMs;
    case 'epoch_milliseconds':
      return count - nowMs;
  }
}
