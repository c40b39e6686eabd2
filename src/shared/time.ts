import { DateTime, IANAZone } from 'luxon';

const YEAR_2000_MS = 946_684_800_000;
const DAY_MS = 86_400_000;

export interface TimeOptions {
  /** When it was received, epoch milliseconds: a time more than a day later is not believed. */
  readonly nowMs: number;
  /** IANA zone of times that carry none; UTC when absent. */
  readonly zone?: string;
}

/** True for names such as `Europe/Berlin`. */
export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/**
 * Reads a time as platforms write it (reference/providers.md 3.2): ISO 8601, RFC 2822, or a Unix time whose unit follows
 * from its size (below 10^11 seconds, below 10^14 milliseconds, else microseconds). Returns ISO 8601 UTC with
 * milliseconds; null for anything unreadable, before 2000, or more than a day ahead.
 */
export function parseTime(raw: unknown, options: TimeOptions): string | null {
  const time = read(raw, options.zone ?? 'utc');
  if (time === null || !time.isValid) return null;
  const epochMs = time.toMillis();
  if (epochMs < YEAR_2000_MS || epochMs > options.nowMs + DAY_MS) return null;
  return time.toUTC().toISO();
}

/** An ISO 8601 time (UTC unless it says otherwise) as epoch milliseconds; null when unreadable. */
export function parseInstant(text: string): number | null {
  const time = DateTime.fromISO(text.trim(), { zone: 'utc' });
  return time.isValid ? time.toMillis() : null;
}

/** The day it is at that moment in an IANA zone: `2026-11-29`; of an unknown zone the UTC day. */
export function dayIn(epochMs: number, zone: string): string {
  const local = DateTime.fromMillis(epochMs, { zone });
  return (local.isValid ? local : DateTime.fromMillis(epochMs, { zone: 'utc' })).toFormat('yyyy-MM-dd');
}

/** A time plus seconds; both sides ISO 8601 UTC. */
export function addSeconds(iso: string, seconds: number): string | null {
  return DateTime.fromISO(iso, { zone: 'utc' })
    .plus({ milliseconds: Math.round(seconds * 1000) })
    .toISO();
}

function read(raw: unknown, zone: string): DateTime | null {
  if (typeof raw === 'number') return fromUnix(raw);
  if (typeof raw !== 'string') return null;
  const text = raw.trim();
  if (/^\d{1,17}(?:\.\d+)?$/.test(text)) return fromUnix(Number(text));
  if (/^\d{4}-?\d\d-?\d\d(?:$|[T ])/.test(text))
    return DateTime.fromISO(text.replace(' ', 'T').replace(/ (?=[+-]|Z)/, ''), { zone });
  return DateTime.fromRFC2822(text);
}

function fromUnix(value: number): DateTime | null {
  if (!Number.isFinite(value) || value < 0) return null;
  if (value < 1e11) return DateTime.fromMillis(Math.round(value * 1000));
  return DateTime.fromMillis(Math.floor(value < 1e14 ? value : value / 1000));
}
