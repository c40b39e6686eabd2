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
  const name = readEventName(compiled, record, context);
  const type = readType(compiled, record, name);
  const callId = readCallId(compiled, record, { type, bodyHash: context.bodyHash });
  const ownKey = readKey(compiled.receiptKey, record, context);
  return {
    // A question during the call is asked anew every time, with the same words.
    receiptKey: type === 'call.in_call' ? `${context.bodyHash}:${context.receivedAtMs}` : (ownKey ?? context.bodyHash),
    semanticKey: readSemanticKey(compiled, record, { context, name }),
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

function readSemanticKey(
  compiled: CompiledDescription,
  record: JsonObject,
  { context, name }: { readonly context: ParseContext; readonly name: string | null },
): string | null {
  if (compiled.semanticKey.length > 0) return readKey(compiled.semanticKey, record, context);
  const id = readId(firstValue(compiled.callId, record));
  return id === null || name === null ? null : bounded(`${id}:${name}`);
}

/** Parts joined with `:`; null when the first one is missing, later ones are left out. */
function readKey(parts: readonly CompiledKeyPart[], record: JsonObject, context: ParseContext): string | null {
  const texts = parts.map((part) => keyText(part, record, context));
  if (texts[0] == null) return null;
  return bounded(texts.filter((text) => text !== null).join(':'));
}

function keyText(part: CompiledKeyPart, record: JsonObject, context: ParseContext): string | null {
  if (part.kind === 'body_hash') return context.bodyHash;
  if (part.kind === 'header') return headerValues(context.headers, part.name)[0]?.trim() ?? null;
  const value = firstValue(part.paths, record);
  return typeof value === 'boolean' ? String(value) : readText(value);
}

function bounded(key: string): string {
  return key.length <= 300 && key.isWellFormed() ? key : createHash('sha256').update(key).digest('hex');
}
