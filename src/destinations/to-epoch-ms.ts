import type { JsonValue } from '../domain/json.ts';
import { parseInstant } from '../shared/time.ts';

/** Smaller numbers may be seconds, or anything else. */
const SMALLEST = 1e11;
/** Years of four digits: no CRM knows others, and the calendar itself ends some time. */
const EARLIEST_MS = -3e13;
const LATEST_MS = 2.5e14;

/**
 * A time that a mapping brings, in epoch milliseconds: ISO 8601, or milliseconds as number or digits. Null when it is none
 * that can be told; other units are not guessed at.
 */
export function toEpochMs(raw: JsonValue): number | null {
  const epochMs = read(raw);
  return epochMs !== null && epochMs > EARLIEST_MS && epochMs < LATEST_MS ? epochMs : null;
}

function read(raw: JsonValue): number | null {
  if (typeof raw === 'number') return Math.abs(raw) >= SMALLEST ? Math.round(raw) : null;
  if (typeof raw !== 'string') return null;
  return /^\d{12,14}$/.test(raw.trim()) ? Number(raw) : parseInstant(raw);
}
