import type { JsonValue } from '../domain/json.ts';
import type { Stamp, WrittenValue } from '../ledger/ledger.ts';
import { hashJson } from '../shared/hash.ts';
import { appendBlock } from './append-block.ts';
import { fallbackMoment, isOfCall, toFixedIso, type CallMoment } from './call-moment.ts';
import { NO_STAMP } from './no-stamp.ts';
import { isEmptyValue, type ProjectedField } from './project-fields.ts';

/** What is known when a field is about to be written. */
export interface FieldSituation {
  /** The CRM's value: null when empty, undefined when not known. */
  readonly current: JsonValue | undefined;
  /** What we wrote last; undefined when we never did. */
  readonly stamp: Stamp | undefined;
  readonly moment: CallMoment;
  /** Write even what looks unchanged. */
  readonly force: boolean;
}

export interface FieldDecision {
  readonly action: 'write' | 'same' | 'kept';
  /** What will stand there: for `append` the whole text. */
  readonly after: JsonValue;
  readonly reason?: string;
  /** To be kept once the record is written; null leaves the old one. */
  readonly stamp: Stamp | null;
}

const kept = (after: JsonValue, reason: string): FieldDecision => ({ action: 'kept', after, reason, stamp: null });

/** A look showed another value; that is remembered, so that the same again costs no look. */
function keptAsSeen(projected: ProjectedField, situation: FieldSituation, reason: string): FieldDecision {
  const { stamp = NO_STAMP, moment } = situation;
  const asBefore = { ...stamp, kept: stampHash(projected, moment) };
  return { ...kept(projected.value, reason), stamp: isAsKept(projected, situation) ? null : asBefore };
}

/** Write, or leave alone, and why. Pure. */
export function decideField(projected: ProjectedField, situation: FieldSituation): FieldDecision {
  if (projected.isFallback === true) return decideFallback(projected, asFallback(situation));
  const newer = projected.write === 'newer' ? newerCall(situation) : null;
  if (newer !== null) return kept(projected.value, `a newer call wrote it: ${newer}`);
  const before = decideAsBefore(projected, situation);
  if (before !== null) return before;
  switch (projected.write) {
    case 'newer':
    case 'overwrite':
      return decidePlain(projected, situation);
    case 'fill_if_empty':
      return decideFill(projected, situation);
    case 'append':
      return decideAppend(projected, situation);
    case 'max':
      return decideMax(projected, situation);
  }
}

/** What costs no look: it was written last, or was left alone when it was last looked at. */
function decideAsBefore(projected: ProjectedField, situation: FieldSituation): FieldDecision | null {
  if (isAsStamped(projected, situation)) return same(projected, situation);
  if (situation.current !== undefined || !isAsKept(projected, situation)) return null;
  return kept(projected.value, 'it had another value when it was last looked at');
}

/**
 * A default says that nothing is known: it fills what is empty and follows an older default, and counts as older than every
 * call, so that a rule of any call replaces it, whichever comes first.
 */
function decideFallback(projected: ProjectedField, situation: FieldSituation): FieldDecision {
  const { current, stamp } = situation;
  const { value } = projected;
  const newer = newerCall(situation);
  if (newer !== null) return kept(value, `the default gives way to what another call said: ${newer}`);
  const before = decideAsBefore(projected, situation);
  if (before !== null) return before;
  if (current === undefined && stamp === undefined)
    return kept(value, 'a default, and the present value cannot be seen');
  if (current === undefined || isEmptyValue(current)) return written(projected, situation);
  if (isSameValue(current, value)) return same(projected, situation);
  const isOurs = valuesOf(stamp).some(({ hash }) => hash === hashJson(current));
  return isOurs
    ? written(projected, situation)
    : keptAsSeen(projected, situation, 'a default, and it already has a value');
}

function asFallback(situation: FieldSituation): FieldSituation {
  return { ...situation, moment: fallbackMoment(situation.moment) };
}

/** Key of the call that wrote the field, when it is another and a later one. */
function newerCall({ stamp, moment }: FieldSituation): string | null {
  const asOf = valuesOf(stamp).map((value) => value.asOf);
  const newer = asOf.find((other) => !isOfCall(other, moment) && other >= moment.asOf);
  return newer === undefined ? null : newer.slice(newer.indexOf(' ') + 1);
}

/** Everything that we may have left in the field. */
function valuesOf(stamp: Stamp | undefined): readonly WrittenValue[] {
  return stamp === undefined ? [] : [stamp, ...(stamp.pending ?? [])];
}

/** True when the decision cannot be made without the CRM's present value. */
export function needsCurrentValue(projected: ProjectedField, situation: FieldSituation): boolean {
  if (situation.current !== undefined || isAsStamped(projected, situation)) return false;
  if (isAsKept(projected, situation)) return false;
  if (projected.isFallback === true) return newerCall(asFallback(situation)) === null;
  return projected.write !== 'newer' && projected.write !== 'overwrite';
}

function isAsStamped(projected: ProjectedField, { stamp, moment, force }: FieldSituation): boolean {
  const isKnown = stamp !== undefined && stamp.pending === undefined;
  return !force && isKnown && stamp.hash === stampHash(projected, moment);
}

/** True when a look showed that this very value has to stay unwritten. */
function isAsKept(projected: ProjectedField, { stamp, moment, force }: FieldSituation): boolean {
  return !force && stamp?.pending === undefined && stamp?.kept === stampHash(projected, moment);
}

/** A block is a call's own: the same words of two calls are two blocks. */
function stampHash({ write, value }: ProjectedField, moment: CallMoment): string {
  return hashJson(write === 'append' ? [moment.callKey, value] : value);
}

/** A value that two calls agree on belongs to the newer one, so that a call in between does not change it. */
function same(projected: ProjectedField, { stamp, moment }: FieldSituation): FieldDecision {
  const hash = stampHash(projected, moment);
  const isKnown = stamp !== undefined && stamp.pending === undefined;
  const advanced = !isKnown || stamp.hash !== hash || isOutdated(stamp, moment);
  return { action: 'same', after: projected.value, stamp: advanced ? { hash, asOf: moment.asOf } : null };
}

/** A call's own stamp follows the call, also back from a rule to the default. */
function isOutdated({ asOf }: Stamp, moment: CallMoment): boolean {
  return isOfCall(asOf, moment) ? asOf !== moment.asOf : asOf < moment.asOf;
}

function written(projected: ProjectedField, { moment }: FieldSituation, after = projected.value): FieldDecision {
  const reason = projected.note === undefined ? {} : { reason: projected.note };
  const stamp = { hash: stampHash(projected, moment), asOf: moment.asOf };
  return { action: 'write', after, ...reason, stamp };
}

function decidePlain(projected: ProjectedField, situation: FieldSituation): FieldDecision {
  // What is stamped differently may have been changed since by somebody else: only a value we saw tells.
  const { current, stamp, force } = situation;
  const alreadyThere = !force && stamp === undefined && current !== undefined && isSameValue(current, projected.value);
  return alreadyThere ? same(projected, situation) : written(projected, situation);
}

function decideFill(projected: ProjectedField, situation: FieldSituation): FieldDecision {
  const { current, stamp, moment } = situation;
  const { value } = projected;
  if (current === undefined) return kept(value, 'fill_if_empty: the present value cannot be seen');
  if (isEmptyValue(current)) return written(projected, situation);
  if (isSameValue(current, value)) return same(projected, situation);
  const isOurs = valuesOf(stamp).some(({ hash, asOf }) => isOfCall(asOf, moment) && hash === hashJson(current));
  return isOurs
    ? written(projected, situation)
    : keptAsSeen(projected, situation, 'fill_if_empty: it already has a value');
}

function decideAppend(projected: ProjectedField, situation: FieldSituation): FieldDecision {
  const { current, moment } = situation;
  const { value } = projected;
  if (current === undefined) return kept(value, 'append: the present text cannot be seen');
  if (current !== null && typeof current === 'object') return kept(value, 'append: the present value is not a text');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const before = current === null ? '' : String(current);
  const after = appendBlock(before, moment.callKey, text);
  return after === before ? { ...same(projected, situation), after } : written(projected, situation, after);
}

function decideMax(projected: ProjectedField, situation: FieldSituation): FieldDecision {
  const { current } = situation;
  const { value } = projected;
  if (current === undefined) return kept(value, 'max: the present value cannot be seen');
  if (isEmptyValue(current)) return written(projected, situation);
  const order = compare(value, current);
  if (order === null) return kept(value, `max: ${JSON.stringify(current)} cannot be compared with it`);
  if (order === 0) return same(projected, situation);
  return order > 0
    ? written(projected, situation)
    : keptAsSeen(projected, situation, 'max: the present value is greater');
}

/** Numbers (also as text) by value, UTC times and dates by time; null for anything else. */
function compare(left: JsonValue, right: JsonValue): number | null {
  const numbers = [toNumber(left), toNumber(right)] as const;
  if (numbers[0] !== null && numbers[1] !== null) return Math.sign(numbers[0] - numbers[1]);
  const times = [toTime(left), toTime(right)] as const;
  if (times[0] === null || times[1] === null) return null;
  return times[0] === times[1] ? 0 : times[0] > times[1] ? 1 : -1;
}

function toNumber(value: JsonValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}

function toTime(value: JsonValue): string | null {
  if (typeof value !== 'string') return null;
  return /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00.000Z` : toFixedIso(value);
}

/** CRMs give numbers and booleans back as text. */
function isSameValue(left: JsonValue, right: JsonValue): boolean {
  const asText = (value: JsonValue): JsonValue =>
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return hashJson(asText(left)) === hashJson(asText(right));
}
