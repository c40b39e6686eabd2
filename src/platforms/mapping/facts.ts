import type { ApproximateTime, CallFacts, CallStatus, Direction, TranscriptTurn } from '../../domain/call.ts';
import type { CanonicalEvent, EventIdentity } from '../../domain/event.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { addSeconds } from '../../shared/time.ts';
import { isObject } from '../read-body.ts';
import type { CompiledDescription, CompiledField } from './compile.ts';
import { CONVERSIONS, isBlank, OBJECT_FIELDS } from './convert.ts';
import { readNumbers, type NumberRules } from './numbers.ts';
import type { SourceInput } from './sources.ts';
import type { UnmappedValue } from './unmapped.ts';
import { fold, isFinal } from './words.ts';

/** Facts under construction: canonical names, JSON values. */
export type Draft = Record<string, JsonValue>;

/** Reads every described field of a body. */
export function readFields(fields: readonly CompiledField[], input: SourceInput): Draft {
  const draft: Draft = {};
  for (const field of fields) {
    const value = readField(field, input);
    const { target } = field;
    if (isBlank(value)) continue;
    if (target.kind === 'field') draft[target.field] = value;
    else setKey(draft, target, value);
    if (target.field === 'status') draft['status_reason'] ??= rawText(field, input);
  }
  return draft;
}

/** The status the event's name implies, where the body gives none that we know. */
export function impliedStatus(compiled: CompiledDescription, identity: EventIdentity, draft: Draft): void {
  const implied = identity.providerEvent === null ? undefined : compiled.eventStatus.get(fold(identity.providerEvent));
  const known = draft['status'] ?? 'unknown';
  if (implied !== undefined && known === 'unknown') draft['status'] = implied;
}

/** Replaces the numbers as written by numbers in their roles. */
export function settleNumbers(draft: Draft, rules: NumberRules): void {
  const { customer_number: customer, business_number: business, from_number: from, to_number: to } = draft;
  const direction = (draft['direction'] ?? 'unknown') as Direction;
  const written = { customer, business, from, to, forwarded: draft['forwarded_to_number'] };
  for (const name of ['customer_number', 'business_number', 'from_number', 'to_number', 'forwarded_to_number'])
    delete draft[name];
  Object.assign(draft, readNumbers(written, direction, rules));
}

/** `Agent: …` lines from turns, where the sender gives only turns. */
export function transcriptFromTurns(draft: Draft): void {
  const turns = draft['transcript_turns'] as readonly TranscriptTurn[] | undefined;
  if (turns === undefined || draft['transcript'] !== undefined) return;
  draft['transcript'] = turns.map(({ speaker, text }) => `${SPEAKER_NAMES[speaker]}: ${text}`).join('\n');
}

const SPEAKER_NAMES = { agent: 'Agent', customer: 'Customer', system: 'System' } as const;

/**
 * Senders that give a start and a duration mean an end (CallScaler, and most call logs); where even those are missing,
 * the time of a `call.ended` event is near it. Returns the times that are only near the truth.
 */
export function deriveEnd(
  draft: Draft,
  event: DatedEvent,
  approximate: readonly ApproximateTime[],
): readonly ApproximateTime[] {
  const stated = approximate.filter((name) => draft[name] !== undefined);
  if (!isFinal(event.type) || draft['ended_at'] !== undefined) return stated;
  const end = endOfStart(draft, stated) ?? (event.type === 'call.ended' ? event.occurredAt : null);
  if (end === null) return stated;
  draft['ended_at'] = end;
  return [...stated, 'ended_at'];
}

function endOfStart(draft: Draft, approximate: readonly ApproximateTime[]): string | null {
  const { started_at: startedAt, duration_s: durationS } = draft;
  if (typeof startedAt !== 'string' || typeof durationS !== 'number' || approximate.includes('started_at')) return null;
  return addSeconds(startedAt, durationS);
}

export type DatedEvent = Pick<CanonicalEvent, 'type' | 'occurredAt'>;

/** Keeps what has no place of its own: beside its siblings under an object field, else under `extra`. */
export function keepUnmapped(draft: Draft, values: readonly UnmappedValue[]): void {
  for (const { keys, value } of values) {
    const [top = '', ...rest] = keys;
    const objectField = rest.length > 0 ? OBJECT_FIELDS.find((name) => name === top) : undefined;
    const target =
      objectField === undefined ? { field: 'extra', key: keys.join('.') } : { field: objectField, key: rest.join('.') };
    setKey(draft, target, value, true);
  }
}

/** Facts say something or are absent. */
export function compact(draft: Draft): CallFacts {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => !isBlank(value))) as CallFacts;
}

/** Statuses of calls nobody talked in: there is nothing to analyse. */
const SILENT: readonly (CallStatus | undefined)[] = ['no_answer', 'busy', 'failed', 'canceled'];

export function analysisState(
  compiled: CompiledDescription,
  { type }: EventIdentity,
  facts: CallFacts,
): 'none' | 'pending' | 'done' {
  if (type === 'call.analyzed' || facts.outcomes !== undefined) return 'done';
  const follows = compiled.description.analysis_follows === true && type === 'call.ended';
  return follows && !SILENT.includes(facts.status ?? undefined) ? 'pending' : 'none';
}

function readField({ target, sources }: CompiledField, input: SourceInput): JsonValue {
  for (const one of sources) {
    const value = one.read(input);
    const converted =
      target.kind === 'field' && target.field !== 'transcript_turns'
        ? CONVERSIONS[target.field](value, { ...input, source: one.source })
        : value;
    if (!isBlank(converted)) return converted;
  }
  return null;
}

/** What the sender called the status, verbatim. */
function rawText({ sources }: CompiledField, input: SourceInput): JsonValue {
  const value = sources.map((one) => one.readRaw?.(input) ?? null).find((one) => !isBlank(one)) ?? null;
  return typeof value === 'string' ? value : null;
}

function setKey(
  draft: Draft,
  target: { readonly field: string; readonly key: string },
  value: JsonValue,
  keepOld = false,
): void {
  const current: JsonObject = isObject(draft[target.field]) ? (draft[target.field] as JsonObject) : {};
  if (keepOld && Object.hasOwn(current, target.key)) return;
  draft[target.field] = { ...current, [target.key]: value };
}
