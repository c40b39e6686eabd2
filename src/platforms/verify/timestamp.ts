import type { TimestampRule } from './scheme.ts';

/** Null when the timestamp is acceptable, else the cause of refusal. Limits are inclusive. */
export function checkTimestamp(text: string | null, rule: TimestampRule, nowMs: number): string | null {
  if (text === null) return 'timestamp_missing';
  const timestampMs = readTimestamp(text, rule.unit);
  if (timestampMs === null) return 'timestamp_malformed';
  if (rule.pastS !== null && nowMs - timestampMs > rule.pastS * 1000) return 'timestamp_too_old';
  if (rule.futureS !== null && timestampMs - nowMs > rule.futureS * 1000) return 'timestamp_in_future';
  return null;
}

/** The time as the sender would write it. */
export function writeTimestamp(nowMs: number, unit: TimestampRule['unit']): string {
  return String(unit === 's' ? Math.floor(nowMs / 1000) : nowMs);
}

/** Digits only: a sign, an exponent or a fraction is not a Unix time. Fifteen digits stay exact. */
function readTimestamp(text: string, unit: TimestampRule['unit']): number | null {
  if (!/^\d{1,15}$/.test(text)) return null;
  const value = Number(text);
  const isSeconds = unit === 's' || (unit === 'auto' && value < 1e11);
  return isSeconds ? value * 1000 : value;
}
