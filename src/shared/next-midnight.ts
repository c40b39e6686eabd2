import { DateTime } from 'luxon';

/** When the day that it is now in that IANA zone ends, epoch milliseconds; of an unknown zone the UTC day. */
export function nextMidnight(nowMs: number, zone: string): number {
  const local = DateTime.fromMillis(nowMs, { zone });
  const now = local.isValid ? local : DateTime.fromMillis(nowMs, { zone: 'utc' });
  return now.plus({ days: 1 }).startOf('day').toMillis();
}
