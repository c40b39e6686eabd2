import { randomBytes } from 'node:crypto';

import { createLimiter, type Limiter, type SharedCounters } from './limiter.ts';
import type { Rate, ReceivedSource } from './received-source.ts';

/** Each answers null to let the request pass, or the seconds after which to come again. */
export interface Limits {
  /** Counted before anything else is done for a request. */
  takeForAddress(address: string): Promise<number | null>;
  /** Counted after verification: strangers must not be able to use up a sender's share. */
  takeForSource(source: ReceivedSource): Promise<number | null>;
  /** Counted, with the size of their body, for requests that failed verification and would be kept all the same. */
  takeForQuarantine(source: ReceivedSource, bodyBytes: number): Promise<number | null>;
}

/**
 * Counters are kept for this many groups of addresses, not for each address, so that their memory is bounded however
 * many addresses a flood comes from. Two addresses share a group by chance, one pair in 65,536; which ones is secret.
 */
const ADDRESS_GROUPS = 65_536;

/** Enough for a busy sender with a mistyped secret, too little to fill a disk in a night. */
const QUARANTINE_RATE: Rate = { count: 300, seconds: 60 };
const QUARANTINE_KIB_RATE: Rate = { count: 10 * 1024, seconds: 60 };

/** With `shared`, receivers count together; what they tell each other about an address is its group, a number. */
export function createLimits(perAddress: Rate | null, shared?: SharedCounters): Limits {
  const create = (name: string, rate: Rate): Limiter => createLimiter({ name, rate }, shared);
  const addresses = perAddress === null ? null : create('address', perAddress);
  const sources = new Map<string, Limiter>();
  const quarantine = create('quarantine', QUARANTINE_RATE);
  const quarantinedKib = create('quarantine-kib', QUARANTINE_KIB_RATE);
  const seed = shared?.seed ?? randomBytes(4).readUInt32LE();
  return {
    async takeForAddress(address) {
      return addresses === null ? null : addresses.take(addressGroup(networkOf(address), seed));
    },
    async takeForSource({ name, rateLimit }) {
      if (rateLimit === null) return null;
      const limiter = sources.get(name) ?? create('source', rateLimit);
      sources.set(name, limiter);
      return limiter.take(name);
    },
    async takeForQuarantine({ name }, bodyBytes) {
      return (await quarantine.take(name)) ?? quarantinedKib.take(name, Math.ceil(bodyBytes / 1024));
    },
  };
}

/** Who has an IPv6 address usually has 2^64 of them: the first 64 bits are the sender. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::')
    ? Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
    : [];
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

/** FNV-1a over the text, from a secret start. */
function addressGroup(address: string, seed: number): string {
  let hash = seed;
  for (let index = 0; index < address.length; index += 1) {
    hash = Math.imul(hash ^ address.charCodeAt(index), 16_777_619);
  }
  return String(((hash ^ (hash >>> 16)) >>> 0) % ADDRESS_GROUPS);
}
