import { createHash } from 'node:crypto';

import { EVENT_RANK, type EventIdentity, type EventType } from '../../domain/event.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { ParseContext } from '../platform.ts';
import { headerValues } from '../verify/headers.ts';
import type { CompiledDescription, CompiledKeyPart } from './compile.ts';
import { readText } from './convert.ts';
import { firstValue } from './paths.ts';
import { fold } from './words.ts';

/** Finds out what a delivery is: a few look-ups, no parsing of phones or times. */
export function identifyRecord(
  compiled: CompiledDescription,
  record: JsonObject,
  context: ParseContext,
): EventIdentity {
  const delivery = { compiled, record, context };
  const name = readEventName(compiled, record, context);
  const type = readType(compiled, record, name);
  const callId = readCallId(compiled, record, { type, bodyHash: context.bodyHash });
  return {
    // A question during the call is asked anew every time, with the same words.
    receiptKey:
      type === 'call.in_call'
        ? `${context.bodyHash}:${context.receivedAtMs}`
        : (readKey(compiled.receiptKey, delivery) ?? bodyKey(delivery)),
    semanticKey: readSemanticKey(delivery, name),
    type,
    providerEvent: name,
    callId,
    ...(compiled.orphans.has(fold(name ?? '')) && { orphan: true }),
  };
}

/** True for events that become part of a call. */
export function isOfCall(type: EventType): boolean {
  return EVENT_RANK[type] > 0;
}

/** The name as the body gives it; a header counts only where the body has no place for one. */
function readEventName(
  { eventName, eventHeader }: CompiledDescription,
  record: JsonObject,
  context: ParseContext,
): string | null {
  const isInBody = eventName.length > 0 || eventHeader === null;
  const name = isInBody ? firstValue(eventName, record) : (headerValues(context.headers, eventHeader)[0] ?? null);
  return readText(name)?.trim().slice(0, MAX_NAME_LENGTH) ?? null;
}

const MAX_NAME_LENGTH = 100;

function readType(compiled: CompiledDescription, record: JsonObject, name: string | null): EventType {
  const type = name === null ? defaultType(compiled, record) : (compiled.eventTypes.get(fold(name)) ?? 'unknown');
  const isAnalyzed = isOfCall(type) && isTrue(firstValue(compiled.analyzedWhen, record));
  return isAnalyzed && EVENT_RANK[type] < EVENT_RANK['call.analyzed'] ? 'call.analyzed' : type;
}

function isTrue(value: JsonValue): boolean {
  return value === true || value === 'true';
}

function defaultType({ description, defaultWhen }: CompiledDescription, record: JsonObject): EventType {
  const { default: type = 'unknown', default_when: when } = description.event;
  return when === undefined || firstValue(defaultWhen, record) !== null ? type : 'unknown';
}

function readCallId(
  { callId, description }: CompiledDescription,
  record: JsonObject,
  { type, bodyHash }: { readonly type: EventType; readonly bodyHash: string },
): string | null {
  if (type === 'source.test') return null;
  const id = readId(firstValue(callId, record));
  if (id !== null || description.call_per_delivery !== true || !isOfCall(type)) return id;
  return `delivery-${bodyHash.slice(0, 32)}`;
}

/** Ids are compared as bytes by two databases: no control characters, no broken Unicode, no megabytes. */
function readId(value: JsonValue): string | null {
  const text = readText(value);
  // eslint-disable-next-line no-control-regex
  return text !== null && text.length <= 256 && text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text)
    ? text
    : null;
}

/** One delivery and how to read it. */
interface Delivery {
  readonly compiled: CompiledDescription;
  readonly record: JsonObject;
  readonly context: ParseContext;
}

function readSemanticKey(delivery: Delivery, name: string | null): string | null {
  const { compiled, record } = delivery;
  if (compiled.semanticKey.length > 0) return readKey(compiled.semanticKey, delivery);
  const id = readId(firstValue(compiled.callId, record));
  return id === null || name === null ? null : bounded(`${id}:${name}`);
}

/** Parts joined with `:`; null when the first one is missing, later ones are left out. */
function readKey(parts: readonly CompiledKeyPart[], delivery: Delivery): string | null {
  const texts = parts.map((part) => keyText(part, delivery));
  if (texts[0] == null) return null;
  return bounded(texts.filter((text) => text !== null).join(':'));
}

function keyText(part: CompiledKeyPart, delivery: Delivery): string | null {
  if (part.kind === 'body_hash') return bodyKey(delivery);
  if (part.kind === 'header') return headerValues(delivery.context.headers, part.name)[0]?.trim() ?? null;
  const value = firstValue(part.paths, delivery.record);
  return typeof value === 'boolean' ? String(value) : readText(value);
}

/**
 * The hash of the body; before it, where there is one, the time that stands in the body. That tells no more than the hash, but
 * the keys of what arrives together then stand together in the ledger's index, however large that is (docs/decisions/0015).
 */
function bodyKey({ compiled, record, context }: Delivery): string {
  const time = readText(firstValue(compiled.timestamp, record));
  return time !== null && PLAIN_TIME.test(time) ? `${time}:${context.bodyHash}` : context.bodyHash;
}

/** Begins with a digit, as what can be sorted does; words in the wrong place are not to be seen in keys. */
const PLAIN_TIME = /^\d[\dTZ .:+-]{0,39}$/;

function bounded(key: string): string {
  return key.length <= 300 && key.isWellFormed() ? key : createHash('sha256').update(key).digest('hex');
}
