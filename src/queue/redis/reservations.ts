import { randomUUID } from 'node:crypto';

import type { RedisLink } from './redis-link.ts';
import { createScript } from './script.ts';

/** What may be asked for at most: `n` in any stretch of `lengthMs`. */
export interface ReservationWindow {
  readonly n: number;
  readonly lengthMs: number;
}

export interface ReservationLimits {
  /** May be none. */
  readonly windows: readonly ReservationWindow[];
  /** Under way at the same time, in all processes together. */
  readonly slots: number;
}

export type Reservation =
  | { readonly kind: 'free'; readonly release: () => void }
  /** The windows, or silence that was asked for, allow the next one after this long. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** As many are under way as may be; nobody knows when one ends. */
  | { readonly kind: 'full' }
  | { readonly kind: 'away' };

/**
 * Rate windows and slots that all processes share, one set per key. Time is that of Redis. A process that dies gives its
 * slots back by not renewing them.
 */
export interface Reservations {
  /**
   * Takes a slot and a place in every window, or nothing. One question at a time per key; who hears `full` should ask
   * again every few milliseconds: slots go to the processes in the order in which they began to ask.
   */
  reserve(key: string, limits: ReservationLimits): Promise<Reservation>;
  /** Nobody gets anything for this long. */
  block(key: string, forMs: number): void;
  /** Ends the renewals; what is held ends with its lease. */
  close(): void;
}

const LEASE_MS = 6_000;
const RENEW_EVERY_MS = 2_000;
/** Who was told `full` keeps the place in line when asking again within this time. */
const IN_LINE_MS = 150;

/** Creates the shared reservations of a link; see `Reservations`. */
export function createReservations(link: Pick<RedisLink, 'ask' | 'prefix'>): Reservations {
  const held = new Map<string, Set<string>>();
  const self = randomUUID();
  const keyOf = (key: string, part: string): string => `${link.prefix}:budget:${encodeURIComponent(key)}:${part}`;

  const renewals = setInterval(() => {
    for (const [key, ids] of held) {
      if (ids.size > 0) void link.ask((redis) => RENEW.run(redis, [keyOf(key, 'slots')], [LEASE_MS, ...ids]));
    }
  }, RENEW_EVERY_MS);
  renewals.unref();

  function hold(key: string, id: string): Reservation {
    const ids = held.get(key) ?? new Set();
    held.set(key, ids.add(id));
    const release = (): void => {
      if (ids.delete(id)) void link.ask((redis) => redis.zrem(keyOf(key, 'slots'), id));
    };
    return { kind: 'free', release };
  }

  return {
    async reserve(key, { windows, slots }) {
      const id = randomUUID();
      const parts = ['slots', 'blocked', 'line', 'seen', ...windows.map(nameOf)];
      const keys = parts.map((part) => keyOf(key, part));
      const args = [id, slots, LEASE_MS, self, IN_LINE_MS, ...windows.flatMap(({ n, lengthMs }) => [n, lengthMs])];
      const answer = await link.ask((redis) => RESERVE.run(redis, keys, args));
      if (answer.kind === 'away') return answer;
      const [verdict, waitMs] = answer.value as [number, number];
      if (verdict === FREE) return hold(key, id);
      return verdict === FULL ? { kind: 'full' } : { kind: 'wait', waitMs };
    },
    block: (key, forMs) => void link.ask((redis) => BLOCK.run(redis, [keyOf(key, 'blocked')], [Math.ceil(forMs)])),
    close: () => clearInterval(renewals),
  };
}

/** A window of another size is another window: its past is not comparable. */
function nameOf({ n, lengthMs }: ReservationWindow): string {
  return `window-${n}-${lengthMs}`;
}

const FREE = 0;
const FULL = 2;

/**
 * A sliding log per window: one member per request, scored with its time, rounded up so that a stretch is never shorter
 * than it should be. What lies in the future was left by a clock that has since been set back; it silences nobody.
 * About 100 bytes of Redis per request in the longest window.
 */
const RESERVE = createScript(`
local slotsKey, blocked, line, seen = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, slots, lease, process, inLine = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = redis.call('PTTL', blocked)
for i = 5, #KEYS do
  local n, length = tonumber(ARGV[2 * i - 4]), tonumber(ARGV[2 * i - 3])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - length)
  redis.call('ZREMRANGEBYSCORE', KEYS[i], now + 2, '+inf')
  local count = redis.call('ZCARD', KEYS[i])
  if count >= n then
    local oldest = redis.call('ZRANGE', KEYS[i], count - n, count - n, 'WITHSCORES')
    wait = math.max(wait, tonumber(oldest[2]) + length - now)
  end
end
if wait > 0 then return {1, math.ceil(wait)} end

redis.call('ZREMRANGEBYSCORE', slotsKey, '-inf', now)
redis.call('ZREMRANGEBYSCORE', slotsKey, now + 2 * lease, '+inf')
local gone = redis.call('ZRANGEBYSCORE', seen, '-inf', now - inLine)
if #gone > 0 then
  redis.call('ZREM', seen, unpack(gone))
  redis.call('ZREM', line, unpack(gone))
end
local free = slots - redis.call('ZCARD', slotsKey)
local place = redis.call('ZRANK', line, process) or redis.call('ZCARD', line)
if place >= free then
  redis.call('ZADD', line, 'NX', now, process)
  redis.call('ZADD', seen, now, process)
  redis.call('PEXPIRE', line, 10 * inLine)
  redis.call('PEXPIRE', seen, 10 * inLine)
  return {2, 0}
end
redis.call('ZREM', line, process)
redis.call('ZREM', seen, process)
redis.call('ZADD', slotsKey, now + lease, id)
redis.call('PEXPIRE', slotsKey, 2 * lease)
for i = 5, #KEYS do
  redis.call('ZADD', KEYS[i], now + 1, id)
  redis.call('PEXPIRE', KEYS[i], math.ceil(tonumber(ARGV[2 * i - 3])) + 1000)
end
return {0, 0}
`);

/** Takes them up again if they were emptied away: they are held all the same. */
const RENEW = createScript(`
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], ends, ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[1])
`);

/** The longest silence that anybody asked for counts. */
const BLOCK = createScript(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
`);
