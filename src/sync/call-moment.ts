import type { Call } from '../domain/call.ts';

const ISO_UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** A call's place in time, for deciding which call is newer. */
export interface CallMoment {
  readonly callKey: string;
  /** `<ISO time with milliseconds> <call key>`: compares as text, never equal for two calls. */
  readonly asOf: string;
}

/** The call's end, else its start, else its first event; the call key breaks ties. */
export function callMoment(call: Call, callKey: string): CallMoment {
  const time = call.ended_at ?? call.started_at ?? call.first_event_at;
  return { callKey, asOf: `${toFixedIso(time) ?? time} ${callKey}` };
}

/** Older than every call, and among its like in the order of the calls: `-` sorts before every digit. */
export function fallbackMoment({ callKey, asOf }: CallMoment): CallMoment {
  return { callKey, asOf: `-${asOf}` };
}

/** True when the stamp was made by the call itself. */
export function isOfCall(asOf: string, moment: CallMoment): boolean {
  return asOf.endsWith(` ${moment.callKey}`);
}

/** ISO 8601 UTC with exactly three decimals, so that text order is time order; null for anything else. */
export function toFixedIso(text: string): string | null {
  const match = ISO_UTC.exec(text);
  return match === null ? null : `${match[1]}.${(match[2] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
}
