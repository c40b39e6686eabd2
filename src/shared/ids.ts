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
  let pool = Buffer.alloc(0);
  let used = 0;
  return {
    next(prefix) {
      if (used >= pool.length) {
        pool = randomBytes(RANDOM_DIGITS * IDS_PER_FETCH);
        used = 0;
      }
      let digits = '';
      for (const end = used + RANDOM_DIGITS; used < end; used += 1) digits += DIGITS[(pool[used] ?? 0) & 31];
      return `${prefix}_${clock.now().toString(32).padStart(10, '0')}${digits}`;
    },
  };
}
