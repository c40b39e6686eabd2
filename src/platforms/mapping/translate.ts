import type { CanonicalEvent, EventIdentity } from '../../domain/event.ts';
import type { JsonObject } from '../../domain/json.ts';
import { parseTime } from '../../shared/time.ts';
import type { ParseContext, ReadBody, SourceAdapter } from '../platform.ts';
import { isObject } from '../read-body.ts';
import { headerValues } from '../verify/headers.ts';
import type { CompiledDescription } from './compile.ts';
import {
  analysisState,
  compact,
  deriveEnd,
  impliedStatus,
  keepUnmapped,
  readFields,
  settleNumbers,
  transcriptFromTurns,
  type Draft,
} from './facts.ts';
import { identifyRecord, isOfCall } from './identify.ts';
import type { NumberRules } from './numbers.ts';
import { firstValue } from './paths.ts';
import { createFindUnmapped, type FindUnmapped } from './unmapped.ts';
import { fold } from './words.ts';

/** A step a platform adds to the described mapping, before the numbers are settled; returns notes. */
export type Refine = (draft: Draft, event: RefinedEvent) => readonly string[];

export interface RefinedEvent {
  readonly record: JsonObject;
  readonly identity: EventIdentity;
}

export interface TranslationOptions {
  readonly compiled: CompiledDescription;
  readonly rules: NumberRules;
  readonly refine?: Refine;
}

/** Turns bodies into canonical events by a description. Never throws, whatever the body. */
export function createTranslation(options: TranslationOptions): Pick<SourceAdapter, 'identify' | 'parse'> {
  const { compiled } = options;
  const findUnmapped = createFindUnmapped(compiled.known);
  return {
    identify: (body, context) => identifyBody(compiled, body, context),
    parse: (body, context) => {
      const identity = identifyBody(compiled, body, context);
      const record = recordOf(body);
      if (record === null) return { ...nothing(identity), notes: notesOnBody(body) };
      return { ...nothing(identity), ...describe(options, findUnmapped, { record, identity, context }) };
    },
  };
}

function identifyBody(compiled: CompiledDescription, body: ReadBody, context: ParseContext): EventIdentity {
  const record = recordOf(body);
  if (record !== null) return identifyRecord(compiled, record, context);
  const type = body.kind === 'empty' ? 'source.test' : 'unknown';
  return { receiptKey: context.bodyHash, semanticKey: null, type, providerEvent: null, callId: null };
}

function recordOf(body: ReadBody): JsonObject | null {
  if (body.kind === 'form') return body.value;
  return body.kind === 'json' && isObject(body.value) ? body.value : null;
}

function notesOnBody(body: ReadBody): readonly string[] {
  if (body.kind === 'unparseable') return [`the body could not be read: ${body.problem}`];
  return body.kind === 'empty' ? [] : ['the body is JSON, but not an object'];
}

function nothing(identity: EventIdentity): CanonicalEvent {
  return { ...identity, occurredAt: null, facts: {}, approximate: [], analysis: 'none', orphan: false, notes: [] };
}

interface Delivery extends RefinedEvent {
  readonly context: ParseContext;
}

function describe(
  { compiled, rules, refine }: TranslationOptions,
  findUnmapped: FindUnmapped,
  { record, identity, context }: Delivery,
): Partial<CanonicalEvent> {
  const { receivedAtMs } = context;
  const notes = notesOnIdentity(compiled, { record, identity, context });
  const occurredAt = parseTime(firstValue(compiled.timestamp, record), { nowMs: receivedAtMs });
  if (!isOfCall(identity.type)) return { occurredAt, notes };
  const draft = readFields(compiled.fields, { record, type: identity.type, receivedAtMs });
  const unmapped = findUnmapped(record);
  impliedStatus(compiled, identity, draft);
  keepUnmapped(draft, unmapped.values);
  const refined = refine?.(draft, { record, identity }) ?? [];
  settleNumbers(draft, rules);
  transcriptFromTurns(draft);
  const approximate = deriveEnd(draft, { type: identity.type, occurredAt }, compiled.description.approximate ?? []);
  const facts = compact(draft);
  return {
    occurredAt,
    facts,
    approximate,
    analysis: analysisState(compiled, identity, facts),
    orphan: compiled.orphans.has(fold(identity.providerEvent ?? '')),
    notes: [
      ...notes,
      ...refined,
      ...(unmapped.dropped > 0 ? [`${unmapped.dropped} more values have no place and were left out`] : []),
    ],
  };
}

function notesOnIdentity(compiled: CompiledDescription, delivery: Delivery): readonly string[] {
  return [
    ...notesOnName(delivery.identity),
    ...notesOnHeader(compiled, delivery),
    ...notesOnCallId(compiled, delivery),
  ];
}

function notesOnName({ providerEvent: name, type }: EventIdentity): readonly string[] {
  if (type !== 'unknown') return [];
  return [
    name === null
      ? 'the body names no event: kept, not synced'
      : `the event "${name}" is not known here: kept, not synced`,
  ];
}

function notesOnHeader({ eventHeader }: CompiledDescription, { identity, context }: Delivery): readonly string[] {
  const name = identity.providerEvent;
  const header = eventHeader === null ? undefined : headerValues(context.headers, eventHeader)[0];
  if (header === undefined || name === null || fold(header) === fold(name)) return [];
  return [`the header ${eventHeader} says "${header}", the body says "${name}": the body counts`];
}

function notesOnCallId(compiled: CompiledDescription, { record, identity }: Delivery): readonly string[] {
  if (!isOfCall(identity.type) || firstValue(compiled.callId, record) !== null) return [];
  const fate = identity.callId === null ? 'kept, not synced' : 'this delivery is a call of its own';
  return [`the body carries no call id: ${fate}`];
}
