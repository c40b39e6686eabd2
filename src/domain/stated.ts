import type { CallFacts } from './call.ts';
import type { RankedEvent } from './order.ts';

export type FactName = keyof CallFacts;
export type FactValue<Name extends FactName> = NonNullable<CallFacts[Name]>;

/** One event's word on one field. */
export interface Statement<Value> {
  readonly value: Value;
  readonly from: RankedEvent;
}

/**
 * Rule 1: null, absent, empty text, an empty list and an empty object say nothing, so they never replace a value.
 * Zero and false do say something.
 */
export function saysSomething(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'string') return value.trim() !== '';
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** These spell null as `unknown`. */
const ENUMS = new Set<FactName>(['status', 'direction', 'sentiment']);

/** What the events say of a field, in their order; events that say nothing are left out. */
export function statements<Name extends FactName>(
  events: readonly RankedEvent[],
  name: Name,
): readonly Statement<FactValue<Name>>[] {
  const found: Statement<FactValue<Name>>[] = [];
  for (const from of events) {
    const value = from.event.facts[name];
    if (saysSomething(value) && !(value === 'unknown' && ENUMS.has(name)))
      found.push({ value: value as FactValue<Name>, from });
  }
  return found;
}

/** The most believed value of a field, or null: rule 8, and every field that has no rule of its own. */
export function mostBelieved<Name extends FactName>(
  events: readonly RankedEvent[],
  name: Name,
): FactValue<Name> | null {
  return statements(events, name).at(-1)?.value ?? null;
}
