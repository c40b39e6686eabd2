import { randomBytes } from 'node:crypto';

/** Prefixes tell a reader what an id names. */
export type IdPrefix = 'evt' | 'call' | 'run' | 'att' | 'rec' | 'own';

/** Makes ids such as `evt_01jd3…`: sortable by time, unique, safe in URLs and as job ids. */
export interface Ids {
  next(prefix: IdPrefix): string;
}

/** From 0 up to, not including, 1: for jitter, never for secrets. */
export const random = (): number => Math.random();

const DIGITS = '0123456789abcdefghijklmnopqrstuv';
const RANDOM_DIGITS = 16;
/** Random bytes are fetched for this many ids at once: asking for ten bytes costs more than all else on the way of a webhook but the hash. */
const IDS_PER_FETCH = 256;

/** Ids from the given clock reading (48 bit, base 32) and 80 random bits. */
export function createIds(clock: { now(): number }): Ids {
  let pool = '';
  let used = 0;
  return {
    next(prefix) {
      if (used >= pool.length) {
        pool = randomDigits(RANDOM_DIGITS * IDS_PER_FETCH);
        used = 0;
      }
      const digits = pool.slice(used, (used += RANDOM_DIGITS));
      return `${prefix}_${clock.now().toString(32).padStart(10, '0')}${digits}`;
    },
  };
}

function randomDigits(count: number): string {
  const bytes = randomBytes(count);
  for (let index = 0; index < count; index += 1) bytes[index] = DIGITS.charCodeAt((bytes[index] ?? 0) & 31);
  return bytes.toString('latin1');
}
