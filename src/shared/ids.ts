import { randomBytes } from 'node:crypto';

/** Prefixes tell a reader what an id names. */
export type IdPrefix = 'evt' | 'call' | 'run' | 'att' | 'rec';

/** Makes ids such as `evt_01jd3…`: sortable by time, unique, safe in URLs and as job ids. */
export interface Ids {
  next(prefix: IdPrefix): string;
}

/** Ids from the given clock reading (48 bit, base 32) and 80 random bits. */
export function createIds(clock: { now(): number }): Ids {
  return {
    next(prefix) {
      const time = clock.now().toString(32).padStart(10, '0');
      const random = BigInt(`0x${randomBytes(10).toString('hex')}`).toString(32).padStart(16, '0');
      return `${prefix}_${time}${random}`;
    },
  };
}
