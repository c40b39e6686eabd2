import type { JsonObject, JsonValue } from './json.ts';
import { compareText, type RankedEvent } from './order.ts';
import { saysSomething, statements, type FactName } from './stated.ts';

type ObjectName = Extract<
  FactName,
  'outcomes' | 'outcomes_meta' | 'variables' | 'attribution' | 'contact' | 'agent' | 'campaign' | 'extra'
>;

/** Names that lead from data to prototypes in careless code further on (reference/providers.md section 4, trap 22). */
const UNSAFE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Rule 9: key by key, the most believed value that says something; lists are replaced, not joined. */
export function mergedObject(events: readonly RankedEvent[], name: ObjectName): JsonObject {
  return mergeKeys(objects(events, name));
}

/** Rule 9 for `extra`: its keys are namespaces of platforms, so the keys inside them are merged, too. */
export function mergedNamespaces(events: readonly RankedEvent[]): JsonObject {
  const found = objects(events, 'extra');
  const merged = mergeKeys(found);
  return Object.fromEntries(
    Object.entries(merged).map(([key, value]) => [key, isObject(value) ? mergeKeys(parts(found, key)) : value]),
  );
}

/** Agent and campaign are one thing each: a name is never joined to the id of another. */
export function mergedEntity(events: readonly RankedEvent[], name: 'agent' | 'campaign'): JsonObject {
  const found = objects(events, name);
  const id = found.findLast((object) => saysSomething(object['id']))?.['id'];
  return mergeKeys(found.filter((object) => !saysSomething(object['id']) || object['id'] === id));
}

/** Rule 12: other ids of the same call, those of joined orphans included; never the call's own. */
export function relatedIds(events: readonly RankedEvent[]): readonly string[] {
  const own = new Set(events.filter(({ event }) => !event.orphan).map(({ event }) => event.callId));
  const stated = statements(events, 'provider_related_ids').flatMap(({ value }) => value);
  const joined = events.flatMap(({ event }) => (event.orphan && event.callId !== null ? [event.callId] : []));
  const foreign = own.size > 0 ? joined : [];
  return [...new Set([...stated, ...foreign])].filter((id) => saysSomething(id) && !own.has(id)).toSorted();
}

function objects(events: readonly RankedEvent[], name: ObjectName): readonly JsonObject[] {
  return statements(events, name).map(({ value }) => value);
}

function parts(found: readonly JsonObject[], key: string): readonly JsonObject[] {
  return found.flatMap((object) => {
    const part = Object.hasOwn(object, key) ? object[key] : null;
    return part !== undefined && isObject(part) ? [part] : [];
  });
}

function mergeKeys(found: readonly JsonObject[]): JsonObject {
  const merged = new Map<string, JsonValue>();
  for (const object of found) {
    for (const [key, value] of Object.entries(object)) {
      if (saysSomething(value) && !UNSAFE_KEYS.has(key)) merged.set(key, value);
    }
  }
  // By key, so that the text of the call does not depend on which event first brought a key.
  return Object.fromEntries([...merged].toSorted(([left], [right]) => compareText(left, right)));
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
